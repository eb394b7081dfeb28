// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/concat.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

inline KernelCase two_to_four_inputs(Draw& draw) {
  ConcatParams p;
  p.pe = draw.between(1, 4);
  p.pixels = draw.between(1, 20);
  const int inputs = draw.between(2, 4);
  std::vector<std::pair<const char*, std::int64_t>> parameters = {{"pe", p.pe},
                                                                  {"pixels", p.pixels}};
  const bool same_type = draw.one_in(3);
  std::int64_t low = 0;
  std::int64_t high = 0;
  for (int i = 0; i < inputs; ++i) {
    p.channels.push_back(p.pe * draw.between(1, 4));
    p.input_types.push_back(same_type && i > 0 ? p.input_types.front() : draw.type());
    low = std::min(low, p.input_types.back().min());
    high = std::max(high, p.input_types.back().max());
    parameters.emplace_back("channels", p.channels.back());
  }
  if (draw.one_in(2)) p.output_type = *DataType::holding(low, high);
  if (same_type) p.output_type = p.input_types.front();

  KernelCase c;
  c.parameters = describe(parameters);
  c.make = [p] { return std::make_unique<Concat>(p); };
  c.inputs.resize(inputs);
  c.outputs.resize(1);
  c.needs.resize(inputs);
  std::vector<std::uint64_t> needed(inputs, 0);
  for (std::uint64_t pixel = 0; pixel < c.frames * p.pixels; ++pixel) {
    for (int i = 0; i < inputs; ++i) {
      const std::vector<Value> channels = draw.values(p.channels[i], p.input_types[i]);
      append(c.inputs[i], channels);
      append(c.outputs[0], channels);
      for (int beat = 0; beat < p.channels[i] / p.pe; ++beat) {
        ++needed[i];
        for (int other = 0; other < inputs; ++other) c.needs[other].push_back(needed[other]);
      }
    }
  }
  c.interval = c.needs[0].size() / c.frames;
  c.latencies.assign(inputs, 1);
  return c;
}

}  // namespace qnnsim::test
