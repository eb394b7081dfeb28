// SPDX-License-Identifier: Apache-2.0
#include "models/pipeline.h"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

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
      EXPECT_FALSE(pipeline.is_still(out)) << "depth " << depth << ", cycle " << now;
      EXPECT_EQ(out.beats_in(), 0u) << "depth " << depth << ", cycle " << now;
      pipeline.advance(out, false);
      commits.commit(now);
    }
    EXPECT_EQ(out.beats_in(), 1u) << "depth " << depth;
    EXPECT_TRUE(pipeline.is_still(out));
  }
}

/// Against a list of beats with the cycles of their issue, with an output that is full at random.
void compare_with_list(Draw& draw) {
  const int depth = draw.between(1, Pipeline::kMaxDepth);
  const int lanes = draw.between(1, 4);
  SCOPED_TRACE(describe({{"depth", depth}, {"lanes", lanes}}));
  CommitList commits(1);
  Fifo out(draw.between(1, 3), lanes, commits);
  out.carry_data();
  Pipeline pipeline(depth);
  pipeline.carry_data(lanes);
  struct Issued {
    Cycle at;
    std::vector<Value> values;
  };
  std::deque<Issued> inside;
  std::deque<std::vector<Value>> expected;
  for (Cycle now = 0; now < 500; ++now) {
    const bool ready = !inside.empty() && inside.front().at + Cycle(depth) <= now;
    const bool leaves = ready && out.can_push();
    const bool room = inside.size() < std::size_t(depth) || leaves;
    const bool all_queued = inside.empty() || inside.back().at + Cycle(depth) <= now;
    ASSERT_EQ(pipeline.has_room(out), room) << "cycle " << now;
    ASSERT_EQ(pipeline.is_still(out), all_queued && !leaves) << "cycle " << now;
    if (out.can_pop() && draw.one_in(2)) {
      ASSERT_EQ(std::vector<Value>(out.front(), out.front() + lanes), expected.front())
          << "cycle " << now;
      expected.pop_front();
      out.pop();
    }
    if (leaves) {
      expected.push_back(inside.front().values);
      inside.pop_front();
    }
    const bool issues = room && draw.one_in(2);
    if (issues) {
      inside.push_back({now, draw.values(lanes, DataType::signed_integer(32))});
      std::copy_n(inside.back().values.begin(), lanes, pipeline.issue_slot());
    }
    pipeline.advance(out, issues);
    commits.commit(now);
    ASSERT_EQ(out.occupancy(), expected.size()) << "cycle " << now;
  }
}

TEST(Pipeline, HoldsAsManyBeatsAsItIsDeepAndGivesEachAfterItsDepth) {
  for (int seed = 1; seed <= 200 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Draw draw(seed);
    compare_with_list(draw);
  }
}

TEST(Pipeline, HoldsTheSameNumberOfBeatsHoweverTheyCame) {
  for (int gap : {1, 2, 5}) {
    CommitList commits(1);
    Fifo full(1, 1, commits);
    full.push();
    commits.commit(0);
    Pipeline pipeline(6);
    int held = 0;
    for (Cycle now = 1; now < 100; ++now) {
      const bool issues = now % gap == 0 && pipeline.has_room(full);
      pipeline.advance(full, issues);
      held += issues ? 1 : 0;
    }
    EXPECT_EQ(held, 6) << "a beat every " << gap << " cycles";
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
