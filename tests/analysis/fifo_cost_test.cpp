// SPDX-License-Identifier: Apache-2.0
#include "analysis/fifo_cost.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace qnnsim::test {
namespace {

struct Device {
  Platform platform;
  CostModel model;
  FifoCost cost = FifoCost::hardware(model, platform);
};

Device device(const std::string& platform, const std::string& model) {
  Findings findings;
  const Platform board = load_platform(platform, {}, findings);
  const CostModel costs = CostModel::load(model, board, {}, findings);
  EXPECT_EQ(findings.render(), "");
  return {board, costs};
}

TEST(FifoCost, BitsAreWidthTimesDepth) {
  EXPECT_EQ(FifoCost::bits().cost(24, 100), 2400);
  EXPECT_EQ(FifoCost::bits().steps(24, 5, {2}), (std::vector<std::uint64_t>{2, 3, 4, 5}));
  EXPECT_EQ(FifoCost::bits().steps(24, 5, {2, 3}), (std::vector<std::uint64_t>{2, 3}));
}

TEST(FifoCost, BitsAreCountedWhereTheModelSaysNothingOfFifos) {
  const FifoCost cost = FifoCost::hardware(CostModel(), device("pynq-z1", "finn").platform);
  EXPECT_TRUE(cost.counts_bits());
  EXPECT_EQ(cost.unit(), "bit");
  EXPECT_EQ(cost.cost(24, 100), 2400);
}

TEST(FifoCost, IsWhatTheCostModelSaysInLutsOfTheDevice) {
  const Device finn = device("pynq-z1", "finn");
  EXPECT_EQ(finn.cost.unit(), "LUT eq.");
  EXPECT_EQ(finn.cost.cost(8, 33), 2 * 6 + 2 * 4);  // streamingfifo.py:195
  EXPECT_EQ(finn.cost.cost(8, 2048), 2 * 11 + 53200.0 / 280) << "one block RAM of 280";
  const Device measured = device("pynq-z1", "measured");
  for (std::int64_t depth : {1, 2, 3, 32, 100, 5000}) {
    const Resources taken = measured.model.of_fifo(24, depth);
    EXPECT_DOUBLE_EQ(
        measured.cost.cost(24, depth),
        double(taken.lut) + double(taken.ff) * 53200 / 106400 + double(taken.bram18) * 53200 / 280)
        << depth;
  }
  EXPECT_GT(measured.model.of_fifo(24, 5000).bram18, 0);
}

TEST(FifoCost, StepsAreTheDepthsThatNoDeeperOneUndercuts) {
  constexpr std::uint64_t kEnough = 3000;
  constexpr std::uint64_t kFull = 4096;
  for (const char* model : {"measured", "finn"}) {
    for (const char* platform : {"pynq-z1", "zcu104"}) {
      const FifoCost cost = device(platform, model).cost;
      for (std::int64_t width : {1, 3, 8, 24, 64, 1000}) {
        std::vector<std::uint64_t> expected;
        double least = std::numeric_limits<double>::infinity();
        for (std::uint64_t depth = kFull; depth > 0; --depth) {
          if (cost.cost(width, depth) >= least) continue;
          least = cost.cost(width, depth);
          if (depth >= kEnough) expected.clear();
          expected.push_back(depth);
        }
        std::reverse(expected.begin(), expected.end());
        EXPECT_EQ(cost.steps(width, kEnough), expected)
            << model << ", " << platform << ", " << width;
      }
    }
  }
}

TEST(FifoCost, StepsKeepToTheRange) {
  const FifoCost cost = device("pynq-z1", "measured").cost;
  EXPECT_EQ(cost.steps(8, 100, {5, 5}), (std::vector<std::uint64_t>{5}));
  EXPECT_EQ(cost.steps(8, 3, {9}), (std::vector<std::uint64_t>{15})) << "for what 9 beats cost";
  const std::vector<std::uint64_t> steps = cost.steps(8, 100, {2, 20});
  EXPECT_EQ(steps.back(), 20u);
  EXPECT_EQ(steps.front(), 3u) << "shift registers cost less than two registers";
  for (std::size_t i = 1; i < steps.size(); ++i) {
    EXPECT_LT(cost.cost(8, steps[i - 1]), cost.cost(8, steps[i]));
  }
}

}  // namespace
}  // namespace qnnsim::test
