// SPDX-License-Identifier: Apache-2.0
#include "tests/models/fork_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Fork, Kernels,
                         testing::Values(KernelCases{"TwoToFiveBranches", 200,
                                                     two_to_five_branches}));

/// A fork between a source and two sinks, the second of which stalls until `stall_end`.
struct StalledBranch {
  explicit StalledBranch(Cycle stall_end) {
    ForkParams p;
    p.beats = 10;
    KernelCase c;
    c.make = [p] { return std::make_unique<Fork>(p); };
    c.frames = 1;
    c.inputs = {std::vector<Value>(10, 1)};
    std::vector<Cycle> stalls(stall_end);
    for (Cycle cycle = 0; cycle < stall_end; ++cycle) stalls[cycle] = cycle;
    Conditions conditions;
    conditions.output_depth = 2;
    conditions.sinks = {Pressure(), Pressure::recorded(stalls, 0)};
    trace = drive(c, conditions);
  }

  Trace trace;
};

TEST(Fork, GivesABeatToTheBranchThatHasRoomWhileAnotherHasNone) {
  const Trace trace = StalledBranch(30).trace;
  // Two beats lie in the stalled FIFO and one in the register: the free branch has all three by
  // then.
  ASSERT_EQ(trace.emitted[0].size(), 10u);
  for (std::size_t beat = 0; beat < 3; ++beat) EXPECT_EQ(trace.emitted[0][beat], 2 + beat);
  EXPECT_GT(trace.emitted[0][3], 30u);
}

TEST(Fork, IsBlockedWhileABranchOwesItsBeat) {
  const Trace trace = StalledBranch(30).trace;
  EXPECT_EQ(trace.count.busy, 10u) << "a beat a cycle taken";
  // Its register is full from cycle 4 on; the sink takes a beat in cycle 30, whose slot is free
  // in 31.
  EXPECT_EQ(trace.count.blocked, 31u - 4);
}

TEST(Fork, WaitsForTheBranchesThatAreStillOwedABeat) {
  Fork fork(ForkParams{});
  CommitList commits(3);
  Fifo in(1, 1, commits);
  Fifo roomy(4, 1, commits);
  Fifo full(1, 1, commits);
  fork.connect_input(0, in);
  fork.connect_output(0, roomy);
  fork.connect_output(1, full);
  in.push();
  full.push();
  commits.commit(0);
  fork.tick(1);
  commits.commit(1);
  EXPECT_TRUE(fork.waits_for_output(0));
  EXPECT_TRUE(fork.waits_for_output(1));
  fork.tick(2);
  commits.commit(2);
  EXPECT_FALSE(fork.waits_for_output(0));
  EXPECT_TRUE(fork.waits_for_output(1));
}

TEST(Fork, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      ForkParams p;
      change(p);
      Fork fork(p);
    };
  };
  expect_refused("branches 1", with([](ForkParams& p) { p.branches = 1; }));
  expect_refused("branches -1", with([](ForkParams& p) { p.branches = -1; }));
  expect_refused("lanes", with([](ForkParams& p) { p.lanes = 0; }));
  expect_refused("beats", with([](ForkParams& p) { p.beats = 0; }));
}

}  // namespace
}  // namespace qnnsim::test
