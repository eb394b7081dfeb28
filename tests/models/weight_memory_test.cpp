// SPDX-License-Identifier: Apache-2.0
#include "tests/models/weight_memory_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

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
