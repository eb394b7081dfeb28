// SPDX-License-Identifier: Apache-2.0
#include "models/weight_memory.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

KernelCase any_size(Draw& draw) {
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

INSTANTIATE_TEST_SUITE_P(WeightMemory, Kernels,
                         testing::Values(KernelCases{"AnySize", 200, any_size}));

TEST(WeightMemory, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      WeightMemoryParams p;
      change(p);
      WeightMemory memory(p);
    };
  };
  expect_refused("lanes", with([](WeightMemoryParams& p) { p.lanes = 0; }));
  expect_refused("tiles", with([](WeightMemoryParams& p) { p.tiles = 0; }));
  expect_refused("beats", with([](WeightMemoryParams& p) { p.beats = 0; }));
}

TEST(WeightMemory, RefusesTheWrongNumberOfWeights) {
  WeightMemoryParams p;
  p.lanes = 2;
  p.tiles = 3;
  WeightMemory memory(p, {1, 1, 1, 1, 1});
  expect_refused("tiles", [&] { memory.carry_data(); });
}

}  // namespace
}  // namespace qnnsim::test
