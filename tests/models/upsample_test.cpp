// SPDX-License-Identifier: Apache-2.0
#include "tests/models/upsample_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Upsample, Kernels,
                         testing::Values(KernelCases{"AnyScale", 300, any_scale}));

TEST(Upsample, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      UpsampleParams p;
      p.channels = 6;
      change(p);
      Upsample upsample(p);
    };
  };
  expect_refused("height", with([](UpsampleParams& p) { p.height = 0; }));
  expect_refused("width", with([](UpsampleParams& p) { p.width = 0; }));
  expect_refused("channels", with([](UpsampleParams& p) { p.channels = 0; }));
  expect_refused("pe 4", with([](UpsampleParams& p) { p.pe = 4; }));
  expect_refused("pe 0", with([](UpsampleParams& p) { p.pe = 0; }));
  expect_refused("scale_h", with([](UpsampleParams& p) { p.scale_h = 0; }));
  expect_refused("scale_w", with([](UpsampleParams& p) { p.scale_w = 0; }));
}

}  // namespace
}  // namespace qnnsim::test
