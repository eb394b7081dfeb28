// SPDX-License-Identifier: Apache-2.0
#include "tests/models/sliding_window_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(
    SlidingWindow, Kernels,
    testing::Values(KernelCases{"Standard", 80, standard}, KernelCases{"Strided", 80, strided},
                    KernelCases{"Dilated", 60, dilated}, KernelCases{"Grouped", 60, grouped},
                    KernelCases{"Depthwise", 60, depthwise},
                    KernelCases{"WholeWindowAtOnce", 80, whole_window_at_once},
                    KernelCases{"WindowsSideBySide", 80, windows_side_by_side}));

/// Calls `check(params)` for windows of all modes.
template <typename Check>
void for_windows(bool strided, Check check) {
  for (int seed = 1; seed <= 400 && !testing::Test::HasFailure(); ++seed) {
    Draw draw(seed);
    SlidingWindowParams p = draw_window(draw, strided, true);
    p.groups = draw.one_in(2) ? p.folds() : 1;
    p.parallel = p.groups == p.folds() && draw.one_in(2);
    if (strided && p.groups == 1) p.mmv = draw.divisor(p.output_width());
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + describe(p));
    check(p);
  }
}

bool moves_a_pixel_a_beat(const SlidingWindowParams& p) {
  return p.channels == p.simd && (p.parallel || p.kernel_h * p.kernel_w == 1);
}

TEST(SlidingWindow, BuffersTheSpanOfOneWindowWhereItStridesByOne) {
  for_windows(false, [](const SlidingWindowParams& p) {
    const int pixels =
        (p.kernel_h - 1) * p.dilation_h * p.width + (p.kernel_w - 1) * p.dilation_w + 1;
    const int spare = moves_a_pixel_a_beat(p) ? 1 : 0;
    EXPECT_EQ(p.buffer_beats(), pixels * p.channels / p.simd + spare);
  });
}

TEST(SlidingWindow, HasTheFullRateWhereItMovesAPixelABeat) {
  int cases = 0;
  for_windows(true, [&](const SlidingWindowParams& p) {
    if (!moves_a_pixel_a_beat(p)) return;
    EXPECT_EQ(SlidingWindow(p).frame_interval(), std::max(p.input_beats(), p.output_beats()));
    ++cases;
  });
  EXPECT_GT(cases, 20);
}

TEST(SlidingWindow, LosesLessThanItsBufferFullOfCyclesAFrame) {
  for_windows(true, [](const SlidingWindowParams& p) {
    const std::int64_t least = std::max(p.input_beats(), p.output_beats());
    const auto interval = static_cast<std::int64_t>(SlidingWindow(p).frame_interval());
    EXPECT_GE(interval, least);
    EXPECT_LT(interval, least + p.buffer_beats());
    EXPECT_LE(interval, p.input_beats() + p.output_beats());
  });
}

TEST(SlidingWindow, TakesBeatsOfTheNextFrameWhileTheLastWindowLeaves) {
  SlidingWindowParams p;
  p.height = p.width = 16;
  p.kernel_h = p.kernel_w = 3;
  Draw draw(1);
  const KernelCase c = sliding_window_case(p, draw);
  const Trace trace = drive(c, {});
  const std::size_t windows = 14 * 14 * 9;
  EXPECT_LT(trace.taken[0][16 * 16], trace.emitted[0][windows - 1]);
  EXPECT_LT(c.interval, (2 * 16 + 3) + windows);
}

TEST(SlidingWindow, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      SlidingWindowParams p;
      p.height = p.width = 6;
      p.channels = 6;
      p.simd = 2;
      p.kernel_h = p.kernel_w = 3;
      change(p);
      SlidingWindow window(p);
    };
  };
  expect_refused("height", with([](SlidingWindowParams& p) { p.height = 0; }));
  expect_refused("width", with([](SlidingWindowParams& p) { p.width = -1; }));
  expect_refused("channels", with([](SlidingWindowParams& p) { p.channels = 0; }));
  expect_refused("simd 4", with([](SlidingWindowParams& p) { p.simd = 4; }));
  expect_refused("simd 0", with([](SlidingWindowParams& p) { p.simd = 0; }));
  expect_refused("kernel", with([](SlidingWindowParams& p) { p.kernel_h = 0; }));
  expect_refused("stride", with([](SlidingWindowParams& p) { p.stride_w = 0; }));
  expect_refused("dilation", with([](SlidingWindowParams& p) { p.dilation_h = 0; }));
  expect_refused("window of 7 x 3", with([](SlidingWindowParams& p) { p.kernel_h = 7; }));
  expect_refused("window of 3 x 7", with([](SlidingWindowParams& p) { p.dilation_w = 3; }));
  expect_refused("groups 2", with([](SlidingWindowParams& p) { p.groups = 2; }));
  expect_refused("groups 0", with([](SlidingWindowParams& p) { p.groups = 0; }));
  expect_refused("parallel", with([](SlidingWindowParams& p) { p.parallel = true; }));
  expect_refused("mmv 3", with([](SlidingWindowParams& p) { p.mmv = 3; }));
  expect_refused("mmv 0", with([](SlidingWindowParams& p) { p.mmv = 0; }));
  expect_refused("mmv", with([](SlidingWindowParams& p) { p.mmv = 2, p.groups = 3; }));
}

}  // namespace
}  // namespace qnnsim::test
