// SPDX-License-Identifier: Apache-2.0
#include "tests/models/width_converter_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(WidthConverter, Kernels,
                         testing::Values(KernelCases{"AnyRatio", 300, any_ratio}));

TEST(WidthConverter, RefusesIllegalParameters) {
  const auto make = [](int lanes_in, int lanes_out, std::uint64_t elements) {
    WidthConverterParams p;
    p.lanes_in = lanes_in;
    p.lanes_out = lanes_out;
    p.elements = elements;
    WidthConverter converter(p);
  };
  expect_refused("lanes_in", [&] { make(0, 1, 1); });
  expect_refused("lanes_out", [&] { make(1, 0, 1); });
  expect_refused("elements", [&] { make(4, 6, 6); });
  expect_refused("elements", [&] { make(1, 1, 0); });
}

}  // namespace
}  // namespace qnnsim::test
