// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/path_search.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <random>

namespace qnnsim::test {
namespace {

constexpr std::size_t kCost = kUses - 1;
constexpr int kGraphs = 300;
const Deadline kNever;

/// Two streams that are alive at once: a stage that both of the next ones read, and their join.
class SmallGraph {
 public:
  explicit SmallGraph(std::uint64_t seed) : random_(seed) {
    const std::size_t a = 1 + random_() % 3;
    const std::size_t b = 1 + random_() % 3;
    const std::size_t c = 1 + random_() % 3;
    const std::size_t d = 1 + random_() % 3;
    add(
        1, a, [](std::size_t) { return 0; }, [](std::size_t) { return 0; }, 1, a);
    // Behind it, a state is a + A * b.
    add(
        a, b, [](std::size_t state) { return state; }, [](std::size_t state) { return state; }, a,
        a * b);
    add(
        a * b, c, [a](std::size_t state) { return state / a; },
        [a](std::size_t state) { return state % a; }, a, a * c);
    add(
        a * c, d, [](std::size_t state) { return state; }, [](std::size_t) { return 0; }, 1, d);
    add(
        d, 1, [](std::size_t state) { return state; }, [](std::size_t) { return 0; }, 0, 1);
    graph_ = MoveGraph(steps_);
    Path path;
    walk(path, 0, 0);
  }

  const MoveGraph& graph() const { return graph_; }
  const std::vector<Path>& paths() const { return paths_; }
  std::uint64_t pick(std::uint64_t low, std::uint64_t high) {
    return low + random_() % (high - low + 1);
  }

  /// Caps between what the paths use, and which of them count.
  void any_caps(Uses& caps, std::array<bool, kUses>& counts) {
    for (std::size_t j = 0; j < kUses; ++j) {
      std::int64_t low = paths_.front().uses[j];
      std::int64_t high = low;
      for (const Path& path : paths_) {
        low = std::min(low, path.uses[j]);
        high = std::max(high, path.uses[j]);
      }
      caps[j] = low + (high - low) * static_cast<std::int64_t>(pick(2, 9)) / 10;
      counts[j] = caps[j] > 0;
    }
    caps[kCost] = std::numeric_limits<std::int64_t>::max() / 4;
    counts[kCost] = false;
  }

  Weights any_weights(const Uses& caps, const std::array<bool, kUses>& counts) {
    Weights weights{};
    double sum = 0;
    for (std::size_t j = 0; j < kUses; ++j) {
      if (!counts[j] || pick(0, 1) == 0) continue;
      weights[j] = static_cast<double>(pick(1, 100)) / static_cast<double>(caps[j]);
      sum += weights[j] * static_cast<double>(caps[j]);
    }
    for (double& weight : weights) weight /= std::max(sum, 1e-9);
    return weights;
  }

 private:
  template <typename Cell, typename After>
  void add(std::size_t states, std::size_t outs, const Cell& cell, const After& after,
           std::size_t stride, std::size_t states_after) {
    StageStep step;
    auto moves = std::make_shared<Moves>();
    moves->outs = outs;
    std::size_t cells = 0;
    for (std::size_t state = 0; state < states; ++state) {
      cells = std::max(cells, (cell(state) + 1) * outs);
      step.cell.push_back(static_cast<std::uint32_t>(cell(state) * outs));
      step.after.push_back(static_cast<std::uint32_t>(after(state)));
    }
    for (std::size_t k = 0; k < cells; ++k) {
      moves->first.push_back(static_cast<std::uint32_t>(moves->list.size()));
      for (std::uint64_t left = pick(0, 3); left > 0; --left) {
        Move move{any_uses(), static_cast<std::uint32_t>(moves->list.size())};
        moves->list.push_back(move);
      }
    }
    moves->first.push_back(static_cast<std::uint32_t>(moves->list.size()));
    step.moves = moves;
    step.stride = static_cast<std::uint32_t>(stride);
    step.states_after = states_after;
    if (pick(0, 2) == 0) step.extra = any_uses();
    steps_.push_back(step);
  }

  Uses any_uses() {
    Uses uses{};
    for (std::size_t j = 0; j < kCost; ++j) {
      uses[j] = static_cast<std::int64_t>(j < 2 ? pick(0, 1000) : pick(0, 3));
      uses[kCost] += uses[j] * (j < 2 ? 1'000'000 : 300'000'000);
    }
    return uses;
  }

  void walk(Path& path, std::size_t stage, std::size_t state) {
    if (stage == steps_.size()) {
      paths_.push_back(path);
      return;
    }
    const StageStep& step = steps_[stage];
    for (std::size_t out = 0; out < step.moves->outs; ++out) {
      const std::size_t cell = step.cell[state] + out;
      for (std::uint32_t k = step.moves->first[cell]; k < step.moves->first[cell + 1]; ++k) {
        const Uses before = path.uses;
        const Move& move = step.moves->list[k];
        path.uses = path.uses + move.uses + step.extra;
        path.choice.push_back(move.option);
        path.cells.push_back(static_cast<std::uint32_t>(cell));
        path.parts.push_back(move.uses);
        walk(path, stage + 1, step.after[state] + out * step.stride);
        path.uses = before;
        path.choice.pop_back();
        path.cells.pop_back();
        path.parts.pop_back();
      }
    }
  }

  std::mt19937_64 random_;
  std::vector<StageStep> steps_;
  MoveGraph graph_;
  std::vector<Path> paths_;
};

void with_small_graphs(const std::function<void(SmallGraph&)>& check) {
  int checked = 0;
  for (std::uint64_t seed = 1; checked < kGraphs; ++seed) {
    SCOPED_TRACE(seed);
    SmallGraph graph(seed);
    if (graph.paths().empty() || graph.paths().size() > 4000) continue;
    check(graph);
    ++checked;
    if (testing::Test::HasFailure()) return;
  }
}

TEST(MoveGraph, FindsTheLightestPath) {
  with_small_graphs([](SmallGraph& small) {
    Uses caps{};
    std::array<bool, kUses> counts{};
    small.any_caps(caps, counts);
    const Weights weights = small.any_weights(caps, counts);
    const Relaxation relaxation = small.graph().relax(weights);
    double least = 1e300;
    for (const Path& path : small.paths()) least = std::min(least, weigh(weights, path.uses));
    EXPECT_NEAR(relaxation.value, least, 1e-9);
    EXPECT_NEAR(weigh(weights, relaxation.path.uses), least, 1e-9);
    EXPECT_TRUE(small.graph().has(relaxation.path));
  });
}

TEST(MoveGraph, EliminatesNoMoveOfAPathThatFits) {
  std::size_t before = 0;
  std::size_t after = 0;
  std::size_t fitting = 0;
  with_small_graphs([&](SmallGraph& small) {
    Uses caps{};
    std::array<bool, kUses> counts{};
    small.any_caps(caps, counts);
    // The cost counts like all others: no path that is cheaper than one known is lost.
    const auto known = small.pick(0, small.paths().size() - 1);
    caps[kCost] = std::max<std::int64_t>(1, small.paths()[known].uses[kCost] - 1);
    counts[kCost] = true;
    MoveGraph graph = small.graph();
    std::vector<Relaxation> bounds;
    for (int k = 0; k < 12; ++k) {
      const Weights weights = small.any_weights(caps, counts);
      // Of the whole graph, and of what is left of it.
      bounds.push_back((k % 2 == 0 ? small.graph() : graph).relax(weights));
      graph.eliminate(bounds);
    }
    for (const Path& path : small.paths()) {
      if (!at_most(path.uses, caps)) continue;
      ++fitting;
      EXPECT_TRUE(graph.has(path));
    }
    before += small.graph().size();
    after += graph.size();
  });
  EXPECT_GT(fitting, 500U);
  EXPECT_LT(after, before / 2);
}

TEST(MoveGraph, PartsAStageInTwo) {
  with_small_graphs([](SmallGraph& small) {
    const std::size_t stage = small.pick(0, small.graph().steps().size() - 1);
    const std::size_t kind = small.pick(0, kUses - 1);
    const auto most = static_cast<std::int64_t>(small.pick(0, kind < 2 ? 1000 : 3));
    MoveGraph low = small.graph();
    MoveGraph high = small.graph();
    low.keep(stage, kind, most, true);
    high.keep(stage, kind, most, false);
    EXPECT_EQ(low.moves(stage).list.size() + high.moves(stage).list.size(),
              small.graph().moves(stage).list.size());
    for (const Path& path : small.paths()) {
      const bool is_low = path.parts[stage][kind] <= most;
      EXPECT_EQ(low.has(path), is_low);
      EXPECT_EQ(high.has(path), !is_low);
    }
  });
}

TEST(MoveGraph, KnowsTheMostThatMayCome) {
  with_small_graphs([](SmallGraph& small) {
    const auto most = small.graph().most_to_come();
    Uses all{};
    for (const Path& path : small.paths()) {
      for (std::size_t j = 0; j < kUses; ++j) all[j] = std::max(all[j], path.uses[j]);
    }
    EXPECT_TRUE(at_most(all, most.front().front()));
  });
}

/// By extension alone where all labels are kept, by parting alone where none is.
class PathSearches : public testing::TestWithParam<std::size_t> {};

TEST_P(PathSearches, FindAPathThatFitsIfThereIsOne) {
  int found = 0;
  with_small_graphs([&](SmallGraph& small) {
    Uses caps{};
    std::array<bool, kUses> counts{};
    small.any_caps(caps, counts);
    bool fits = false;
    for (const Path& path : small.paths()) fits = fits || at_most(path.uses, caps);
    PathSearch search(small.graph(), caps, counts);
    search.set_most_labels(GetParam());
    ASSERT_TRUE(search.search(kNever));
    ASSERT_EQ(search.found().has_value(), fits);
    if (!fits) return;
    ++found;
    bool is_one = false;
    for (const Path& path : small.paths()) {
      is_one = is_one || (path.choice == *search.found() && at_most(path.uses, caps));
    }
    EXPECT_TRUE(is_one);
  });
  EXPECT_GT(found, kGraphs / 5);
  EXPECT_LT(found, kGraphs * 4 / 5);
}

TEST_P(PathSearches, FindTheCheapestPath) {
  int found = 0;
  with_small_graphs([&](SmallGraph& small) {
    Uses caps{};
    std::array<bool, kUses> counts{};
    small.any_caps(caps, counts);
    const Path* best = nullptr;
    for (const Path& path : small.paths()) {
      if (!at_most(path.uses, caps)) continue;
      if (best == nullptr || path.uses[kCost] < best->uses[kCost]) best = &path;
    }
    counts[kCost] = true;
    caps[kCost] = 100'000'000'000;  // more than any path costs
    PathSearch search(small.graph(), caps, counts);
    search.set_most_labels(GetParam());
    ASSERT_TRUE(search.search(kNever));
    ASSERT_EQ(search.found().has_value(), best != nullptr);
    if (best == nullptr) return;
    ++found;
    EXPECT_EQ(search.cost(), best->uses[kCost]);
    // None is cheaper: with a cap below, nothing new is found.
    search.set_cost_cap(std::max<std::int64_t>(1, best->uses[kCost] - 1));
    ASSERT_TRUE(search.search(kNever));
    EXPECT_EQ(search.cost(), best->uses[kCost]);
  });
  EXPECT_GT(found, kGraphs / 5);
}

INSTANTIATE_TEST_SUITE_P(Labels, PathSearches, testing::Values(0, 20, 10'000));

TEST(PathSearch, BoundsEveryPathByItsWeights) {
  int refused = 0;
  with_small_graphs([&](SmallGraph& small) {
    Uses caps{};
    std::array<bool, kUses> counts{};
    small.any_caps(caps, counts);
    PathSearch search(small.graph(), caps, counts);
    const PathSearch::Bound bound = search.bound(kNever);
    if (search.found()) return;
    refused += bound.value > 1 ? 1 : 0;
    double weighed = 0;
    for (std::size_t j = 0; j < kUses; ++j) {
      if (counts[j]) weighed += bound.weights[j] * static_cast<double>(caps[j]);
    }
    EXPECT_NEAR(weighed, 1, 1e-9);
    for (const Path& path : small.paths()) {
      EXPECT_GE(weigh(bound.weights, path.uses), bound.value * (1 - 1e-9));
    }
  });
  EXPECT_GT(refused, kGraphs / 20);
}

}  // namespace
}  // namespace qnnsim::test
