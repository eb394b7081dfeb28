// SPDX-License-Identifier: Apache-2.0
//
// The search against trying every design, on random networks; what a design does comes from the
// cycle loop there, not from the times of its beats.
#include "analysis/depth_search.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "sim/engine.h"
#include "sim/fast/fast_engine.h"
#include "sim/lowering.h"
#include "tests/sim/random_design.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

/// A random network whose source and sink are always willing.
Scenario random_scenario(std::uint64_t seed) {
  const TemporaryDirectory directory;
  RandomDesign design(seed);
  write_file(directory / "network.yaml", design.network());
  write_file(directory / "scenario.yaml", design.scenario("network.yaml"));
  return load(directory / "scenario.yaml",
              {"data=none", "stimulus.source={interval: 1}", "stimulus.sink={interval: 1}"});
}

Dataflow lowered(const Scenario& scenario) {
  Findings findings;
  return lower(scenario, nullptr, findings);
}

/// One more cycle a frame than this is too slow for any depths.
std::int64_t best_interval(const Dataflow& dataflow) {
  std::uint64_t interval = 0;
  for (const KernelNode& node : dataflow.nodes) {
    interval = std::max(interval, node.kernel->frame_interval());
  }
  return static_cast<std::int64_t>(interval);
}

/// By the cycle loop: does the design flow, and in steady state a frame every `interval` cycles?
bool keeps_pace(Scenario scenario, const std::vector<std::string>& edges,
                const std::vector<std::uint64_t>& depths, std::int64_t interval) {
  constexpr std::uint64_t kFrames = 30;
  constexpr std::uint64_t kSettling = 20;
  scenario.stimulus.frames = kFrames;
  scenario.edges.clear();
  for (std::size_t i = 0; i < edges.size(); ++i)
    scenario.edges.push_back({edges[i], depths[i], {}});
  Simulation simulation(lowered(scenario), {});
  if (run_cycles(simulation) != RunStatus::kDone) return false;
  const std::vector<Cycle>& ends = simulation.dataflow().sink().frame_ends();
  return ends.back() - ends[kSettling] <=
         (kFrames - 1 - kSettling) * static_cast<std::uint64_t>(interval);
}

/// A network, of which a few FIFOs are to be sized.
struct Puzzle {
  Scenario scenario;
  StreamGraph graph;
  Goal goal;
  std::vector<std::string> edges;
  std::vector<std::int64_t> widths;
  std::vector<DepthChoice> choices;
  std::vector<std::uint64_t> deep;  ///< by edge: never in the way
  std::vector<std::size_t> open;    ///< edges with a choice

  double cost(const std::vector<std::uint64_t>& depths) const {
    double sum = 0;
    for (std::size_t i : open) sum += static_cast<double>(widths[i]) * double(depths[i]);
    return sum;
  }
};

Puzzle make_puzzle(std::uint64_t seed, std::size_t open_fifos, std::uint64_t most) {
  Puzzle puzzle;
  puzzle.scenario = random_scenario(seed);
  const Dataflow dataflow = lowered(puzzle.scenario);
  puzzle.graph = stream_graph(dataflow).value();
  std::mt19937_64 random(seed);
  puzzle.goal.interval = best_interval(dataflow) + static_cast<std::int64_t>(random() % 3);
  for (const Edge& edge : dataflow.edges) {
    puzzle.edges.push_back(edge.name);
    puzzle.widths.push_back(dataflow.port(edge).width_bits());
    // A weight memory would go on filling a deep FIFO for many frames.
    const bool has_input = !dataflow.nodes[edge.from].kernel->inputs().empty() ||
                           static_cast<std::size_t>(edge.from) == dataflow.source_node;
    puzzle.deep.push_back(has_input ? 2000 : 64);
  }
  puzzle.open.resize(dataflow.edges.size());
  std::iota(puzzle.open.begin(), puzzle.open.end(), std::size_t{0});
  std::shuffle(puzzle.open.begin(), puzzle.open.end(), random);
  puzzle.open.resize(std::min(open_fifos, puzzle.open.size()));
  for (std::size_t i = 0; i < puzzle.edges.size(); ++i) {
    DepthChoice choice;
    const bool is_open = std::find(puzzle.open.begin(), puzzle.open.end(), i) != puzzle.open.end();
    for (std::uint64_t depth = 1; is_open && depth <= most; ++depth) choice.depths.push_back(depth);
    choice.depths.push_back(puzzle.deep[i]);
    for (std::uint64_t depth : choice.depths) {
      choice.costs.push_back(static_cast<double>(puzzle.widths[i]) * double(depth));
    }
    puzzle.choices.push_back(std::move(choice));
  }
  return puzzle;
}

/// The least cost of the open FIFOs by trying every design that costs less than `limit`.
double least_cost(const Puzzle& puzzle, double limit) {
  std::vector<std::uint32_t> choices(puzzle.choices.size(), 0);
  double least = limit;
  for (;;) {
    std::vector<std::uint64_t> depths;
    for (std::size_t i = 0; i < choices.size(); ++i) {
      depths.push_back(puzzle.choices[i].depths[choices[i]]);
    }
    const double cost = puzzle.cost(depths);
    if (cost < least && keeps_pace(puzzle.scenario, puzzle.edges, depths, puzzle.goal.interval)) {
      least = cost;
    }
    std::size_t i = 0;
    while (i < choices.size() && ++choices[i] == puzzle.choices[i].depths.size()) choices[i++] = 0;
    if (i == choices.size()) return least;
  }
}

class DepthSearchOnRandomNetworks : public testing::TestWithParam<int> {};

TEST_P(DepthSearchOnRandomNetworks, FindsNothingDearerThanTryingEverything) {
  constexpr int kNetworksPerTest = 25;
  int raised = 0;
  for (int i = 0; i < kNetworksPerTest && !HasFailure(); ++i) {
    const std::uint64_t seed = std::uint64_t(GetParam()) * 1000 + i;
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Puzzle puzzle = make_puzzle(seed, 4, 5);
    SearchOptions options;
    options.threads = 1 + i % 2;
    DepthSearch search(puzzle.graph, puzzle.goal, puzzle.choices, options);
    ASSERT_TRUE(search.begin().meets());
    search.run();
    EXPECT_TRUE(search.optimal());
    EXPECT_DOUBLE_EQ(search.bound(), search.cost());
    const std::vector<std::uint64_t> depths = search.depths(search.best());
    EXPECT_TRUE(keeps_pace(puzzle.scenario, puzzle.edges, depths, puzzle.goal.interval));
    const double cost = puzzle.cost(depths);
    EXPECT_DOUBLE_EQ(least_cost(puzzle, cost), cost);
    raised += std::any_of(puzzle.open.begin(), puzzle.open.end(),
                          [&](std::size_t edge) { return depths[edge] > 1; });
  }
  EXPECT_GT(raised, kNetworksPerTest / 4) << "most FIFOs must not be of depth 1 anyway";
}

INSTANTIATE_TEST_SUITE_P(Seeds, DepthSearchOnRandomNetworks, testing::Range(1, 9));

class OracleOnRandomNetworks : public testing::TestWithParam<int> {};

TEST_P(OracleOnRandomNetworks, JudgesAsTheCycleLoopDoes) {
  constexpr int kDesigns = 60;
  int meets = 0;
  for (int i = 0; i < kDesigns && !HasFailure(); ++i) {
    const std::uint64_t seed = std::uint64_t(GetParam()) * 1000 + i;
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Puzzle puzzle = make_puzzle(seed, 0, 1);
    std::mt19937_64 random(seed);
    std::vector<std::uint64_t> depths;
    const std::uint64_t most = 1 + random() % 40;
    for (std::size_t edge = 0; edge < puzzle.edges.size(); ++edge) {
      depths.push_back(1 + random() % most);
    }
    const bool expected = keeps_pace(puzzle.scenario, puzzle.edges, depths, puzzle.goal.interval);
    meets += expected;
    DepthOracle oracle(puzzle.graph, puzzle.goal);
    const Verdict verdict = oracle.test(depths);
    ASSERT_NE(verdict.kind, Verdict::Kind::kUnknown);
    EXPECT_EQ(verdict.meets(), expected);

    // From the steady state of deeper FIFOs the verdict is the same.
    DepthOracle quick(puzzle.graph, puzzle.goal);
    ASSERT_TRUE(quick.begin(puzzle.deep).meets());
    const std::uint64_t frames_begun = quick.frames_computed();
    const Verdict quick_verdict = quick.test(depths);
    EXPECT_EQ(quick_verdict.meets(), expected);

    // And in as many frames from that of another oracle, whose sets of FIFOs have other numbers.
    DepthOracle like(puzzle.graph, puzzle.goal);
    like.begin_like(quick);
    const Verdict from_there = like.test(depths);
    EXPECT_EQ(from_there.kind, quick_verdict.kind);
    EXPECT_EQ(from_there.conflicts, quick_verdict.conflicts);
    EXPECT_EQ(like.frames_computed(), quick.frames_computed() - frames_begun);

    // However deep the other FIFOs are, those of a conflict alone miss the goal.
    for (const Conflict& conflict : verdict.conflicts) {
      EXPECT_FALSE(conflict.empty());
      std::vector<std::uint64_t> others = puzzle.deep;
      for (std::uint32_t edge : conflict) others[edge] = depths[edge];
      EXPECT_FALSE(keeps_pace(puzzle.scenario, puzzle.edges, others, puzzle.goal.interval));
    }
  }
  EXPECT_GT(meets, kDesigns / 10);
  EXPECT_LT(meets, kDesigns * 9 / 10);
}

INSTANTIATE_TEST_SUITE_P(Seeds, OracleOnRandomNetworks, testing::Range(1, 5));

}  // namespace
}  // namespace qnnsim::test
