// SPDX-License-Identifier: Apache-2.0
#include "tests/models/thresholding_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Thresholding, Kernels,
                         testing::Values(KernelCases{"Bipolar", 100, to_bipolar},
                                         KernelCases{"Signed", 100, to_signed},
                                         KernelCases{"Unsigned", 100, to_unsigned},
                                         KernelCases{"AnySteps", 100, any_steps}));

TEST(Thresholding, SearchesInOneStageABitOfTheCount) {
  ThresholdingParams p;
  for (const auto& [steps, latency] :
       std::vector<std::pair<int, int>>{{1, 1}, {2, 2}, {3, 2}, {4, 3}, {7, 3}, {8, 4}, {255, 8}}) {
    p.steps = steps;
    EXPECT_EQ(Thresholding(p).latency(), latency) << steps << " thresholds";
  }
}

TEST(Thresholding, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      ThresholdingParams p;
      p.channels = 6;
      change(p);
      Thresholding thresholding(p);
    };
  };
  expect_refused("channels", with([](ThresholdingParams& p) { p.channels = 0; }));
  expect_refused("pe 4", with([](ThresholdingParams& p) { p.pe = 4; }));
  expect_refused("pe 0", with([](ThresholdingParams& p) { p.pe = 0; }));
  expect_refused("steps", with([](ThresholdingParams& p) { p.steps = 0; }));
  expect_refused("pixels", with([](ThresholdingParams& p) { p.pixels = 0; }));
}

TEST(Thresholding, RefusesTheWrongNumberOfThresholds) {
  ThresholdingParams p;
  p.channels = 2;
  p.steps = 3;
  Thresholding thresholding(p, {1, 2, 3});
  expect_refused("thresholds", [&] { thresholding.carry_data(); });
}

}  // namespace
}  // namespace qnnsim::test
