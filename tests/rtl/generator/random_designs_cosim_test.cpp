// SPDX-License-Identifier: Apache-2.0
//
// Generated designs of random networks, foldings, depths, stalls and memories: verilated as a whole
// they move every beat in the cycle in which the models do and fill every FIFO as high; Icarus
// simulates their testbench to its PASS, and Yosys elaborates them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rtl/generator/design_run.h"
#include "rtl/generator/generate.h"
#include "sim/cosim/command.h"
#include "tests/rtl/generator/generated.h"
#include "tests/sim/random_design.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

/// What takes time is to compile: about a second for four kernels.
constexpr std::size_t kMostKernels = 12;

/// The first design from `seed` on, in steps of 1000, that is small; about a third in memory.
Scenario small_design(const TemporaryDirectory& directory, std::uint64_t seed) {
  for (;; seed += 1000) {
    RandomDesign random(seed);
    write_file(directory / "network.yaml", random.network());
    write_file(directory / "scenario.yaml", seed % 3 == 0
                                                ? random.scenario_in_memory("network.yaml")
                                                : random.scenario("network.yaml"));
    Scenario scenario = load(directory / "scenario.yaml");
    if (prepare(scenario).dataflow.nodes.size() <= kMostKernels) return scenario;
  }
}

class RandomDesigns : public testing::TestWithParam<int> {};

TEST_P(RandomDesigns, MatchTheirModelsAsAWhole) {
  const auto seed = static_cast<std::uint64_t>(GetParam());
  const TemporaryDirectory directory;
  const Scenario scenario = small_design(directory, seed);
  SCOPED_TRACE(fmt::format("seed {}\n{}\n{}", seed, read_file(directory / "network.yaml"),
                           read_file(directory / "scenario.yaml")));

  const Result result = run_design(scenario, prepare(scenario), {}, nullptr);
  ASSERT_EQ(result.cosim.size(), 1U);
  const CosimResult& cosim = result.cosim.front();
  EXPECT_EQ(cosim.first_difference, "");
  EXPECT_EQ(cosim.data_mismatches + cosim.cycle_mismatches, 0U);
  EXPECT_GT(cosim.beats, 0U);
  if (result.status == RunStatus::kDeadlock) return;  // the RTL stands still too
  EXPECT_EQ(result.status, RunStatus::kDone);
  EXPECT_TRUE(result.outputs->matches);

  GenerateOptions options;
  options.random_weights = true;
  write_design(directory / "design", generate(scenario, prepare(scenario), options));
  expect_pass(directory / "design", static_cast<int>(seed % 2) * 30);
  expect_elaborates(directory / "design");
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomDesigns, testing::Range(1, 51));

}  // namespace
}  // namespace qnnsim::test
