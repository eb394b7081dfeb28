// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/add.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

inline KernelCase two_to_five_inputs(Draw& draw) {
  AddParams p;
  p.pe = draw.between(1, 8);
  p.beats = draw.between(1, 60);
  p.input_types.resize(draw.between(2, 5), DataType::bipolar());

  KernelCase c;
  c.parameters = describe({{"inputs", std::int64_t(p.input_types.size())},
                           {"pe", p.pe},
                           {"beats", std::int64_t(p.beats)}});
  const std::size_t elements = c.frames * p.beats * p.pe;
  c.outputs = {std::vector<Value>(elements, 0)};
  std::int64_t low = 0;
  std::int64_t high = 0;
  for (DataType& type : p.input_types) {
    type = draw.type();
    low += type.min();
    high += type.max();
    c.inputs.push_back(draw.values(elements, type));
    for (std::size_t i = 0; i < elements; ++i) c.outputs[0][i] += c.inputs.back()[i];
  }
  if (draw.one_in(2)) p.output_type = *DataType::holding(low, high);
  c.make = [p] { return std::make_unique<Add>(p); };
  c.interval = p.beats;
  c.latencies.assign(c.inputs.size(), 1);
  c.needs.assign(c.inputs.size(), one_by_one(c.frames * p.beats));
  return c;
}

}  // namespace qnnsim::test
