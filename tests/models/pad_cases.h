// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/pad.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

inline KernelCase any_border(Draw& draw) {
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

}  // namespace qnnsim::test
