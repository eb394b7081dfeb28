// SPDX-License-Identifier: Apache-2.0
#include "tests/models/global_pool_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(GlobalPool, Kernels,
                         testing::Values(KernelCases{"AnyMode", 250, any_mode}));

TEST(GlobalPool, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      GlobalPoolParams p;
      p.channels = 6;
      change(p);
      GlobalPool pool(p);
    };
  };
  expect_refused("channels", with([](GlobalPoolParams& p) { p.channels = 0; }));
  expect_refused("pe 4", with([](GlobalPoolParams& p) { p.pe = 4; }));
  expect_refused("pe 0", with([](GlobalPoolParams& p) { p.pe = 0; }));
  expect_refused("pixels", with([](GlobalPoolParams& p) { p.pixels = 0; }));
}

}  // namespace
}  // namespace qnnsim::test
