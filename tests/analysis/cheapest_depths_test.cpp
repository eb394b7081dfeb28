// SPDX-License-Identifier: Apache-2.0
#include "analysis/cheapest_depths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

DepthChoice choice(std::vector<double> costs) {
  DepthChoice choice;
  for (std::size_t i = 0; i < costs.size(); ++i) choice.depths.push_back(i + 1);
  choice.costs = std::move(costs);
  return choice;
}

bool meets(const std::vector<std::uint32_t>& choices, const std::vector<Demand>& demands) {
  return std::all_of(demands.begin(), demands.end(), [&](const Demand& demand) {
    return std::any_of(demand.begin(), demand.end(),
                       [&](const auto& part) { return choices[part.first] > part.second; });
  });
}

double cost(const std::vector<DepthChoice>& fifos, const std::vector<std::uint32_t>& choices) {
  double sum = 0;
  for (std::size_t i = 0; i < fifos.size(); ++i) sum += fifos[i].costs[choices[i]];
  return sum;
}

/// The least cost by trying everything.
double least_cost(const std::vector<DepthChoice>& fifos, const std::vector<Demand>& demands) {
  std::vector<std::uint32_t> choices(fifos.size(), 0);
  double least = 1e30;
  for (;;) {
    if (meets(choices, demands)) least = std::min(least, cost(fifos, choices));
    std::size_t i = 0;
    while (i < fifos.size() && ++choices[i] == fifos[i].depths.size()) choices[i++] = 0;
    if (i == fifos.size()) return least;
  }
}

TEST(CheapestDepths, WithoutDemandsAllAreShallow) {
  EXPECT_EQ(cheapest_depths({choice({1, 2}), choice({3, 4})}, {}),
            (std::vector<std::uint32_t>{0, 0}));
}

TEST(CheapestDepths, TakesTheCheaperOfTwoAndCountsSharedDemandsOnce) {
  const std::vector<DepthChoice> fifos = {choice({0, 10}), choice({0, 6}), choice({0, 6})};
  EXPECT_EQ(cheapest_depths(fifos, {{{0, 0}, {1, 0}}}), (std::vector<std::uint32_t>{0, 1, 0}));
  EXPECT_EQ(cheapest_depths(fifos, {{{0, 0}, {1, 0}}, {{0, 0}, {2, 0}}}),
            (std::vector<std::uint32_t>{1, 0, 0}));
}

TEST(CheapestDepths, ADemandBeyondTheDeepestCannotBeMet) {
  EXPECT_THROW(cheapest_depths({choice({1, 2})}, {{{0, 1}}}), std::runtime_error);
}

TEST(CheapestDepths, CostsWhatTryingEverythingCosts) {
  for (int seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Draw draw(seed);
    std::vector<DepthChoice> fifos;
    for (int i = draw.between(1, 5); i > 0; --i) {
      std::vector<double> costs = {double(draw.between(0, 9))};
      for (int j = draw.between(0, 4); j > 0; --j) {
        costs.push_back(costs.back() + draw.between(0, 40) / 2.0);
      }
      fifos.push_back(choice(std::move(costs)));
    }
    std::vector<Demand> demands;
    for (int i = draw.between(0, 8); i > 0; --i) {
      Demand demand;
      for (std::uint32_t fifo = 0; fifo < fifos.size(); ++fifo) {
        const int last = static_cast<int>(fifos[fifo].depths.size()) - 1;
        if (last > 0 && draw.one_in(2)) {
          demand.push_back({fifo, static_cast<std::uint32_t>(draw.between(0, last - 1))});
        }
      }
      if (!demand.empty()) demands.push_back(demand);
    }
    const auto choices = cheapest_depths(fifos, demands);
    ASSERT_TRUE(meets(choices, demands));
    ASSERT_DOUBLE_EQ(cost(fifos, choices), least_cost(fifos, demands));
  }
}

}  // namespace
}  // namespace qnnsim::test
