// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/sliding_window.h"

#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

/// Row, column and first channel of one input beat.
struct Place {
  int y, x, channel;
};

/// Which input beats stand in each output beat of a frame, by the definition of a convolution's
/// windows.
inline std::vector<std::vector<Place>> windows(const SlidingWindowParams& p) {
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

inline std::string describe(const SlidingWindowParams& p) {
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

inline KernelCase sliding_window_case(SlidingWindowParams p, Draw& draw) {
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

inline SlidingWindowParams draw_window(Draw& draw, bool strided, bool dilated) {
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

inline KernelCase standard(Draw& draw) {
  return sliding_window_case(draw_window(draw, false, false), draw);
}

inline KernelCase strided(Draw& draw) {
  return sliding_window_case(draw_window(draw, true, false), draw);
}

inline KernelCase dilated(Draw& draw) {
  return sliding_window_case(draw_window(draw, draw.one_in(2), true), draw);
}

inline KernelCase grouped(Draw& draw) {
  SlidingWindowParams p = draw_window(draw, draw.one_in(2), draw.one_in(4));
  p.groups = draw.between(1, 3);
  p.channels = p.simd * p.groups * draw.between(1, 2);
  return sliding_window_case(p, draw);
}

inline KernelCase depthwise(Draw& draw) {
  SlidingWindowParams p = draw_window(draw, draw.one_in(2), draw.one_in(4));
  p.groups = p.folds();
  return sliding_window_case(p, draw);
}

inline KernelCase whole_window_at_once(Draw& draw) {
  SlidingWindowParams p = draw_window(draw, draw.one_in(2), draw.one_in(4));
  p.groups = p.folds();
  p.parallel = true;
  return sliding_window_case(p, draw);
}

inline KernelCase windows_side_by_side(Draw& draw) {
  SlidingWindowParams p = draw_window(draw, draw.one_in(2), draw.one_in(4));
  p.parallel = draw.one_in(2);
  if (p.parallel) p.simd = p.channels;
  p.mmv = draw.divisor(p.output_width());
  return sliding_window_case(p, draw);
}

}  // namespace qnnsim::test
