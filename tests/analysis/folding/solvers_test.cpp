// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/solvers.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "analysis/folding/matrix_game.h"
#include "tests/analysis/folding/small_networks.h"

namespace qnnsim::test {
namespace {

constexpr double kMostFoldings = 60'000;
constexpr int kNetworks = 60;

/// Calls `check` with small networks and limits, and with all their foldings, dominated ones too.
void with_small_networks(
    const std::function<void(SmallNetwork&, const FoldingSpace& all, const SolverTask&)>& check) {
  int checked = 0;
  for (std::uint64_t seed = 1; checked < kNetworks; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    SmallNetwork network(seed);
    const FoldingSpace all = network.space({/*prune=*/false, /*styles=*/true});
    if (foldings(all) > kMostFoldings) continue;
    SolverTask task;
    task.limits = network.limits(all);
    check(network, all, task);
    ++checked;
    if (testing::Test::HasFailure()) return;
  }
}

/// Does every layer, with the converters in front of it and the fork behind, fit alone?
bool each_stage_fits(const FoldingSpace& space, const FoldingChoice& choice,
                     const Resources& limits) {
  const auto structure = [&](std::size_t stage) {
    return space.space(stage).structure(space.space(stage).options[choice[stage]]);
  };
  for (std::size_t i = 0; i < choice.size(); ++i) {
    Resources sum = space.space(i).options[choice[i]].resources;
    sum += space.fork(i, structure(i).lanes_out).resources;
    for (std::size_t k = 0; k < space.stages()[i].inputs.size(); ++k) {
      const auto from = static_cast<std::size_t>(space.stages()[i].inputs[k]);
      sum += space.link(from, structure(from).lanes_out, structure(i).lanes_in[k]).resources;
    }
    if (!sum.fit(limits)) return false;
  }
  return true;
}

TEST(ExactSolver, FindsTheShortestIntervalAndOfItsFoldingsTheCheapest) {
  int found = 0;
  with_small_networks([&](SmallNetwork& network, const FoldingSpace& all, const SolverTask& task) {
    const FoldingSpace space = network.space();
    const Solution brute = solve_brute(all, task);
    const Solution exact = solve_exact(space, task);
    ASSERT_EQ(exact.found, brute.found);
    if (!brute.found) return;
    ++found;
    EXPECT_EQ(exact.totals.cycles, brute.totals.cycles);
    EXPECT_EQ(exact.cost, brute.cost);
    EXPECT_TRUE(exact.optimal());
    EXPECT_TRUE(exact.least());
    EXPECT_TRUE(space.is_legal(exact.choice));
    EXPECT_TRUE(exact.totals.resources.fit(task.limits));
    EXPECT_EQ(space.evaluate(exact.choice).cycles, exact.totals.cycles);
  });
  EXPECT_GT(found, kNetworks / 3);
  EXPECT_LT(found, kNetworks);
}

TEST(ExactSolver, SharesAMemoryAmongWeightsAndFrames) {
  int in_memory = 0;
  int waiting = 0;
  int checked = 0;
  for (std::uint64_t seed = 1; checked < 2 * kNetworks; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    SmallNetwork network(seed, kMemory, SmallNetwork::Layers::kMatrices);
    const double bytes = 0.25 * network.pick(1, 120);
    const bool with_frames = network.pick(0, 1) != 0;
    const FoldingSpace all = network.space(with_memory(bytes, /*prune=*/false, with_frames));
    if (foldings(all) > kMostFoldings) continue;
    ++checked;
    SolverTask task;
    // Logic for some of the work, and hardly a memory on the device.
    task.limits = {network.pick(300, 20000), 1 << 20, 400, network.pick(0, 5), 0};
    const FoldingSpace space = network.space(with_memory(bytes, /*prune=*/true, with_frames));
    const Solution brute = solve_brute(all, task);
    const Solution exact = solve_exact(space, task);
    ASSERT_EQ(exact.found, brute.found);
    if (!brute.found) continue;
    ASSERT_EQ(exact.totals.cycles, brute.totals.cycles);
    ASSERT_EQ(exact.cost, brute.cost);
    EXPECT_TRUE(exact.optimal());
    EXPECT_TRUE(exact.least());
    EXPECT_LE(double(exact.totals.traffic), bytes * double(exact.totals.cycles) + 1e-6);
    std::uint64_t slowest = 0;
    for (std::size_t i = 0; i < exact.choice.size(); ++i) {
      slowest = std::max(slowest, space.space(i).options[exact.choice[i]].cycles);
    }
    if (slowest < exact.totals.cycles) ++waiting;
    const std::size_t last = exact.choice.size() - 1;
    if (!space.weights_in_memory(exact.choice, 1, last).empty()) ++in_memory;
    task.target = exact.totals.cycles + static_cast<std::uint64_t>(network.pick(0, 20));
    EXPECT_EQ(solve_exact(space, task).cost, solve_brute(all, task).cost);
  }
  EXPECT_GT(in_memory, 3);
  EXPECT_GT(waiting, 1);
}

TEST(ExactSolver, KeepsATargetAtTheLeastCost) {
  with_small_networks([&](SmallNetwork& network, const FoldingSpace& all, SolverTask task) {
    std::set<std::uint64_t> intervals;
    for (const LayerOption& option : all.space(1).options) intervals.insert(option.cycles);
    auto target = intervals.begin();
    std::advance(target, network.pick(0, static_cast<int>(intervals.size()) - 1));
    task.target = *target + static_cast<std::uint64_t>(network.pick(0, 3));
    const Solution brute = solve_brute(all, task);
    const Solution exact = solve_exact(network.space(), task);
    ASSERT_EQ(exact.found, brute.found);
    if (!brute.found) return;
    EXPECT_EQ(exact.cost, brute.cost);
    EXPECT_LE(exact.totals.cycles, *task.target);
    EXPECT_TRUE(exact.least());
  });
}

TEST(ExactSolver, RulesOutOnlyWhatCannotFit) {
  std::set<Refusal::Kind> kinds;
  with_small_networks([&](SmallNetwork& network, const FoldingSpace& all, const SolverTask& task) {
    const Solution exact = solve_exact(network.space(), task);
    if (!exact.refused) return;
    kinds.insert(exact.refusal.kind);
    SolverTask shorter = task;
    shorter.target = exact.refused;
    EXPECT_FALSE(solve_brute(all, shorter).found);
    if (exact.refusal.kind != Refusal::Kind::kWeights) return;
    // The proof: no folding so fast takes less of the weighted limits.
    double sum = 0;
    for (double weight : exact.refusal.weights) sum += weight;
    EXPECT_NEAR(sum, 1, 1e-9);
    const auto limits = as_array(task.limits);
    double least = 1e9;
    FoldingChoice choice(all.stages().size(), 0);
    const std::function<void(std::size_t)> descend = [&](std::size_t stage) {
      if (stage == choice.size()) {
        if (!all.is_legal(choice)) return;
        const FoldingTotals totals = all.evaluate(choice);
        const auto use = as_array(totals.resources);
        if (totals.cycles > *exact.refused || !each_stage_fits(all, choice, task.limits)) return;
        double share = 0;
        for (std::size_t j = 0; j < kKindsOfResource; ++j) {
          if (limits[j] == 0 && use[j] > 0) return;
          if (limits[j] > 0) share += exact.refusal.weights[j] * double(use[j]) / double(limits[j]);
        }
        least = std::min(least, share);
        return;
      }
      for (std::uint32_t k = 0; k < all.space(stage).options.size(); ++k) {
        choice[stage] = k;
        descend(stage + 1);
      }
    };
    descend(0);
    EXPECT_GT(exact.refusal.least, 1);
    EXPECT_GE(least, exact.refusal.least * (1 - 1e-9));
  });
  EXPECT_EQ(kinds.count(Refusal::Kind::kWeights), 1U);
  EXPECT_EQ(kinds.count(Refusal::Kind::kLayer), 1U);
}

TEST(ExactSolver, GivesABoundWhenInterrupted) {
  SmallNetwork network(1);
  const FoldingSpace space = network.space();
  SolverTask task;
  task.limits = {1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20};
  const std::atomic<bool> stop{true};
  task.stop = &stop;
  const Solution solution = solve_exact(space, task);
  EXPECT_TRUE(solution.interrupted);
  EXPECT_FALSE(solution.found);
  EXPECT_GT(solution.interval_bound, 0U);
}

TEST(OtherSolvers, AreNeverBetterThanTheExactOne) {
  int found = 0;
  with_small_networks([&](SmallNetwork& network, const FoldingSpace&, SolverTask task) {
    const FoldingSpace space = network.space();
    const Solution exact = solve_exact(space, task);
    task.seconds = 0.05;
    for (const Solution& other :
         {solve_rule(space, task), solve_finn(space, task), solve_annealing(space, task, 100)}) {
      if (!other.found) continue;
      ++found;
      ASSERT_TRUE(exact.found);
      EXPECT_TRUE(space.is_legal(other.choice));
      EXPECT_TRUE(other.totals.resources.fit(task.limits));
      EXPECT_GE(other.totals.cycles, exact.totals.cycles);
      if (other.totals.cycles == exact.totals.cycles) {
        EXPECT_GE(other.cost, exact.cost);
      }
      EXPECT_FALSE(other.has_bound);
    }
  });
  EXPECT_GT(found, kNetworks);
}

TEST(MatrixGame, WeighsColumnsSoThatTheLeastRowIsGreatest) {
  const GameSolution even = solve_game({{1, 0}, {0, 1}});
  EXPECT_NEAR(even.value, 0.5, 1e-6);
  EXPECT_NEAR(even.weights[0], 0.5, 1e-6);
  const GameSolution skew = solve_game({{2, 0}, {0, 1}});
  EXPECT_NEAR(skew.value, 2.0 / 3, 1e-6);
  EXPECT_NEAR(skew.weights[1], 2.0 / 3, 1e-6);
  const GameSolution dominated = solve_game({{3, 1}, {4, 2}});
  EXPECT_NEAR(dominated.value, 3, 1e-6);
  EXPECT_NEAR(dominated.weights[0], 1, 1e-6);
}

TEST(MatrixGame, LeavesNoStrategyThatIsBetter) {
  std::mt19937_64 random(7);
  for (int game = 0; game < 200; ++game) {
    const std::size_t columns = 1 + random() % 6;
    std::vector<std::vector<double>> rows(1 + random() % 30, std::vector<double>(columns));
    for (auto& row : rows) {
      for (double& value : row) value = double(random() % 1000) / 500;
    }
    const GameSolution solution = solve_game(rows);
    const auto value_of = [&](const std::vector<double>& weights) {
      double least = 1e9;
      for (const auto& row : rows) {
        double value = 0;
        for (std::size_t j = 0; j < columns; ++j) value += weights[j] * row[j];
        least = std::min(least, value);
      }
      return least;
    };
    EXPECT_NEAR(value_of(solution.weights), solution.value, 1e-9);
    // The other player's strategy: no column of the mixture of rows is above the value.
    double sum = 0;
    for (double part : solution.mixture) sum += part;
    EXPECT_NEAR(sum, 1, 1e-6);
    for (std::size_t j = 0; j < columns; ++j) {
      double mixed = 0;
      for (std::size_t k = 0; k < rows.size(); ++k) mixed += solution.mixture[k] * rows[k][j];
      EXPECT_LE(mixed, solution.value + 1e-6);
    }
    for (int other = 0; other < 100; ++other) {
      std::vector<double> weights(columns);
      double sum = 0;
      for (double& weight : weights) sum += weight = double(1 + random() % 1000);
      for (double& weight : weights) weight /= sum;
      EXPECT_LE(value_of(weights), solution.value + 1e-6);
    }
  }
}

}  // namespace
}  // namespace qnnsim::test
