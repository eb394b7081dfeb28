// SPDX-License-Identifier: Apache-2.0
#include "models/fifo.h"

#include <gtest/gtest.h>

#include <deque>
#include <stdexcept>
#include <vector>

#include "tests/models/kernel_bench.h"

namespace qnnsim::test {
namespace {

/// Source -> FIFO of `depth` -> Sink, free on both sides; cycles in which beats left the FIFO.
std::vector<Cycle> popped_in_free_flow(std::uint64_t depth, std::uint64_t beats) {
  const Port port{1, DataType::bipolar(), beats};
  Circuit circuit;
  Source& source = circuit.add(std::make_unique<Source>(port, 1, Pressure()));
  Sink& sink = circuit.add(std::make_unique<Sink>(port, 1, Pressure()));
  const Wire& wire = circuit.connect(source, 0, sink, 0, depth);
  circuit.run();
  return wire.popped;
}

TEST(Fifo, OfDepthOneHalvesTheRate) {
  const std::vector<Cycle> popped = popped_in_free_flow(1, 50);
  ASSERT_EQ(popped.size(), 50u);
  for (std::size_t beat = 0; beat < 50; ++beat) EXPECT_EQ(popped[beat], 1 + 2 * beat);
}

TEST(Fifo, OfDepthTwoOrMoreHasTheFullRate) {
  for (std::uint64_t depth : {2u, 3u, 64u}) {
    const std::vector<Cycle> popped = popped_in_free_flow(depth, 50);
    ASSERT_EQ(popped.size(), 50u);
    for (std::size_t beat = 0; beat < 50; ++beat) EXPECT_EQ(popped[beat], 1 + beat);
  }
}

TEST(Fifo, ShowsABeatOneCycleAfterItWasPushedAndASlotOneCycleAfterItWasPopped) {
  CommitList commits(1);
  Fifo fifo(1, 1, commits);
  fifo.push();
  EXPECT_FALSE(fifo.can_pop());
  EXPECT_TRUE(fifo.can_push());
  commits.commit(0);
  EXPECT_TRUE(fifo.can_pop());
  EXPECT_FALSE(fifo.can_push());
  fifo.pop();
  EXPECT_FALSE(fifo.can_push());
  EXPECT_EQ(fifo.occupancy(), 1u);
  commits.commit(1);
  EXPECT_TRUE(fifo.can_push());
  EXPECT_FALSE(fifo.can_pop());
}

TEST(Fifo, MustHoldABeat) {
  CommitList commits(1);
  EXPECT_THROW(Fifo(0, 1, commits), std::invalid_argument);
}

TEST(Fifo, CommitsOnlyWhatWasTouched) {
  CommitList commits(2);
  Fifo one(2, 1, commits);
  Fifo other(2, 1, commits);
  EXPECT_TRUE(commits.empty());
  one.push();
  EXPECT_FALSE(commits.empty());
  commits.commit(0);
  EXPECT_TRUE(commits.empty());
  EXPECT_EQ(one.occupancy(), 1u);
  EXPECT_EQ(other.occupancy(), 0u);
}

class Alarm final : public Sleeper {
 public:
  void sleep() { asleep_ = true; }
  void wake(Cycle) override { asleep_ = false; }
};

TEST(Fifo, WakesItsReaderByAPushAndItsWriterByAPop) {
  CommitList commits(1);
  Fifo fifo(4, 1, commits);
  Alarm reader;
  Alarm writer;
  fifo.set_sleepers(&reader, &writer);
  reader.sleep();
  writer.sleep();
  fifo.push();
  EXPECT_TRUE(reader.asleep()) << "before the edge";
  commits.commit(0);
  EXPECT_FALSE(reader.asleep());
  EXPECT_TRUE(writer.asleep());
  reader.sleep();
  fifo.pop();
  commits.commit(1);
  EXPECT_TRUE(reader.asleep());
  EXPECT_FALSE(writer.asleep());
}

/// What a FIFO should hold and should have counted, kept cycle by cycle.
struct Recount {
  std::deque<std::vector<Value>> beats;
  std::vector<std::uint64_t> histogram;
  FifoStatistics statistics;

  void see_cycle(std::uint64_t depth) {
    const std::uint64_t occupancy = beats.size();
    statistics.max_occupancy = std::max(statistics.max_occupancy, occupancy);
    statistics.occupancy_cycles += occupancy;
    statistics.full_cycles += occupancy == depth;
    if (occupancy >= statistics.histogram.size()) statistics.histogram.resize(occupancy + 1);
    ++statistics.histogram[occupancy];
  }
};

void expect_equal(const FifoStatistics& actual, const FifoStatistics& expected) {
  EXPECT_EQ(actual.max_occupancy, expected.max_occupancy);
  EXPECT_EQ(actual.occupancy_cycles, expected.occupancy_cycles);
  EXPECT_EQ(actual.full_cycles, expected.full_cycles);
  EXPECT_EQ(first_difference(actual.histogram, expected.histogram), "");
}

void compare_with_recount(Draw& draw) {
  const std::uint64_t depth = draw.pick<std::uint64_t>({1, 2, 3, 5, 8, 100, kDeep});
  const int lanes = draw.between(1, 5);
  const int cycles = draw.between(1, 400);
  int push_percent = draw.between(5, 95);
  int pop_percent = draw.between(5, 95);
  SCOPED_TRACE(describe({{"depth", depth}, {"lanes", lanes}, {"cycles", cycles}}));

  CommitList commits(1);
  Fifo fifo(depth, lanes, commits);
  fifo.carry_data();
  fifo.record_histogram();
  Recount expected;
  std::uint64_t pushed = 0;
  std::uint64_t popped = 0;
  for (Cycle now = 0; now < Cycle(cycles); ++now) {
    if (now % 50 == 49) std::swap(push_percent, pop_percent);
    expected.see_cycle(depth);
    ASSERT_EQ(fifo.occupancy(), expected.beats.size()) << "cycle " << now;
    ASSERT_EQ(fifo.can_push(), expected.beats.size() < depth) << "cycle " << now;
    ASSERT_EQ(fifo.can_pop(), !expected.beats.empty()) << "cycle " << now;

    const bool pops = fifo.can_pop() && draw.between(1, 100) <= pop_percent;
    const bool pushes = fifo.can_push() && draw.between(1, 100) <= push_percent;
    const bool pop_first = draw.one_in(2);
    if (pops && pop_first) fifo.pop();
    if (pushes) {
      const std::vector<Value> beat = draw.values(lanes, DataType::signed_integer(32));
      std::copy(beat.begin(), beat.end(), fifo.push());
      expected.beats.push_back(beat);
    }
    if (pops) {
      const std::vector<Value> front(fifo.front(), fifo.front() + lanes);
      EXPECT_EQ(front, expected.beats.front()) << "cycle " << now;
      if (!pop_first) fifo.pop();
      expected.beats.pop_front();
    }
    commits.commit(now);
    pushed += pushes;
    popped += pops;
    ASSERT_EQ(fifo.beats_in(), pushed);
    ASSERT_EQ(fifo.beats_out(), popped);
    expect_equal(fifo.statistics(now + 1), expected.statistics);
  }
}

TEST(Fifo, HoldsTheValuesAndCountsTheOccupanciesOfAQueue) {
  for (int seed = 1; seed <= 500 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Draw draw(seed);
    compare_with_recount(draw);
  }
}

TEST(Fifo, KnowsWhenABeatMovedLast) {
  CommitList commits(1);
  Fifo fifo(4, 1, commits);
  fifo.push();
  commits.commit(6);
  EXPECT_EQ(fifo.moved_at(), 7u);
  fifo.push();
  fifo.pop();
  commits.commit(9);
  EXPECT_EQ(fifo.moved_at(), 10u);
}

TEST(Fifo, CarriesBeatsWithoutValuesUntilToldOtherwise) {
  CommitList commits(1);
  Fifo fifo(1, 3, commits);
  EXPECT_EQ(fifo.push(), nullptr);
  commits.commit(0);
  EXPECT_EQ(fifo.front(), nullptr);
  EXPECT_TRUE(fifo.statistics(1).histogram.empty());
}

}  // namespace
}  // namespace qnnsim::test
