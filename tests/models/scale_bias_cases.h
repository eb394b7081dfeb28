// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scale_bias.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

inline KernelCase any_folding(Draw& draw) {
  ScaleBiasParams p;
  p.channels = draw.between(1, 16);
  p.pe = draw.divisor(p.channels);
  p.pixels = draw.between(1, 30);
  p.input_type = draw.type();

  KernelCase c;
  c.parameters =
      describe({{"channels", p.channels}, {"pe", p.pe}, {"pixels", std::int64_t(p.pixels)}});
  const std::vector<Value> scale = draw.values(p.channels, draw.type());
  const std::vector<Value> bias = draw.values(p.channels, draw.type());
  if (draw.one_in(2)) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    for (int channel = 0; channel < p.channels; ++channel) {
      for (std::int64_t x : {p.input_type.min(), p.input_type.max()}) {
        low = std::min(low, x * scale[channel] + bias[channel]);
        high = std::max(high, x * scale[channel] + bias[channel]);
      }
    }
    p.output_type = *DataType::holding(low, high);
  }
  c.make = [p, scale, bias] { return std::make_unique<ScaleBias>(p, scale, bias); };
  c.inputs = {draw.values(c.frames * p.pixels * p.channels, p.input_type)};
  c.outputs = c.inputs;
  for (std::size_t i = 0; i < c.outputs[0].size(); ++i) {
    c.outputs[0][i] = c.inputs[0][i] * scale[i % p.channels] + bias[i % p.channels];
  }
  c.interval = p.pixels * std::uint64_t(p.channels / p.pe);
  c.latencies = {3};
  c.needs = {one_by_one(c.frames * c.interval)};
  return c;
}

}  // namespace qnnsim::test
