// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/top_k.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

/// The index of the largest value that is not yet in `chosen`; the lowest of several.
inline Value largest_but(const std::vector<Value>& x, const std::vector<Value>& chosen) {
  Value best = -1;
  for (Value i = 0; i < static_cast<Value>(x.size()); ++i) {
    if (std::count(chosen.begin(), chosen.end(), i) != 0) continue;
    if (best < 0 || x[i] > x[best]) best = i;
  }
  return best;
}

inline KernelCase any_count(Draw& draw) {
  TopKParams p;
  p.channels = draw.between(1, 20);
  p.pe = draw.divisor(p.channels);
  p.k = draw.between(1, p.channels);
  p.pixels = draw.between(1, 10);
  p.input_type = draw.pick({DataType::signed_integer(3), draw.type()});  // ties are frequent

  KernelCase c;
  c.parameters = describe(
      {{"channels", p.channels}, {"pe", p.pe}, {"k", p.k}, {"pixels", std::int64_t(p.pixels)}});
  c.make = [p] { return std::make_unique<TopK>(p); };
  c.inputs.resize(1);
  c.outputs.resize(1);
  c.needs.resize(1);
  const std::uint64_t folds = p.channels / p.pe;
  for (std::uint64_t pixel = 0; pixel < c.frames * p.pixels; ++pixel) {
    const std::vector<Value> x = draw.values(p.channels, p.input_type);
    append(c.inputs[0], x);
    std::vector<Value> chosen;
    for (int i = 0; i < p.k; ++i) {
      chosen.push_back(largest_but(x, chosen));
      c.needs[0].push_back((pixel + 1) * folds);
    }
    append(c.outputs[0], chosen);
  }
  c.interval = p.pixels * std::max<std::uint64_t>(folds, p.k);
  c.latencies = {2};
  c.group_in = folds;
  c.group_out = p.k;
  return c;
}

}  // namespace qnnsim::test
