// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/weight_memory.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

inline KernelCase any_size(Draw& draw) {
  WeightMemoryParams p;
  p.lanes = draw.between(1, 16);
  p.tiles = draw.between(1, 40);
  p.beats = draw.between(1, 100);
  p.type = draw.type();

  KernelCase c;
  c.parameters = describe(
      {{"lanes", p.lanes}, {"tiles", std::int64_t(p.tiles)}, {"beats", std::int64_t(p.beats)}});
  const std::vector<Value> tiles = draw.values(p.tiles * p.lanes, p.type);
  c.make = [p, tiles] { return std::make_unique<WeightMemory>(p, tiles); };
  c.runs_ahead = true;
  c.outputs.resize(1);
  for (std::size_t i = 0; i < c.frames * p.beats * p.lanes; ++i) {
    c.outputs[0].push_back(tiles[i % tiles.size()]);
  }
  c.interval = p.beats;
  c.needs = {std::vector<std::uint64_t>(c.frames * p.beats, 0)};  // nothing; latency from reset on
  c.latencies = {2};
  return c;
}

}  // namespace qnnsim::test
