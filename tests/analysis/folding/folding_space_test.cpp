// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/folding_space.h"

#include <gtest/gtest.h>

#include <random>

#include "analysis/folding/folded_memory.h"
#include "sim/resource_use.h"
#include "tests/analysis/folding/small_networks.h"

namespace qnnsim::test {
namespace {

/// Lowers random foldings of a space: they must be legal, and take what the space says.
void expect_lowering_agrees(const std::string& path, const FoldingSpace& space, int foldings,
                            const std::vector<std::string>& settings = {}) {
  std::mt19937_64 random(11);
  int checked = 0;
  for (int trial = 0; checked < foldings && trial < 100 * foldings; ++trial) {
    FoldingChoice choice;
    for (const FoldingSpace::Stage& stage : space.stages()) {
      choice.push_back(static_cast<std::uint32_t>(random() % stage.space->options.size()));
    }
    // Source and sink are as wide as their neighbours.
    const auto match = [&](std::size_t stage, int lanes) {
      for (std::uint32_t k = 0; k < space.space(stage).options.size(); ++k) {
        if (space.space(stage).structures[k].lanes_out == lanes) choice[stage] = k;
      }
    };
    const auto structure = [&](std::size_t stage) {
      return space.space(stage).structure(space.space(stage).options[choice[stage]]);
    };
    match(0, structure(1).lanes_in.front());
    match(choice.size() - 1, structure(choice.size() - 2).lanes_out);
    if (!space.is_legal(choice)) continue;
    const std::string folding = space.folding_yaml(choice);
    SCOPED_TRACE(folding);
    std::vector<std::string> all = settings;
    all.insert(all.end(), {"folding=" + folding, "fifos.edges="});
    const auto weights = space.weights_in_memory(choice, 1, choice.size() - 1);
    if (!weights.empty()) all.push_back("tensors=" + tensors_of(load(path, settings), weights));
    const Scenario scenario = load(path, all);
    Findings findings;
    const Dataflow dataflow = lower(scenario, nullptr, findings);
    ASSERT_TRUE(findings.empty()) << findings.render();
    const FoldingTotals totals = space.evaluate(choice);
    EXPECT_EQ(frame_interval(slowest(dataflow)), totals.cycles);
    const auto expected = as_array(resource_use(scenario.costs, dataflow, scenario.platform).total);
    EXPECT_EQ(as_array(totals.resources), expected);
    std::uint64_t traffic = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      const MemoryMaster& master = dataflow.memory->masters[k];
      traffic += master.passes / scenario.stimulus.frames * master.contents->transfer.bytes();
    }
    EXPECT_EQ(totals.traffic, traffic);
    ++checked;
  }
  EXPECT_EQ(checked, foldings);
}

TEST(FoldingSpace, TakesWhatTheLoweredDesignTakes) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const SmallNetwork network(seed);
    expect_lowering_agrees(network.path(), network.space({/*prune=*/false, /*styles=*/true}), 10);
  }
}

TEST(FoldingSpace, TakesWhatTheLoweredDesignTakesWithWeightsInMemory) {
  int in_memory = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const SmallNetwork network(
        seed, kMemory,
        seed % 2 == 0 ? SmallNetwork::Layers::kAny : SmallNetwork::Layers::kMatrices);
    // FIFOs that are deeper than what any weights must be fetched ahead.
    const std::vector<std::string> deep = {"fifos.default_depth=200"};
    const FoldingSpace space(load(network.path(), deep), with_memory(0, /*prune=*/false, false));
    for (const FoldingSpace::Stage& stage : space.stages()) {
      for (const LayerOption& option : stage.space->options) in_memory += option.traffic > 0;
    }
    expect_lowering_agrees(network.path(), space, 10, deep);
  }
  EXPECT_GT(in_memory, 100);
}

TEST(FoldingSpace, TakesWhatTheLoweredDesignTakesOfPublishedNetworks) {
  for (const char* path : {"scenarios/cnv-w2a2-pynq.yaml", "scenarios/first-look.yaml",
                           "scenarios/tfc-w1a1-pynq.yaml"}) {
    SCOPED_TRACE(path);
    const Scenario scenario = load(path);
    expect_lowering_agrees(path, FoldingSpace(scenario), 10);
  }
}

TEST(FoldingSpace, HasEveryDivisorAndEveryStyleOfADenseLayer) {
  const TemporaryDirectory directory;
  write_file(directory / "n.yaml",
             "network: n\ninput: {height: 1, width: 1, channels: 6, type: INT4}\nlayers:\n"
             "  - {name: fc, op: dense, units: 4, weights: INT4}\n");
  write_file(directory / "s.yaml", "network: n.yaml\nplatform: zcu104\nclock_mhz: 100\n");
  const Scenario scenario = load((directory / "s.yaml").string());
  const FoldingSpace space(scenario, {/*prune=*/false, /*styles=*/true});
  const std::size_t pe = 3, simd = 4, memory = 3, compute = 2;
  EXPECT_EQ(space.space(1).structures.size(), pe * simd);
  EXPECT_EQ(space.space(1).options.size(), pe * simd * memory * compute);
}

TEST(FoldingSpace, SharesTheOptionsOfEqualLayers) {
  const Scenario scenario = load("scenarios/resnet50-pynq-u250.yaml");
  const FoldingSpace space(scenario);
  const auto space_of = [&](const std::string& name) {
    for (const FoldingSpace::Stage& stage : space.stages()) {
      if (stage.name == name) return stage.space;
    }
    return std::shared_ptr<const LayerSpace>();
  };
  ASSERT_NE(space_of("res2b_2b"), nullptr);
  EXPECT_EQ(space_of("res2b_2b"), space_of("res2c_2b"));
  EXPECT_NE(space_of("res2b_2b"), space_of("res3b_2b"));
}

}  // namespace
}  // namespace qnnsim::test
