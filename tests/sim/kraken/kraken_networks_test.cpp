// SPDX-License-Identifier: Apache-2.0
//
// Random networks on random Kraken engines: values equal the reference, beats without values take
// the same cycles, clocks and words add up, and what was moved is what the shapes of the packets
// say. SystemC elaborates once a program: a test here is one seed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/kraken/kraken_plan.h"
#include "sim/kraken/kraken_plan_table.h"
#include "tests/sim/kraken/random_kraken.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

KrakenPlan plan_of(const Scenario& scenario) {
  Findings findings;
  KrakenPlan plan = plan_kraken(scenario.network, *scenario.kraken, findings);
  EXPECT_EQ(findings.render(), "");
  return plan;
}

/// The scenario with no more RAM and no wider sums than it needs.
std::vector<std::string> tight_settings(const Scenario& scenario) {
  std::uint64_t edges = 1;
  int bits = 2;
  for (const KrakenLayer& layer : plan_of(scenario).layers) {
    edges = std::max(edges, layer.ram_edges_depth());
    bits = std::max(bits, layer.sum_bits);
  }
  return {fmt::format("kraken.ram_edges_depth={}", edges), fmt::format("kraken.bits_sum={}", bits)};
}

std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

/// [bytes] that a batch moves, from the shapes of its packets.
struct Traffic {
  std::uint64_t pixels = 0;
  std::uint64_t weights = 0;
  std::uint64_t sums = 0;
};

Traffic traffic_of(const KrakenPlan& plan) {
  const KrakenParams& p = plan.settings.params;
  const std::uint64_t header = kraken_header_beats(p);
  Traffic beats;
  for (const KrakenLayer& layer : plan.layers) {
    for (const int channels : layer.pass_channels) {
      const std::uint64_t times = std::uint64_t(layer.groups) * layer.iterations;
      const std::uint64_t rows = p.rows + (layer.kernel_h > 1 ? p.max_kernel_size / 2 : 0);
      const std::uint64_t maps = std::uint64_t(layer.images) * layer.blocks;
      const std::uint64_t pixels = maps * layer.width * channels * rows;
      const std::uint64_t weights = std::uint64_t(channels) * layer.kernel_h * p.columns;
      const std::uint64_t column = std::uint64_t(p.columns / layer.kernel_w) * p.rows;
      const std::uint64_t a_beat = p.axi_width / p.bits_output();
      const int half = layer.kernel_w / 2;
      beats.pixels += times * (header + divide_up(pixels, p.axi_width / p.bits_input));
      beats.weights += times * (header + divide_up(weights, p.axi_width / p.bits_weights));
      // A packet for each column but the first ones, the last with what is left.
      beats.sums += times * maps *
                    ((layer.width - 1 - half) * divide_up(column, a_beat) +
                     divide_up(column * (half + 1), a_beat));
    }
  }
  const std::uint64_t bytes = p.axi_width / 8;
  return {beats.pixels * bytes, beats.weights * bytes, beats.sums * bytes};
}

/// What the memory moved in all batches.
void expect_traffic(const KrakenPlan& plan, const Result& result) {
  const std::uint64_t batches = result.kraken->batches;
  const Traffic traffic = traffic_of(plan);
  const KrakenWords& words = result.kraken->network.words;
  const KrakenParams& p = plan.settings.params;
  for (const MemoryResult& memory : result.memories) {
    ASSERT_EQ(memory.tensors.size(), 3u);
    for (const TensorResult& tensor : memory.tensors) {
      SCOPED_TRACE(tensor.name);
      const bool pixels = tensor.name == "pixels";
      const bool weights = tensor.name == "weights";
      const std::uint64_t moved = pixels    ? traffic.pixels
                                  : weights ? traffic.weights
                                            : traffic.sums;
      const std::uint64_t bits = pixels    ? words.pixels * p.bits_input
                                 : weights ? words.weights * p.bits_weights
                                           : words.sums * p.bits_output();
      EXPECT_EQ(tensor.moved_bytes, moved * batches);
      EXPECT_NEAR(tensor.bytes_per_frame * plan.settings.batch, double(moved), 1e-6);
      EXPECT_GE(tensor.moved_bytes * 8, bits * batches);
      EXPECT_EQ(tensor.writes, tensor.name == "sums");
    }
  }
}

/// The array never does more or less than the plan says, and every clock has a reason.
void expect_clocks(const KrakenPlan& plan, const Result& result) {
  const KrakenResult& kraken = *result.kraken;
  ASSERT_EQ(kraken.layers.size(), plan.layers.size());
  std::uint64_t clocks = 0;
  KrakenFigures sum;
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const KrakenFigures& figures = kraken.layers[i].figures;
    SCOPED_TRACE(plan.layers[i].name);
    EXPECT_EQ(figures.clocks.beats + figures.clocks.shifts, least_clocks(plan, plan.layers[i]));
    EXPECT_EQ(figures.clocks.computing() + figures.clocks.pixels + figures.clocks.weights +
                  figures.clocks.output + figures.clocks.processor,
              figures.clocks.total());
    EXPECT_LE(figures.macs_valid, figures.macs);
    EXPECT_GE(std::uint64_t(kraken.rows) * kraken.columns * figures.clocks.beats, figures.macs);
    clocks += figures.clocks.total();
  }
  EXPECT_EQ(kraken.network.clocks.total(), clocks);
  // Means of the batches are rounded, each of four reasons to stand still.
  const std::uint64_t slack = kraken.batches == 1 ? 0 : 4 * plan.layers.size() * kraken.batches;
  EXPECT_LE(clocks * kraken.batches, result.total_cycles + slack);
  // What is left is the way out of the array, and the last packet's share of the processor.
  const std::uint64_t last = kraken.layers.back().figures.processor_cycles;
  const KrakenParams& p = plan.settings.params;
  const double stalls = plan.settings.ready_prob < 1 ? 20 / plan.settings.ready_prob : 1;
  const double way = stalls * 2 * double(p.columns) * p.rows * p.bits_output() / p.axi_width;
  EXPECT_GE(double(clocks * kraken.batches + last + slack) + way + 400,
            double(result.total_cycles));
}

class KrakenNetworks : public testing::TestWithParam<int> {};

TEST_P(KrakenNetworks, ComputeTheValuesOfTheReference) {
  const TemporaryDirectory directory;
  const auto seed = static_cast<std::uint64_t>(GetParam());
  RandomKraken design(seed);
  const std::string text = design.scenario("network.yaml");
  write_file(directory / "network.yaml", design.network());
  write_file(directory / "scenario.yaml", text);
  SCOPED_TRACE(fmt::format("seed {}\n{}\n{}", seed, design.network(), text));
  const std::string file = directory / "scenario.yaml";
  std::vector<std::string> settings;
  if (seed % 2 == 0) settings = tight_settings(load(file));
  const Scenario scenario = load(file, settings);
  const KrakenPlan plan = plan_of(scenario);

  const Result result = run(scenario);
  ASSERT_EQ(result.status, RunStatus::kDone);
  EXPECT_TRUE(result.outputs->matches) << result.outputs->mismatch;
  ASSERT_TRUE(result.kraken);
  EXPECT_EQ(result.kraken->batches * scenario.kraken->batch, scenario.stimulus.frames);
  expect_clocks(plan, result);
  expect_traffic(plan, result);

  settings.emplace_back("data=none");
  const Scenario beats_only = load(file, settings);
  const Result without_values = run(beats_only);
  expect_same_counts(result, without_values);
  EXPECT_EQ(to_json(*result.kraken), to_json(*without_values.kraken));
  Simulation reverse(prepare(beats_only).dataflow, {});
  run_cycles(reverse, ProcessOrder::kReverse);
  EXPECT_EQ(reverse.dataflow().sink().frame_ends(), result.frame_ends);
  if (seed % 4 != 1) return;
  const Result clocked = run(scenario, Engine::kSystemc);
  EXPECT_TRUE(clocked.outputs->matches) << clocked.outputs->mismatch;
  expect_same_counts(result, clocked);
  EXPECT_EQ(to_json(*result.kraken), to_json(*clocked.kraken));
}

INSTANTIATE_TEST_SUITE_P(Seeds, KrakenNetworks, testing::Range(1, 41));

}  // namespace
}  // namespace qnnsim::test
