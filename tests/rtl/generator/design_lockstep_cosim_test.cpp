// SPDX-License-Identifier: Apache-2.0
//
// Whole designs in RTL beside SystemC: the published systems, memory, and differences that must be
// found.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rtl/generator/design_lockstep.h"
#include "rtl/generator/design_run.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

const std::vector<std::string> kStalled = {"data=bit_true",
                                           "stimulus.source={stall_probability: 0.2}",
                                           "stimulus.sink={stall_probability: 0.3}"};

void expect_exact(const Scenario& scenario) {
  RunOptions options;
  options.engine = Engine::kSystemc;
  const Result result = run_design(scenario, prepare(scenario), options, nullptr);
  EXPECT_EQ(result.status, RunStatus::kDone);
  EXPECT_TRUE(result.outputs->matches);
  ASSERT_EQ(result.cosim.size(), 1U);
  EXPECT_EQ(result.cosim.front().first_difference, "");
  EXPECT_EQ(result.cosim.front().data_mismatches, 0U);
  EXPECT_EQ(result.cosim.front().cycle_mismatches, 0U);
  EXPECT_GE(result.cosim.front().beats, result.frames);
  EXPECT_TRUE(result.design_speed);
}

TEST(DesignLockstep, TfcIsExactUnderStalls) {
  expect_exact(load("scenarios/tfc-w1a1-pynq.yaml", kStalled));
}

TEST(DesignLockstep, CnvIsExactUnderStalls) {
  std::vector<std::string> settings = kStalled;
  settings.push_back("stimulus.frames=3");
  expect_exact(load("scenarios/cnv-w1a1-pynq.yaml", settings));
}

/// A residual block whose weights, input and output lie in memory.
constexpr char kResidual[] = R"(network: residual
input: {height: 8, width: 8, channels: 8, type: INT4}
layers:
  - {name: stem, op: conv, kernel: 3, padding: 1, channels: 8, weights: INT3}
  - {name: q, op: threshold, type: UINT3}
  - {name: left, op: conv, kernel: 3, padding: 1, channels: 8, weights: INT3}
  - {name: left_q, op: threshold, type: INT4}
  - {name: right, op: conv, kernel: 1, channels: 8, weights: INT2, from: q}
  - {name: right_q, op: threshold, type: INT4}
  - {name: join, op: add, from: [left_q, right_q]}
  - {name: fc, op: dense, units: 10, weights: INT4}
)";
constexpr char kInMemory[] = R"(network: network.yaml
platform: zcu104
clock_mhz: 187.5
data: bit_true
folding:
  stem: {pe: 4, simd: 8}
  left: {pe: 4, simd: 8, weight_source: dram, weight_tile: 16}
  right: {pe: 4, simd: 8}
  fc: {pe: 2, simd: 8, weight_source: dram}
fifos: {default_depth: 4, edges: {right_q.threshold->join.add: 80}}
memories:
  m0: {type: ddr4-2400-8gb-x16}
  m1: {type: hbm2-8gb}
tensors:
  default: {memory: m0, bus_bits: 64}
  left.weights: {memory: m1, bus_bits: 128, outstanding: 2}
  input: {max_burst: 8}
  output: {}
stimulus: {frames: 4, source: {stall_probability: 0.4}, sink: {stall_probability: 0.5}}
)";

Scenario residual(const TemporaryDirectory& directory) {
  write_file(directory / "network.yaml", kResidual);
  write_file(directory / "scenario.yaml", kInMemory);
  return load(directory / "scenario.yaml");
}

TEST(DesignLockstep, AResidualNetworkWithWeightsInMemoryIsExact) {
  const TemporaryDirectory directory;
  expect_exact(residual(directory));
}

/// The lockstep of `design` beside a run of `scenario`.
CosimResult beside(const Scenario& scenario, PreparedRun prepared, const Design& design) {
  DesignLockstep lockstep(design, prepared.cosim.ended, nullptr);
  RunOptions options;
  options.engine = Engine::kFast;
  options.observer = &lockstep;
  Result result = execute(scenario, std::move(prepared), options);
  lockstep.finish(result);
  return result.cosim.front();
}

Design with_peaks(const Scenario& scenario, const PreparedRun& prepared) {
  DesignOptions options;
  options.fifo_peaks = true;
  return make_design(scenario, prepared, options);
}

TEST(DesignLockstep, AWrongWeightIsFound) {
  const Scenario scenario = load("scenarios/first-look.yaml", {"data=bit_true"});
  const PreparedRun prepared = prepare(scenario);
  Design design = with_peaks(scenario, prepared);
  for (Value& value : design.layers.front().kernels.back().module.memories.front().values) {
    value = value == 0 ? 1 : 0;
  }
  const CosimResult found = beside(scenario, prepare(scenario), design);
  EXPECT_GT(found.data_mismatches, 0U);
  EXPECT_NE(found.first_difference.find("m_axis"), std::string::npos) << found.first_difference;
}

TEST(DesignLockstep, AnotherDepthIsFound) {
  const Scenario scenario = load("scenarios/first-look.yaml", {"data=bit_true"});
  const Scenario other =
      load("scenarios/first-look.yaml", {"data=bit_true", "fifos.edges.source->conv0.pad=1"});
  const PreparedRun prepared = prepare(other);
  const CosimResult found = beside(scenario, prepare(scenario), with_peaks(other, prepared));
  EXPECT_GT(found.cycle_mismatches, 0U);
  EXPECT_EQ(found.first_difference.substr(0, 52),
            "first_look, s_axis, cycle 1, beat 1: the model takes")
      << found.first_difference;
}

}  // namespace
}  // namespace qnnsim::test
