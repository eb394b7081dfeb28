// SPDX-License-Identifier: Apache-2.0
//
// The ports between an AXI master's channels and a memory, against a memory that answers and has
// room when a test says so.
#include "sim/memory/memory_ports.h"

#include <gtest/gtest.h>

#include <vector>

namespace qnnsim::test {
namespace {

class ScriptedLink final : public MemoryLink {
 public:
  std::vector<Cycle> room;     ///< from which on each burst may be sent
  std::vector<Cycle> answers;  ///< cycle of each beat read or burst written
  std::vector<Cycle> sent;
  std::vector<AxiBurst> bursts;

  bool can_send(Cycle now) override {
    return sent.size() < room.size() && room[sent.size()] <= now;
  }
  void send(const AxiBurst& burst, Cycle now) override {
    EXPECT_TRUE(can_send(now)) << now;
    sent.push_back(now);
    bursts.push_back(burst);
  }
  std::uint64_t answered(Cycle now) override {
    std::uint64_t count = 0;
    for (Cycle answer : answers) count += answer <= now;
    return count;
  }
};

/// Four beats of eight elements in two bursts, from address 64 on.
std::shared_ptr<MemoryTensor> tensor() {
  auto tensor = std::make_shared<MemoryTensor>();
  tensor->transfer.type = DataType::signed_integer(8);
  tensor->transfer.elements = 32;
  tensor->transfer.max_burst = 2;
  tensor->transfer.base = 64;
  return tensor;
}

TEST(MemoryReadPort, SendsWhenThereIsRoomAndGivesABeatACycleWhenItIsThere) {
  MemoryReadPort port(tensor());
  ScriptedLink link;
  link.room = {5, 9};
  link.answers = {20, 20, 30, 31};
  port.connect(link);
  CommitList commits(2);
  Fifo addresses(4, 2, commits);
  Fifo data(8, 8, commits);
  port.connect_input(0, addresses);
  port.connect_output(0, data);
  std::vector<Cycle> given;
  for (Cycle now = 0; now < 40; ++now) {
    if (now < 2) addresses.push();
    const Step step = port.tick(now);
    if (data.pushing()) given.push_back(now);
    const bool waits = link.sent.size() < 2 || given.size() < 4;
    if (now >= 1 && waits) {
      EXPECT_FALSE(step.still) << now;
    }
    EXPECT_EQ(step.activity == Activity::kBusy, data.pushing() || addresses.popping()) << now;
    commits.commit(now);
  }
  EXPECT_EQ(link.sent, (std::vector<Cycle>{5, 9}));
  EXPECT_EQ(given, (std::vector<Cycle>{20, 21, 30, 31}));
  ASSERT_EQ(link.bursts.size(), 2u);
  EXPECT_EQ(link.bursts[0].address, 64u);
  EXPECT_EQ(link.bursts[1].address, 80u);
  EXPECT_EQ(link.bursts[1].beats, 2);
  EXPECT_FALSE(link.bursts[0].write);
}

TEST(MemoryReadPort, SleepsBehindAFullStreamUnlessAnAddressWaits) {
  MemoryReadPort port(tensor());
  ScriptedLink link;
  link.room = {0, 20};
  link.answers = {5, 5};
  port.connect(link);
  CommitList commits(2);
  Fifo addresses(4, 2, commits);
  Fifo data(1, 8, commits);
  port.connect_input(0, addresses);
  port.connect_output(0, data);
  for (Cycle now = 0; now < 30; ++now) {
    if (now == 0 || now == 9) addresses.push();
    const Step step = port.tick(now);
    if (now >= 6 && now != 20) {
      EXPECT_EQ(step.activity, Activity::kBlocked) << now;
      EXPECT_EQ(step.still, now <= 9 || now > 20) << now;
    }
    commits.commit(now);
  }
  EXPECT_EQ(link.sent, (std::vector<Cycle>{1, 20}));
}

TEST(MemoryWritePort, SendsABurstWithItsLastBeatWhenThereIsRoom) {
  MemoryWritePort port(tensor());
  ScriptedLink link;
  link.room = {10, 10};
  link.answers = {30, 30};
  port.connect(link);
  CommitList commits(3);
  Fifo addresses(4, 2, commits);
  Fifo data(8, 8, commits);
  Fifo answers(4, 1, commits);
  port.connect_input(0, addresses);
  port.connect_input(1, data);
  port.connect_output(0, answers);
  std::vector<Cycle> taken;
  std::vector<Cycle> given;
  for (Cycle now = 0; now < 40; ++now) {
    if (now < 2) addresses.push();
    if (now < 4) data.push();
    const Step step = port.tick(now);
    if (data.popping()) taken.push_back(now);
    if (answers.pushing()) given.push_back(now);
    if (now >= 1 && given.size() < 2) {
      EXPECT_FALSE(step.still) << now;
    }
    if (now >= 4 && now < 10) {
      EXPECT_EQ(step.activity, Activity::kBlocked) << now;
    }
    commits.commit(now);
  }
  // The address comes first, the first beat behind it; the second one waits for room.
  EXPECT_EQ(taken, (std::vector<Cycle>{2, 10, 11, 12}));
  EXPECT_EQ(link.sent, (std::vector<Cycle>{10, 12}));
  EXPECT_EQ(given, (std::vector<Cycle>{30, 31}));
  ASSERT_EQ(link.bursts.size(), 2u);
  EXPECT_TRUE(link.bursts[0].write);
  EXPECT_EQ(link.bursts[1].address, 80u);
}

}  // namespace
}  // namespace qnnsim::test
