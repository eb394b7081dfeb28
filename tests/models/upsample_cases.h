// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/upsample.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

inline KernelCase any_scale(Draw& draw) {
  UpsampleParams p;
  p.height = draw.between(1, 6);
  p.width = draw.between(1, 6);
  p.channels = draw.between(1, 6);
  p.pe = draw.divisor(p.channels);
  p.scale_h = draw.between(1, 4);
  p.scale_w = draw.between(1, 4);
  p.type = draw.type();

  KernelCase c;
  c.parameters = describe({{"height", p.height},
                           {"width", p.width},
                           {"channels", p.channels},
                           {"pe", p.pe},
                           {"scale_h", p.scale_h},
                           {"scale_w", p.scale_w}});
  c.make = [p] { return std::make_unique<Upsample>(p); };
  c.inputs.resize(1);
  c.outputs.resize(1);
  c.needs.resize(1);
  const std::uint64_t folds = p.channels / p.pe;
  for (std::uint64_t frame = 0; frame < c.frames; ++frame) {
    const Tensor x = draw.tensor(p.height, p.width, p.channels, p.type);
    append(c.inputs[0], x.data);
    std::vector<Value> result;
    for (int y = 0; y < p.height * p.scale_h; ++y) {
      for (int column = 0; column < p.width * p.scale_w; ++column) {
        for (int channel = 0; channel < p.channels; ++channel) {
          result.push_back(x.at(y / p.scale_h, column / p.scale_w, channel));
        }
        const std::uint64_t pixel =
            (frame * p.height + y / p.scale_h) * p.width + column / p.scale_w;
        for (std::uint64_t fold = 0; fold < folds; ++fold) {
          const std::uint64_t beat = pixel * folds + fold;
          c.issues.push_back({{beat}, true});
          c.needs[0].push_back(std::max(beat + 1, c.needs[0].empty() ? 0 : c.needs[0].back()));
        }
      }
    }
    EXPECT_EQ(first_difference(upsample_nearest(x, p.scale_h, p.scale_w).data, result), "")
        << "of the whole-tensor form";
    append(c.outputs[0], result);
  }
  c.interval = std::uint64_t(p.height * p.scale_h) * (p.width * p.scale_w) * folds;
  c.latencies = {2};
  c.capacity = std::max<std::uint64_t>(2, p.width * folds);
  c.depth = 1;
  return c;
}

}  // namespace qnnsim::test
