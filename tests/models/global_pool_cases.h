// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/global_pool.h"
#include "tests/models/kernel_bench.h"
#include "tests/models/pool_reference.h"

namespace qnnsim::test {

inline KernelCase any_mode(Draw& draw) {
  GlobalPoolParams p;
  p.channels = draw.between(1, 16);
  p.pe = draw.divisor(p.channels);
  const int height = draw.between(1, 6);
  const int width = draw.between(1, 6);
  p.pixels = std::uint64_t(height) * width;
  p.mode = draw.pick({PoolMode::kMax, PoolMode::kSum, PoolMode::kMean, PoolMode::kMeanHalfEven});
  p.input_type = draw.type();
  p.output_type = draw.one_in(4)
                      ? DataType::signed_integer(32)
                      : pooled_type(p.mode, p.input_type, static_cast<std::int64_t>(p.pixels));

  KernelCase c;
  c.parameters = describe({{"height", height},
                           {"width", width},
                           {"channels", p.channels},
                           {"pe", p.pe},
                           {"mode", int(p.mode)}});
  c.make = [p] { return std::make_unique<GlobalPool>(p); };
  c.inputs.resize(1);
  c.outputs.resize(1);
  c.needs.resize(1);
  const std::uint64_t folds = p.channels / p.pe;
  c.interval = p.pixels * folds;
  c.latencies = {is_mean(p.mode) ? 4u : 2u};
  for (std::uint64_t frame = 0; frame < c.frames; ++frame) {
    const Tensor x = draw.tensor(height, width, p.channels, p.input_type);
    append(c.inputs[0], x.data);
    append(c.outputs[0], pooled(x, p.mode));
    for (std::uint64_t fold = 0; fold < folds; ++fold) {
      c.needs[0].push_back((frame + 1) * c.interval - folds + fold + 1);
    }
  }
  return c;
}

}  // namespace qnnsim::test
