// SPDX-License-Identifier: Apache-2.0
#include "tests/models/top_k_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(TopK, Kernels, testing::Values(KernelCases{"AnyCount", 250, any_count}));

TEST(TopK, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      TopKParams p;
      p.channels = 6;
      change(p);
      TopK top_k(p);
    };
  };
  expect_refused("channels", with([](TopKParams& p) { p.channels = 0; }));
  expect_refused("pe 4", with([](TopKParams& p) { p.pe = 4; }));
  expect_refused("pe 0", with([](TopKParams& p) { p.pe = 0; }));
  expect_refused("k 0", with([](TopKParams& p) { p.k = 0; }));
  expect_refused("k 7", with([](TopKParams& p) { p.k = 7; }));
  expect_refused("pixels", with([](TopKParams& p) { p.pixels = 0; }));
}

}  // namespace
}  // namespace qnnsim::test
