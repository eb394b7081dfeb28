// SPDX-License-Identifier: Apache-2.0
//
// Sizing with tensors in memory: what is found with a memory that answers at once keeps its rate
// over the simulated one.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "analysis/prefetch.h"
#include "analysis/sizing.h"
#include "sim/fast/stream_graph.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

constexpr char kNetwork[] =
    "network: small\n"
    "input: {height: 16, width: 16, channels: 8, type: INT4}\n"
    "layers:\n"
    "  - {name: l0, op: conv, channels: 16, kernel: 3, padding: 1, weights: INT4}\n"
    "  - {name: l1, op: threshold, type: INT4}\n"
    "  - {name: l2, op: conv, channels: 16, kernel: 1, weights: INT4}\n"
    "  - {name: l3, op: threshold, type: INT4}\n"
    "  - {name: l4, op: dense, units: 10, weights: INT8}\n";

Scenario scenario_of(const std::string& name, const std::string& folding,
                     const std::string& tensors) {
  const std::string network = temporary_path("network.yaml");
  write_file(network, kNetwork);
  const std::string path = temporary_path(name + ".yaml");
  write_file(path, fmt::format("network: {}\nplatform: zcu104\nclock_mhz: 200\n"
                               "memories: {{ddr0: {{type: ddr4-2400-8gb-x8}}}}\n"
                               "tensors: {{default: {{bus_bits: 128, outstanding: 16}}{}}}\n"
                               "folding: {{{}}}\nstimulus: {{frames: 12}}\n",
                               network, tensors, folding));
  return load(path);
}

struct Case {
  const char* name;
  const char* folding;
  const char* tensors;
};

class MemorySizing : public testing::TestWithParam<Case> {};

TEST_P(MemorySizing, KeepsItsRateOverTheSimulatedMemory) {
  Scenario scenario = scenario_of(GetParam().name, GetParam().folding, GetParam().tensors);
  Findings findings;
  const Sizing sizing = size_fifos(scenario, {}, findings);
  ASSERT_TRUE(findings.empty()) << findings.render();
  EXPECT_TRUE(sizing.memory_at_once);
  EXPECT_TRUE(sizing.minimal);
  EXPECT_EQ(sizing.after.interval, static_cast<std::uint64_t>(sizing.best_interval));

  scenario.edges.clear();
  for (const SizedFifo& fifo : sizing.fifos) scenario.edges.push_back({fifo.name, fifo.depth, {}});
  const Result result = run(scenario);
  ASSERT_EQ(result.status, RunStatus::kDone);
  EXPECT_EQ(result.interval, sizing.after.interval);
  EXPECT_FALSE(result.memories.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, MemorySizing,
    testing::Values(Case{"weights",
                         "l0: {pe: 4, simd: 9}, l2: {pe: 2, simd: 4}, "
                         "l4: {pe: 1, simd: 16, weight_source: dram}",
                         ""},
                    Case{"tiles",
                         "l0.mvu: {pe: 4, simd: 9, weight_source: dram, weight_tile: 64}, "
                         "l2.mvu: {pe: 2, simd: 4, weight_source: dram, weight_tile: 16}, "
                         "l4: {pe: 1, simd: 16}",
                         ""},
                    Case{"input_and_output", "l0: {pe: 4, simd: 9}, l2: {pe: 2, simd: 4}",
                         ", input: {}, output: {}"},
                    Case{"all",
                         "l0.mvu: {pe: 4, simd: 9, weight_source: dram, weight_tile: 256}, "
                         "l2: {pe: 2, simd: 4}, l4: {pe: 1, simd: 16, weight_source: dram}",
                         ", input: {}, output: {}"}),
    [](const auto& info) { return info.param.name; });

TEST(MemorySizingTest, RefusesPassesOfSeveralFrames) {
  const Scenario scenario = scenario_of(
      "two_frames", "l0.mvu: {pe: 4, simd: 9, weight_source: dram, weight_tile: 512}", "");
  Findings findings;
  EXPECT_TRUE(size_fifos(scenario, {}, findings).fifos.empty());
  EXPECT_NE(findings.render().find("a pass of the weights serves several frames"),
            std::string::npos)
      << findings.render();
}

TEST(MemoryAnswersAtOnce, KeepsTheNamesOfFifosAndHasASchedule) {
  const Scenario scenario =
      scenario_of("names", "l4: {pe: 1, simd: 16, weight_source: dram}", ", input: {}, output: {}");
  Findings findings;
  const Dataflow simulated = lower(scenario, nullptr, findings);
  const Dataflow at_once = lower(scenario, nullptr, findings, MemoryAnswers::kAtOnce);
  ASSERT_TRUE(findings.empty()) << findings.render();
  EXPECT_FALSE(stream_graph(simulated));
  EXPECT_TRUE(stream_graph(at_once));
  EXPECT_EQ(at_once.memory, nullptr);
  for (const Edge& edge : at_once.edges) {
    const bool is_known =
        std::any_of(simulated.edges.begin(), simulated.edges.end(), [&](const Edge& other) {
          return other.name == edge.name && simulated.port(other).lanes == at_once.port(edge).lanes;
        });
    EXPECT_TRUE(is_known) << edge.name;
  }
}

TEST(PrefetchDepth, CoversARefreshAndTheOtherMasters) {
  const Scenario scenario = scenario_of("prefetch", "l4: {weight_source: dram}", "");
  const MemorySettings& memory = scenario.memory.memories.front();
  const TensorSettings tensor = scenario.memory.of("l4.weights");
  // tRFC + tRP + tRCD + CL + BL/2 = 420 + 17 + 17 + 17 + 4 clocks of 830 ps, 394.25 ns, are 78.85
  // fabric cycles of 5 ns; 4 there, 4 back.
  EXPECT_EQ(prefetch_depth(scenario, memory, tensor, 0, 1.0), 87u);
  EXPECT_EQ(prefetch_depth(scenario, memory, tensor, 0, 0.5), 44u);
  EXPECT_EQ(prefetch_depth(scenario, memory, tensor, 0, 1e-6), 2u);
  // 16 beats of 16 bytes at 8 bytes every 415 ps: 13.28 ns, 2.656 cycles for each other master.
  EXPECT_EQ(prefetch_depth(scenario, memory, tensor, 10, 1.0), 114u);
}

}  // namespace
}  // namespace qnnsim::test
