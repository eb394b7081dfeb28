// SPDX-License-Identifier: Apache-2.0
#include "models/pad.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

KernelCase any_border(Draw& draw) {
  PadParams p;
  p.height = draw.between(1, 8);
  p.width = draw.between(1, 8);
  p.channels = draw.between(1, 12);
  p.simd = draw.divisor(p.channels);
  for (int* side : {&p.top, &p.left, &p.bottom, &p.right}) *side = draw.between(0, 3);
  p.type = draw.type();
  p.value = draw.values(1, p.type).front();

  KernelCase c;
  c.parameters = describe({{"height", p.height},
                           {"width", p.width},
                           {"channels", p.channels},
                           {"simd", p.simd},
                           {"top", p.top},
                           {"left", p.left},
                           {"bottom", p.bottom},
                           {"right", p.right},
                           {"value", p.value}});
  c.make = [p] { return std::make_unique<Pad>(p); };
  c.runs_ahead = true;
  c.inputs.resize(1);
  c.outputs.resize(1);
  c.needs.resize(1);
  std::uint64_t needed = 0;
  for (std::uint64_t frame = 0; frame < c.frames; ++frame) {
    const Tensor x = draw.tensor(p.height, p.width, p.channels, p.type);
    append(c.inputs[0], x.data);
    for (int y = -p.top; y < p.height + p.bottom; ++y) {
      for (int column = -p.left; column < p.width + p.right; ++column) {
        const bool inside = y >= 0 && y < p.height && column >= 0 && column < p.width;
        for (int channel = 0; channel < p.channels; ++channel) {
          c.outputs[0].push_back(inside ? x.at(y, column, channel) : p.value);
          if (channel % p.simd == 0) c.needs[0].push_back(needed += inside);
        }
      }
    }
  }
  c.latencies = {1};
  c.interval = std::uint64_t(p.height + p.top + p.bottom) * (p.width + p.left + p.right) *
               (p.channels / p.simd);
  return c;
}

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
