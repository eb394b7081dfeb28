// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/width_converter.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

inline KernelCase any_ratio(Draw& draw) {
  WidthConverterParams p;
  p.lanes_in = draw.between(1, 12);
  p.lanes_out = draw.between(1, 12);
  int group = p.lanes_in;
  while (group % p.lanes_out != 0) group += p.lanes_in;
  const int groups = draw.between(1, 12);
  p.elements = std::uint64_t(group) * groups;
  p.type = draw.type();

  KernelCase c;
  c.parameters = describe({{"lanes_in", p.lanes_in},
                           {"lanes_out", p.lanes_out},
                           {"elements", std::int64_t(p.elements)}});
  c.make = [p] { return std::make_unique<WidthConverter>(p); };
  c.inputs = {draw.values(c.frames * p.elements, p.type)};
  c.outputs = c.inputs;
  c.interval = std::uint64_t(groups) * std::max(group / p.lanes_in, group / p.lanes_out);
  c.latencies = {2};
  c.group_in = group / p.lanes_in;
  c.group_out = group / p.lanes_out;
  c.needs.resize(1);
  for (std::uint64_t element = 0; element < c.frames * p.elements; element += p.lanes_out) {
    c.needs[0].push_back((element / group + 1) * (group / p.lanes_in));
  }
  return c;
}

}  // namespace qnnsim::test
