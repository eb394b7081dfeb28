// SPDX-License-Identifier: Apache-2.0
#include "models/pipeline.h"

#include <gtest/gtest.h>

#include <deque>
#include <optional>

#include "tests/models/kernel_bench.h"

namespace qnnsim::test {
namespace {

TEST(Pipeline, PushesABeatExactlyItsDepthAfterTheIssue) {
  for (int depth : {1, 2, 3, 7, 32, Pipeline::kMaxDepth}) {
    CommitList commits(1);
    Fifo out(4, 1, commits);
    Pipeline pipeline(depth);
    pipeline.advance(out, true);
    commits.commit(0);
    for (Cycle now = 1; now <= Cycle(depth); ++now) {
      EXPECT_FALSE(pipeline.empty()) << "depth " << depth << ", cycle " << now;
      EXPECT_EQ(out.beats_in(), 0u) << "depth " << depth << ", cycle " << now;
      pipeline.advance(out, false);
      commits.commit(now);
    }
    EXPECT_EQ(out.beats_in(), 1u) << "depth " << depth;
    EXPECT_TRUE(pipeline.empty());
  }
}

/// Against registers that shift one by one, with an output that is full at random.
void compare_with_registers(Draw& draw) {
  const int depth = draw.between(1, Pipeline::kMaxDepth);
  const int lanes = draw.between(1, 4);
  SCOPED_TRACE(describe({{"depth", depth}, {"lanes", lanes}}));
  CommitList commits(1);
  Fifo out(draw.between(1, 3), lanes, commits);
  out.carry_data();
  Pipeline pipeline(depth);
  pipeline.carry_data(lanes);
  std::deque<std::optional<std::vector<Value>>> registers(depth);
  std::deque<std::vector<Value>> expected;
  for (Cycle now = 0; now < 500; ++now) {
    ASSERT_EQ(pipeline.stalled(out), registers.back() && !out.can_push()) << "cycle " << now;
    if (out.can_pop() && draw.one_in(2)) {
      ASSERT_EQ(std::vector<Value>(out.front(), out.front() + lanes), expected.front())
          << "cycle " << now;
      expected.pop_front();
      out.pop();
    }
    if (!pipeline.stalled(out)) {
      std::optional<std::vector<Value>> issued;
      if (draw.one_in(2)) {
        issued = draw.values(lanes, DataType::signed_integer(32));
        std::copy(issued->begin(), issued->end(), pipeline.issue_slot());
      }
      pipeline.advance(out, issued.has_value());
      if (registers.back()) expected.push_back(*registers.back());
      registers.pop_back();
      registers.push_front(issued);
    }
    commits.commit(now);
    ASSERT_EQ(out.occupancy(), expected.size()) << "cycle " << now;
  }
}

TEST(Pipeline, ShiftsLikeAChainOfRegistersThatFreezesWhereItsOutputIsFull) {
  for (int seed = 1; seed <= 200 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Draw draw(seed);
    compare_with_registers(draw);
  }
}

TEST(Pipeline, RefusesADepthThatItsValidBitsDoNotHold) {
  expect_refused("depth 0", [] { Pipeline pipeline(0); });
  expect_refused("depth 64", [] { Pipeline pipeline(64); });
}

TEST(Pipeline, TheLogarithmRoundsUp) {
  const std::vector<std::pair<int, int>> expected = {
      {0, 0}, {1, 0}, {2, 1}, {3, 2}, {4, 2}, {5, 3}, {8, 3}, {9, 4}, {1024, 10}, {1025, 11}};
  for (const auto& [value, bits] : expected) EXPECT_EQ(clog2(value), bits) << value;
}

}  // namespace
}  // namespace qnnsim::test
