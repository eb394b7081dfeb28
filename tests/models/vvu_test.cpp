// SPDX-License-Identifier: Apache-2.0
#include "tests/models/vvu_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Vvu, Kernels,
                         testing::Values(KernelCases{"OwnWeights", 150, own_weights},
                                         KernelCases{"StreamedWeights", 100,
                                                     with_streamed_weights}));

TEST(Vvu, CountsTheMultiplicationsOfAFrame) {
  VvuParams p;
  p.channels = 6;
  p.window = 9;
  p.pixels = 5;
  EXPECT_EQ(Vvu(p).macs(), 6u * 9 * 5);
}

TEST(Vvu, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      VvuParams p;
      p.channels = 6;
      p.window = 9;
      change(p);
      Vvu vvu(p);
    };
  };
  expect_refused("channels", with([](VvuParams& p) { p.channels = 0; }));
  expect_refused("window", with([](VvuParams& p) { p.window = 0; }));
  expect_refused("pixels", with([](VvuParams& p) { p.pixels = 0; }));
  expect_refused("pe 4", with([](VvuParams& p) { p.pe = 4; }));
  expect_refused("pe 0", with([](VvuParams& p) { p.pe = 0; }));
  expect_refused("simd 2", with([](VvuParams& p) { p.simd = 2; }));
  expect_refused("simd 0", with([](VvuParams& p) { p.simd = 0; }));
}

TEST(Vvu, RefusesTheWrongNumberOfWeights) {
  VvuParams p;
  p.channels = 2;
  p.window = 3;
  Vvu vvu(p, {1, 1, 1, 1, 1});
  expect_refused("weights", [&] { vvu.rtl(); });
  expect_refused("weights", [&] { vvu.carry_data(); });
}

}  // namespace
}  // namespace qnnsim::test
