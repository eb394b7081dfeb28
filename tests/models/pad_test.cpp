// SPDX-License-Identifier: Apache-2.0
#include "tests/models/pad_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Pad, Kernels, testing::Values(KernelCases{"AnyBorder", 300, any_border}));

TEST(Pad, EmitsTheTopRowsFromResetOnBeforeAnythingArrives) {
  PadParams p;
  p.height = p.width = 4;
  p.top = p.left = 1;
  p.type = DataType::signed_integer(4);
  KernelCase c;
  c.make = [p] { return std::make_unique<Pad>(p); };
  c.inputs = {std::vector<Value>(3 * 16, 0)};
  Conditions conditions;
  conditions.beats = 0;
  const Trace trace = drive(c, conditions);
  ASSERT_EQ(trace.emitted[0].size(), 5u + 1) << "the row of five and the first of the next row";
  for (std::size_t beat = 0; beat < 6; ++beat) EXPECT_EQ(trace.emitted[0][beat], beat + 1);
}

TEST(Pad, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      PadParams p;
      p.channels = 6;
      p.type = DataType::signed_integer(4);
      change(p);
      Pad pad(p);
    };
  };
  expect_refused("height", with([](PadParams& p) { p.height = 0; }));
  expect_refused("width", with([](PadParams& p) { p.width = -3; }));
  expect_refused("channels", with([](PadParams& p) { p.channels = 0; }));
  expect_refused("simd 4", with([](PadParams& p) { p.simd = 4; }));
  expect_refused("simd 0", with([](PadParams& p) { p.simd = 0; }));
  expect_refused("top", with([](PadParams& p) { p.top = -1; }));
  expect_refused("left", with([](PadParams& p) { p.left = -1; }));
  expect_refused("bottom", with([](PadParams& p) { p.bottom = -1; }));
  expect_refused("right", with([](PadParams& p) { p.right = -1; }));
  expect_refused("value 8", with([](PadParams& p) { p.value = 8; }));
}

}  // namespace
}  // namespace qnnsim::test
