// SPDX-License-Identifier: Apache-2.0
#include "models/sliding_window.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

/// Row, column and first channel of one input beat.
struct Place {
  int y, x, channel;
};

/// Which input beats stand in each output beat of a frame, by the definition of a convolution's
/// windows.
std::vector<std::vector<Place>> windows(const SlidingWindowParams& p) {
  std::vector<std::vector<Place>> beats;
  const int group_channels = p.channels / p.groups;
  for (int y = 0; y + (p.kernel_h - 1) * p.dilation_h < p.height; y += p.stride_h) {
    std::vector<int> columns;
    for (int x = 0; x + (p.kernel_w - 1) * p.dilation_w < p.width; x += p.stride_w) {
      columns.push_back(x);
    }
    for (std::size_t first = 0; first < columns.size(); first += p.mmv) {
      for (int group = 0; group < p.groups; ++group) {
        std::vector<Place> whole;
        for (int ky = 0; ky < p.kernel_h; ++ky) {
          for (int kx = 0; kx < p.kernel_w; ++kx) {
            for (int c = 0; c < group_channels; c += p.simd) {
              whole.push_back(
                  {y + ky * p.dilation_h, kx * p.dilation_w, group * group_channels + c});
            }
          }
        }
        std::vector<std::vector<Place>> parts = {whole};
        if (!p.parallel) {
          parts.clear();
          for (const Place& place : whole) parts.push_back({place});
        }
        for (const std::vector<Place>& part : parts) {
          std::vector<Place> beat;
          for (int m = 0; m < p.mmv; ++m) {
            for (Place place : part) {
              place.x += columns[first + m];
              beat.push_back(place);
            }
          }
          beats.push_back(beat);
        }
      }
    }
  }
  return beats;
}

std::string describe(const SlidingWindowParams& p) {
  return test::describe({{"height", p.height},
                         {"width", p.width},
                         {"channels", p.channels},
                         {"simd", p.simd},
                         {"kernel_h", p.kernel_h},
                         {"kernel_w", p.kernel_w},
                         {"stride_h", p.stride_h},
                         {"stride_w", p.stride_w},
                         {"dilation_h", p.dilation_h},
                         {"dilation_w", p.dilation_w},
                         {"groups", p.groups},
                         {"parallel", p.parallel},
                         {"mmv", p.mmv}});
}

KernelCase sliding_window_case(SlidingWindowParams p, Draw& draw) {
  p.type = draw.type();
  KernelCase c;
  c.parameters = describe(p);
  c.make = [p] { return std::make_unique<SlidingWindow>(p); };
  c.frames = 7;
  c.settled = 4;
  c.inputs.resize(1);
  c.outputs.resize(1);
  c.needs.resize(1);
  const std::vector<std::vector<Place>> beats = windows(p);
  const int folds = p.channels / p.simd;
  const std::uint64_t frame_beats = std::uint64_t(p.height) * p.width * folds;
  for (std::uint64_t frame = 0; frame < c.frames; ++frame) {
    const Tensor map = draw.tensor(p.height, p.width, p.channels, p.type);
    append(c.inputs[0], map.data);
    for (const std::vector<Place>& beat : beats) {
      Issue issue;
      for (const Place& place : beat) {
        issue.beats.push_back(frame * frame_beats + (place.y * p.width + place.x) * folds +
                              place.channel / p.simd);
        for (int s = 0; s < p.simd; ++s) {
          c.outputs[0].push_back(map.at(place.y, place.x, place.channel + s));
        }
      }
      const std::uint64_t newest = *std::max_element(issue.beats.begin(), issue.beats.end());
      // Beats leave in order: one waits for what the ones before it need.
      c.needs[0].push_back(std::max(newest + 1, c.needs[0].empty() ? 0 : c.needs[0].back()));
      c.issues.push_back(issue);
    }
  }
  c.latencies = {2};
  c.capacity = p.buffer_beats();
  c.depth = 1;
  const BruteForceSchedule schedule(c, c.frames * frame_beats);
  const std::size_t last = schedule.emitted.size() - 1;
  c.interval = schedule.emitted[last] - schedule.emitted[last - beats.size()];
  return c;
}

SlidingWindowParams draw_window(Draw& draw, bool strided, bool dilated) {
  SlidingWindowParams p;
  p.kernel_h = draw.between(1, 4);
  p.kernel_w = draw.between(1, 4);
  if (strided) {
    p.stride_h = draw.between(1, 4);
    p.stride_w = draw.between(1, 4);
  }
  if (dilated) {
    p.dilation_h = draw.between(1, 3);
    p.dilation_w = draw.between(1, 3);
  }
  p.height = p.span_h() + draw.between(0, 7);
  p.width = p.span_w() + draw.between(0, 7);
  p.simd = draw.between(1, 3);
  p.channels = p.simd * draw.between(1, 4);
  return p;
}

KernelCase standard(Draw& draw) {
  return sliding_window_case(draw_window(draw, false, false), draw);
}

KernelCase strided(Draw& draw) { return sliding_window_case(draw_window(draw, true, false), draw); }

KernelCase dilated(Draw& draw) {
  return sliding_window_case(draw_window(draw, draw.one_in(2), true), draw);
}

KernelCase grouped(Draw& draw) {
  SlidingWindowParams p = draw_window(draw, draw.one_in(2), draw.one_in(4));
  p.groups = draw.between(1, 3);
  p.channels = p.simd * p.groups * draw.between(1, 2);
  return sliding_window_case(p, draw);
}

KernelCase depthwise(Draw& draw) {
  SlidingWindowParams p = draw_window(draw, draw.one_in(2), draw.one_in(4));
  p.groups = p.folds();
  return sliding_window_case(p, draw);
}

KernelCase whole_window_at_once(Draw& draw) {
  SlidingWindowParams p = draw_window(draw, draw.one_in(2), draw.one_in(4));
  p.groups = p.folds();
  p.parallel = true;
  return sliding_window_case(p, draw);
}

KernelCase windows_side_by_side(Draw& draw) {
  SlidingWindowParams p = draw_window(draw, draw.one_in(2), draw.one_in(4));
  p.parallel = draw.one_in(2);
  if (p.parallel) p.simd = p.channels;
  p.mmv = draw.divisor(p.output_width());
  return sliding_window_case(p, draw);
}

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
