// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/vvu.h"

#include <cmath>

#include "tests/models/draw_mac.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

inline KernelCase vvu_case(bool weight_stream, Draw& draw) {
  VvuParams p;
  p.channels = draw.between(1, 16);
  p.window = draw.pick({1, 2, 4, 6, 9, 15, 25});
  p.pe = draw.divisor(p.channels);
  p.simd = draw.divisor(p.window);
  p.pixels = draw.between(1, 10);
  p.input_type = draw.type();
  p.weight_type = draw.type();
  p.weight_stream = weight_stream;
  draw_mac(p, draw);

  KernelCase c;
  c.parameters = describe({{"channels", p.channels},
                           {"window", p.window},
                           {"pe", p.pe},
                           {"simd", p.simd},
                           {"pixels", std::int64_t(p.pixels)},
                           {"mac", std::int64_t(p.mac)},
                           {"narrow_weights", p.narrow_weights}}) +
                 ", " + p.input_type.name() + " x " + p.weight_type.name();
  Tensor weights = draw.tensor(1, p.channels, p.window, p.weight_type);
  if (p.narrow_weights) make_narrow(weights.data, p.weight_type);
  c.make = [p, weights] {
    return std::make_unique<Vvu>(p, p.weight_stream ? std::vector<Value>{} : weights.data);
  };
  c.inputs.resize(weight_stream ? 2 : 1);
  c.outputs.resize(1);
  for (std::uint64_t pixel = 0; pixel < c.frames * p.pixels; ++pixel) {
    const Tensor window = draw.tensor(1, p.window, p.channels, p.input_type);
    for (int channel = 0; channel < p.channels; ++channel) {
      Value sum = 0;
      for (int k = 0; k < p.window; ++k)
        sum += window.at(0, k, channel) * weights.at(0, channel, k);
      c.outputs[0].push_back(sum);
    }
    for (int first = 0; first < p.channels; first += p.pe) {
      for (int k = 0; k < p.window; ++k) {
        for (int channel = first; channel < first + p.pe; ++channel) {
          c.inputs[0].push_back(window.at(0, k, channel));
          if (weight_stream) c.inputs[1].push_back(weights.at(0, channel, k));
        }
      }
    }
  }
  c.interval = p.pixels * std::uint64_t(p.channels / p.pe) * std::uint64_t(p.window / p.simd);
  const std::uint64_t latency = 5 + static_cast<std::uint64_t>(std::ceil(std::log2(p.simd)));
  c.latencies.assign(c.inputs.size(), latency);
  std::vector<std::uint64_t> needs;
  for (std::uint64_t beat = 1; beat <= c.frames * p.pixels * (p.channels / p.pe); ++beat) {
    needs.push_back(beat * (p.window / p.simd));
  }
  c.needs.assign(c.inputs.size(), needs);
  return c;
}

inline KernelCase own_weights(Draw& draw) { return vvu_case(false, draw); }

inline KernelCase with_streamed_weights(Draw& draw) { return vvu_case(true, draw); }

}  // namespace qnnsim::test
