// SPDX-License-Identifier: Apache-2.0
//
// Whole networks with every kernel in RTL, in lockstep with its model.
#include "tests/sim/random_design.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

Scenario all_in_rtl(Scenario scenario) {
  CosimChoice all;
  all.name = "all";
  scenario.cosim = {all};
  return scenario;
}

Result run_in_rtl(const Scenario& scenario) {
  PreparedRun prepared = prepare(scenario);
  add_rtl(scenario, prepared, {});
  RunOptions options;
  options.engine = Engine::kFast;
  return execute(scenario, std::move(prepared), options);
}

/// Every kernel but source and sink is RTL and agrees with its model, and the run is as without.
void expect_agreement(const Scenario& scenario) {
  const Result result = run_in_rtl(all_in_rtl(scenario));
  EXPECT_EQ(result.cosim.size() + 2, result.kernels.size());
  for (const CosimResult& one : result.cosim) {
    EXPECT_EQ(one.first_difference, "") << one.kernel;
    EXPECT_EQ(one.data_mismatches + one.cycle_mismatches, 0u) << one.kernel;
    EXPECT_GT(one.beats, 0u) << one.kernel;
  }
  const Result models = run(scenario);
  expect_same_counts(result, models);
  for (std::size_t i = 0; i < models.kernels.size(); ++i) {
    EXPECT_EQ(result.kernels[i].macs, models.kernels[i].macs) << models.kernels[i].name;
    EXPECT_EQ(result.kernels[i].dsps, models.kernels[i].dsps) << models.kernels[i].name;
  }
  if (result.status == RunStatus::kDone) {
    EXPECT_TRUE(result.outputs->matches) << result.outputs->mismatch;
  }
}

TEST(NetworksInRtl, TfcIsBitAndCycleTrue) {
  expect_agreement(load("scenarios/tfc-w1a1-pynq.yaml", {"data=bit_true", "stimulus.frames=3"}));
}

TEST(NetworksInRtl, ACnnWithEveryKindOfKernelIsBitAndCycleTrue) {
  const Scenario scenario = load("tests/sim/cosim/residual-cnn.yaml");
  EXPECT_EQ(run(scenario).status, RunStatus::kDone);
  expect_agreement(scenario);
}

TEST(NetworksInRtl, RtlInPlaceOfItsModelGivesTheSameOutputInTheSameCycles) {
  Scenario scenario = load("tests/sim/cosim/residual-cnn.yaml");
  const Result models = run(scenario);
  scenario = all_in_rtl(scenario);
  scenario.cosim.front().compare = false;
  const Result rtl = run_in_rtl(scenario);
  EXPECT_EQ(rtl.frame_ends, models.frame_ends);
  EXPECT_TRUE(rtl.outputs->matches) << rtl.outputs->mismatch;
  for (std::size_t i = 0; i < models.fifos.size(); ++i) {
    EXPECT_EQ(rtl.fifos[i].max_occupancy, models.fifos[i].max_occupancy) << models.fifos[i].name;
    EXPECT_EQ(rtl.fifos[i].full_cycles, models.fifos[i].full_cycles) << models.fifos[i].name;
  }
}

class RandomNetworksInRtl : public testing::TestWithParam<int> {};

TEST_P(RandomNetworksInRtl, AreBitAndCycleTrue) {
  const TemporaryDirectory directory;
  RandomDesign design(static_cast<std::uint64_t>(GetParam()));
  const std::string scenario = design.scenario("network.yaml");
  write_file(directory / "network.yaml", design.network());
  write_file(directory / "scenario.yaml", scenario);
  SCOPED_TRACE(fmt::format("seed {}\n{}\n{}", GetParam(), design.network(), scenario));
  expect_agreement(load(directory / "scenario.yaml"));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworksInRtl, testing::Range(1, 9));

}  // namespace
}  // namespace qnnsim::test
