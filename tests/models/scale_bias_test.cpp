// SPDX-License-Identifier: Apache-2.0
#include "tests/models/scale_bias_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(ScaleBias, Kernels,
                         testing::Values(KernelCases{"AnyFolding", 200, any_folding}));

TEST(ScaleBias, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      ScaleBiasParams p;
      p.channels = 6;
      change(p);
      ScaleBias scale_bias(p);
    };
  };
  expect_refused("channels", with([](ScaleBiasParams& p) { p.channels = 0; }));
  expect_refused("pe 4", with([](ScaleBiasParams& p) { p.pe = 4; }));
  expect_refused("pe 0", with([](ScaleBiasParams& p) { p.pe = 0; }));
  expect_refused("pixels", with([](ScaleBiasParams& p) { p.pixels = 0; }));
}

TEST(ScaleBias, RefusesTheWrongNumberOfConstants) {
  ScaleBiasParams p;
  p.channels = 2;
  ScaleBias scale_bias(p, {1, 1}, {1});
  expect_refused("bias", [&] { scale_bias.carry_data(); });
}

}  // namespace
}  // namespace qnnsim::test
