// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "models/pool.h"
#include "tests/models/kernel_bench.h"
#include "tests/models/pool_reference.h"

namespace qnnsim::test {

inline KernelCase pool_case(bool parallel, Draw& draw) {
  PoolParams p;
  p.channels = draw.between(1, 12);
  p.window = draw.pick({1, 2, 3, 4, 6, 9, 16});
  p.pe = draw.divisor(p.channels);
  p.parallel = parallel;
  p.pixels = draw.between(1, 12);
  p.mode = draw.pick({PoolMode::kMax, PoolMode::kSum, PoolMode::kMean, PoolMode::kMeanHalfEven});
  p.input_type = draw.type();
  p.output_type =
      draw.one_in(4) ? DataType::signed_integer(32) : pooled_type(p.mode, p.input_type, p.window);

  KernelCase c;
  c.parameters = describe({{"channels", p.channels},
                           {"window", p.window},
                           {"pe", p.pe},
                           {"parallel", p.parallel},
                           {"pixels", std::int64_t(p.pixels)},
                           {"mode", int(p.mode)}});
  c.make = [p] { return std::make_unique<Pool>(p); };
  c.inputs.resize(1);
  c.outputs.resize(1);
  for (std::uint64_t pixel = 0; pixel < c.frames * p.pixels; ++pixel) {
    const Tensor window = draw.tensor(1, p.window, p.channels, p.input_type);
    for (int first = 0; first < p.channels; first += p.pe) {
      for (int k = 0; k < p.window; ++k) {
        for (int pe = 0; pe < p.pe; ++pe) c.inputs[0].push_back(window.at(0, k, first + pe));
      }
    }
    append(c.outputs[0], pooled(window, p.mode));
  }
  const std::uint64_t beats = parallel ? 1 : p.window;  // of a window
  const std::uint64_t windows = p.pixels * std::uint64_t(p.channels / p.pe);
  c.interval = windows * beats;
  const double operands = parallel ? p.window : 1;
  c.latencies = {1 + static_cast<std::uint64_t>(std::max(1.0, std::ceil(std::log2(operands)))) +
                 (is_mean(p.mode) ? 2 : 0)};
  c.needs.resize(1);
  for (std::uint64_t w = 1; w <= c.frames * windows; ++w) c.needs[0].push_back(w * beats);
  return c;
}

inline KernelCase position_by_position(Draw& draw) { return pool_case(false, draw); }

inline KernelCase whole_windows(Draw& draw) { return pool_case(true, draw); }

}  // namespace qnnsim::test
