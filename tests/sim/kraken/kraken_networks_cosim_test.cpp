// SPDX-License-Identifier: Apache-2.0
//
// A network on a Kraken engine whose parts are RTL, in lockstep with their models.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/sim/kraken/random_kraken.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

constexpr char kNetwork[] = R"(network: small
input: {height: 7, width: 6, channels: 5, type: INT8}
layers:
  - {name: conv0, op: conv, kernel: [3, 5], padding: [1, 2], channels: 6, weights: INT8}
  - {name: act0, op: activation, type: INT8, shift: 10, slope: leaky, slope_shift: 2}
  - {name: conv1, op: conv, kernel: 1, channels: 6, weights: INT4}
  - {name: act1, op: activation, type: INT8, shift: 4}
  - {name: sum, op: add, from: [act0, act1]}
  - {name: sum_act, op: activation, type: INT8, shift: 1}
  - {name: conv2, op: conv, kernel: 2, stride: 2, groups: 2, channels: 4, weights: INT8}
  - {name: act2, op: activation, type: INT8, shift: 8}
  - {name: fc, op: dense, units: 9, weights: INT8}
)";

/// Several passes, a partial block of rows, idle columns, and frames in batches of 2.
constexpr char kScenario[] = R"(network: network.yaml
organisation: kraken
platform: zcu104
kraken:
  processing_elements: [4, 12]
  frequency_mhz: 200
  max_kernel_size: 5
  max_image_size: 16
  max_batch_size: 2
  max_channels_in: 64
  ram_weights_depth: 10
  ram_edges_depth: 32
  axi_width: 64
  batch: 2
)";

const std::vector<std::string> kEngine = {"pixels", "weights", "array"};

/// As `qnnsim run --rtl NAME`.
Scenario in_rtl(Scenario scenario, const std::string& name, bool compare = true) {
  CosimChoice choice;
  choice.name = name;
  choice.compare = compare;
  scenario.cosim = {choice};
  return scenario;
}

Result run_in_rtl(const Scenario& scenario, Engine engine = Engine::kFast) {
  PreparedRun prepared = prepare(scenario);
  add_rtl(scenario, prepared, {});
  RunOptions options;
  options.engine = engine;
  return execute(scenario, std::move(prepared), options);
}

/// These kernels are RTL and agree with their models, and the run is as without.
void expect_agreement(const Scenario& scenario, const Result& result,
                      const std::vector<std::string>& kernels) {
  std::vector<std::string> in_rtl;
  for (const CosimResult& one : result.cosim) {
    in_rtl.push_back(one.kernel);
    EXPECT_TRUE(one.compared) << one.kernel;
    EXPECT_EQ(one.first_difference, "") << one.kernel;
    EXPECT_EQ(one.data_mismatches + one.cycle_mismatches, 0u) << one.kernel;
    EXPECT_GT(one.beats, 0u) << one.kernel;
  }
  EXPECT_EQ(in_rtl, kernels);
  ASSERT_EQ(result.status, RunStatus::kDone);
  EXPECT_TRUE(result.outputs->matches) << result.outputs->mismatch;
  const Result models = run(scenario);
  expect_same_counts(result, models);
  EXPECT_EQ(to_json(*result.kraken), to_json(*models.kraken));
}

class KrakenNetworksInRtl : public testing::Test {
 protected:
  KrakenNetworksInRtl() { write_file(directory_ / "network.yaml", kNetwork); }

  Scenario load(const std::string& stalls) {
    write_file(directory_ / "scenario.yaml",
               kScenario + stalls + "stimulus: {frames: 4}\ndata: bit_true\n");
    return test::load(directory_ / "scenario.yaml");
  }

  const TemporaryDirectory directory_;
};

TEST_F(KrakenNetworksInRtl, AllKernelsOfTheEngineAreBitAndCycleTrue) {
  const Scenario scenario = load("");
  expect_agreement(scenario, run_in_rtl(in_rtl(scenario, "all")), kEngine);
}

TEST_F(KrakenNetworksInRtl, TheyAreWhereDmasStall) {
  const Scenario scenario = load("  valid_prob: 0.6\n  ready_prob: 0.4\n");
  expect_agreement(scenario, run_in_rtl(in_rtl(scenario, "all")), kEngine);
}

TEST_F(KrakenNetworksInRtl, TheyAreInFrontOfADramAndAProcessor) {
  const Scenario scenario = load(
      "  processor: {cycles: {sum: 0.5, tile: 0.25}}\n"
      "memories: {ddr: {type: ddr4-2400-8gb-x8}}\n");
  expect_agreement(scenario, run_in_rtl(in_rtl(scenario, "all"), Engine::kSystemc), kEngine);
}

TEST_F(KrakenNetworksInRtl, OneKernelMayBeRtlAlone) {
  const Scenario scenario = load("");
  for (const std::string& kernel : kEngine) {
    expect_agreement(scenario, run_in_rtl(in_rtl(scenario, kernel)), {kernel});
  }
}

TEST_F(KrakenNetworksInRtl, RtlInPlaceOfItsModelGivesTheSameOutputInTheSameCycles) {
  const Scenario scenario = load("");
  const Result result = run_in_rtl(in_rtl(scenario, "all", false));
  EXPECT_TRUE(result.outputs->matches) << result.outputs->mismatch;
  EXPECT_EQ(result.frame_ends, run(scenario).frame_ends);
  EXPECT_FALSE(result.kraken) << "nobody counted the clocks of the array";
}

class RandomKrakenNetworksInRtl : public testing::TestWithParam<int> {};

TEST_P(RandomKrakenNetworksInRtl, AreBitAndCycleTrue) {
  const TemporaryDirectory directory;
  RandomKraken design(static_cast<std::uint64_t>(GetParam()));
  const std::string text = design.scenario("network.yaml");
  write_file(directory / "network.yaml", design.network());
  write_file(directory / "scenario.yaml", text);
  SCOPED_TRACE(fmt::format("seed {}\n{}\n{}", GetParam(), design.network(), text));
  const Scenario scenario = load(directory / "scenario.yaml");
  expect_agreement(scenario, run_in_rtl(in_rtl(scenario, "all")), kEngine);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomKrakenNetworksInRtl, testing::Range(101, 105));

}  // namespace
}  // namespace qnnsim::test
