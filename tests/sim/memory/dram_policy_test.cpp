// SPDX-License-Identifier: Apache-2.0
//
// What the controller chooses where the timing leaves it a choice.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/sim/memory/small_dram.h"

namespace qnnsim::test {
namespace {

/// The columns of a kind of command in the order of their cycles.
std::vector<std::int64_t> columns(const Served& served, DramCommandKind kind) {
  std::vector<std::int64_t> result;
  for (const DramCommand& command : served.commands) {
    if (command.kind == kind) result.push_back(command.address.column);
  }
  return result;
}

TEST(DramPolicy, AWriteOvertakesReadsExceptThatOfItsPlace) {
  DramSpec spec = small_dram();
  spec.policy.unified_queue = true;
  // Behind a write, writes may go before reads may.
  const Served served = serve(spec, {{true, 0, 0, 0, 1, 0, 0},
                                     {false, 0, 0, 0, 1, 1, 0},
                                     {true, 0, 0, 0, 1, 1, 0},
                                     {true, 0, 0, 0, 1, 2, 0}});
  EXPECT_EQ(columns(served, DramCommandKind::kWrite), (std::vector<std::int64_t>{0, 2, 1}));
  EXPECT_LT(served.at(DramCommandKind::kRead), served.at(DramCommandKind::kWrite, 2));
}

TEST(DramPolicy, ARowIsClosedForAnotherOnceItsHitsAreUsedUp) {
  for (const int cap : {2, 4}) {
    DramSpec spec = small_dram();
    spec.policy.row_hit_cap = cap;
    spec.timing.ras = 18;
    spec.timing.rtp = 1;
    // Row 1 is wanted six times before and after row 2.
    std::vector<Access> accesses = {{false, 0, 0, 0, 1, 0, 0}, {false, 0, 0, 0, 2, 99, 0}};
    for (int column = 1; column < 6; ++column) {
      accesses.push_back({false, 0, 0, 0, 1, column, 0});
    }
    const std::vector<std::int64_t> order = columns(serve(spec, accesses), DramCommandKind::kRead);
    ASSERT_EQ(order.size(), 7u);
    EXPECT_EQ(order[cap], 99) << "cap " << cap;
  }
}

TEST(DramPolicy, ARowStaysOpenWhileTheQueueHitsIt) {
  const Served served =
      serve(small_dram(),
            {{false, 0, 0, 0, 1, 0, 0}, {false, 0, 0, 0, 2, 9, 0}, {false, 0, 0, 0, 1, 1, 0}});
  EXPECT_EQ(columns(served, DramCommandKind::kRead), (std::vector<std::int64_t>{0, 1, 9}));
  EXPECT_EQ(served.counts.conflicts, 1u);
  EXPECT_EQ(served.counts.read_row_hits, 1u);
}

TEST(DramPolicy, BanksAreServedInTurn) {
  DramSpec spec = small_dram();
  spec.bank_groups = 1;
  spec.banks_per_group = 4;
  spec.timing.rrd_s = 10;
  spec.timing.ras = 40;
  // Bank 2 is served first; then 3 is behind it in turn, though 1 has waited longer.
  const Served served = serve(
      spec, {{false, 0, 0, 2, 1, 2, 0}, {false, 0, 0, 1, 1, 1, 0}, {false, 0, 0, 3, 1, 3, 0}});
  EXPECT_EQ(columns(served, DramCommandKind::kActivate), (std::vector<std::int64_t>{2, 3, 1}));
}

TEST(DramPolicy, RanksAreRefreshedInTurn) {
  DramSpec spec = small_dram();
  spec.ranks = 2;
  spec.policy.refresh = true;
  const Served served = serve(spec, {}, 40000);
  ASSERT_EQ(served.counts.refreshes, 8u);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(served.commands[i].cycle, (i + 1) * 4680);
    EXPECT_EQ(served.commands[i].address.rank, static_cast<int>(i % 2));
  }
}

TEST(DramPolicy, SeparateBusesCarryARowAndAColumnCommandInOneCycle) {
  DramSpec spec = small_dram();
  // The second bank's row is opened when the first one's is read.
  const std::vector<Access> accesses = {{false, 0, 0, 0, 1, 0, 0},
                                        {false, 0, 1, 0, 1, 1, Cycle(spec.timing.rcd_rd)}};
  for (const bool separate : {false, true}) {
    spec.policy.separate_column_bus = separate;
    const Served served = serve(spec, accesses);
    EXPECT_EQ(served.counts.dual_commands, separate ? 1u : 0u);
    EXPECT_EQ(served.at(DramCommandKind::kRead) == served.at(DramCommandKind::kActivate, 1),
              separate);
  }
}

TEST(DramPolicy, WritesAreDrainedWhenManyOrWhenTheirQueueIsFull) {
  DramSpec spec = small_dram();
  for (const int writes : {8, 9}) {
    std::vector<Access> accesses;
    for (int i = 0; i < writes; ++i) accesses.push_back({true, 0, i % 4, 0, 1, i, 0});
    EXPECT_EQ(serve(spec, accesses).counts.flushed_writes, writes == 8 ? 8u : 0u);
  }
  spec.policy.write_queue = 4;
  std::vector<Access> accesses;
  for (int i = 0; i < 4; ++i) accesses.push_back({true, 0, i % 4, 0, 1, i, 0});
  EXPECT_EQ(serve(spec, accesses).counts.flushed_writes, 0u);
}

TEST(DramPolicy, AWriteThatWaitsForAReadDoesNotWaitForEver) {
  DramSpec spec = small_dram();
  spec.policy.write_queue = 1;
  spec.policy.bank_queue = 1;
  // The read stands behind others for its bank when the write fills its queue.
  std::vector<Access> accesses;
  for (int row = 0; row < 4; ++row) accesses.push_back({false, 0, 0, 0, row, 0, 0});
  accesses.push_back({true, 0, 0, 0, 3, 0, 0});
  accesses.push_back({true, 0, 1, 0, 3, 0, 0});
  const Served served = serve(spec, accesses);
  EXPECT_EQ(served.counts.reads, 4u);
  EXPECT_EQ(served.counts.writes, 2u);
}

TEST(DramPolicy, ReadsOfAPendingWriteTakeItsDataAndReadsOfAPlaceShareACommand) {
  DramSpec spec = small_dram();
  const Served served = serve(spec, {{true, 0, 0, 0, 1, 0, 0},
                                     {false, 0, 0, 0, 1, 0, 0},
                                     {true, 0, 0, 0, 1, 0, 0},
                                     {false, 0, 0, 0, 2, 7, 0},
                                     {false, 0, 0, 0, 2, 7, 0}});
  EXPECT_EQ(served.counts.reads, 1u);
  EXPECT_EQ(served.counts.writes, 1u);
  EXPECT_EQ(served.counts.flushed_writes, 1u);
  ASSERT_EQ(served.completions.size(), 5u);
  EXPECT_EQ(served.completions[1].tag, 1u);
  EXPECT_EQ(served.completions[1].cycle, 2u);
  EXPECT_EQ(served.completions[3].cycle, served.completions[4].cycle);
}

}  // namespace
}  // namespace qnnsim::test
