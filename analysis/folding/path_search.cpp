// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/path_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "analysis/folding/matrix_game.h"

namespace qnnsim {
namespace {

constexpr std::size_t kBoundsKept = 10;
constexpr int kMostRounds = 80;       ///< of the game, with all moves
constexpr int kRoundsOfANode = 30;    ///< of the game, with some of them
constexpr double kGap = 1e-7;         ///< of the game's value: when it is solved
constexpr double kGapOfProof = 1e-2;  ///< where nothing fits: how much better weights show it
constexpr double kGapOfANode = 1e-4;
constexpr double kWorthwhile = 0.9;  ///< share of moves left: weights are improved again
constexpr std::size_t kFewer = 10;
constexpr std::size_t kMostLabelsOfAll = 20'000'000;

}  // namespace

PathSearch::PathSearch(MoveGraph graph, const Uses& caps, const std::array<bool, kUses>& counts)
    : caps_(caps), counts_(counts) {
  for (std::size_t j = 0; j < kUses; ++j) {
    if (counts_[j]) kinds_.push_back(j);
  }
  root_.graph = std::move(graph);
}

void PathSearch::consider(const FoldingChoice& choice, std::int64_t cost) {
  if (found_ && cost >= cost_) return;
  found_ = choice;
  cost_ = cost;
  if (seeks_least()) caps_[kCost] = std::clamp<std::int64_t>(cost - 1, 1, caps_[kCost]);
}

bool PathSearch::Node::drop_lost_rows() {
  std::size_t kept = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (!graph.has(*rows[k])) continue;
    rows[kept] = rows[k];
    mixture[kept++] = mixture[k];
  }
  const bool is_less = kept < rows.size();
  rows.resize(kept);
  mixture.resize(kept);
  return is_less;
}

Weights PathSearch::all_on(std::size_t kind) const {
  Weights weights{};
  weights[kind] = 1.0 / static_cast<double>(caps_[kind]);
  return weights;
}

void PathSearch::scale(Relaxation& relaxation) const {
  double most = 0;
  for (std::size_t j : kinds_) most += relaxation.weights[j] * static_cast<double>(caps_[j]);
  for (double& weight : relaxation.weights) weight /= most;
  for (std::vector<double>& rest : relaxation.rest) {
    for (double& value : rest) value /= most;
  }
  relaxation.value /= most;
}

void PathSearch::note(const Path& path) {
  double overuse = 0;
  bool fits = true;
  for (std::size_t j = 0; j < kCost; ++j) {
    fits = fits && path.uses[j] <= caps_[j];
    if (!counts_[j]) continue;
    overuse = std::max(overuse, static_cast<double>(path.uses[j]) / static_cast<double>(caps_[j]));
  }
  least_overuse_ = std::min(least_overuse_.value_or(overuse), overuse);
  if (fits) consider(path.choice, path.uses[kCost]);
}

void PathSearch::probe(Node& node, const Weights& weights) {
  Relaxation relaxation = node.graph.relax(weights);
  scale(relaxation);
  const double value = relaxation.value;
  if (value > node.value || node.best.rest.empty()) {
    node.value = value;
    node.best = relaxation;
  }
  if (value == kForbidden) return;
  node.rows.push_back(std::make_shared<Path>(relaxation.path));
  node.mixture.resize(node.rows.size(), 0.0);
  note(relaxation.path);
  node.recent.push_back(std::move(relaxation));
  if (node.recent.size() > kBoundsKept) node.recent.pop_front();
}

void PathSearch::play(Node& node, int rounds, double gap, double gap_of_proof,
                      const Deadline& deadline) {
  const Weights known = node.best.weights;
  const bool is_known = !node.best.rest.empty();
  node.value = 0;
  node.best = {};
  if (is_known) probe(node, known);
  if (node.rows.empty()) {
    for (std::size_t j : kinds_) {
      if (node.value > 1 + kRounding) break;
      probe(node, all_on(j));
    }
  }
  for (int round = 0; round < rounds && !deadline.passed(); ++round) {
    const bool is_proven = node.value > 1 + kRounding;
    if (node.value == kForbidden || (is_proven && gap_of_proof == kForbidden) || is_done()) return;
    std::vector<std::vector<double>> rows;
    for (const auto& path : node.rows) {
      std::vector<double> row;
      for (std::size_t j : kinds_) {
        row.push_back(static_cast<double>(path->uses[j]) / static_cast<double>(caps_[j]));
      }
      rows.push_back(std::move(row));
    }
    const GameSolution game = solve_game(rows);
    node.mixture = game.mixture;
    if (round > 0 && game.value - node.value < (is_proven ? gap_of_proof : gap)) return;
    Weights weights{};
    for (std::size_t k = 0; k < kinds_.size(); ++k) {
      weights[kinds_[k]] = game.weights[k] / static_cast<double>(caps_[kinds_[k]]);
    }
    probe(node, weights);
  }
}

PathSearch::Bound PathSearch::bound(const Deadline& deadline) {
  play(root_, kMostRounds, kGap, kGapOfProof, deadline);
  return {root_.value, root_.best.weights};
}

bool PathSearch::reduce(Node& node, const Deadline& deadline) {
  while (!deadline.passed()) {
    play(node, kRoundsOfANode, kGapOfANode, kForbidden, deadline);
    if (is_done() || node.value > 1 + kRounding) return false;
    const std::size_t before = node.graph.size();
    std::vector<Relaxation> bounds(node.recent.begin(), node.recent.end());
    for (std::size_t j : kinds_) {
      bounds.push_back(node.graph.relax(all_on(j)));
    }
    for (Relaxation& bound : bounds) scale(bound);
    node.graph.eliminate(bounds);
    const bool is_same = !node.drop_lost_rows();
    const auto left = static_cast<double>(node.graph.size());
    if (left == 0) return false;
    if (is_same && left > kWorthwhile * static_cast<double>(before)) return true;
  }
  return true;
}

bool PathSearch::extend(const Node& node, std::size_t most_labels, const Deadline& deadline) {
  const MoveGraph& graph = node.graph;
  const std::size_t stages = graph.steps().size();
  std::vector<Relaxation> bounds;
  const auto add = [&](const Weights& weights) {
    bounds.push_back(graph.relax(weights));
    scale(bounds.back());
  };
  add(node.best.weights);
  for (const Relaxation& bound : node.recent) add(bound.weights);
  for (std::size_t j : kinds_) add(all_on(j));
  const std::size_t count = bounds.size();
  // What is used below this makes no difference: whatever comes, it will do.
  std::vector<std::vector<Uses>> floor = graph.most_to_come();
  for (std::vector<Uses>& stage : floor) {
    for (Uses& uses : stage) {
      for (std::size_t j = 0; j < kUses; ++j) {
        uses[j] = j == kCost && seeks_least() ? 0 : caps_[j] - uses[j];
      }
    }
  }

  std::vector<std::vector<Label>> levels(stages + 1);
  levels[0].push_back({{}, 0, 0, 0, 0});
  std::vector<double> sums(count);
  for (std::size_t i = 0; i < stages; ++i) {
    const StageStep& step = graph.steps()[i];
    const Moves& moves = graph.moves(i);
    std::vector<double> weighed;  // by move and bound
    weighed.reserve(moves.list.size() * count);
    for (const Move& move : moves.list) {
      for (const Relaxation& bound : bounds) weighed.push_back(weigh(bound.weights, move.uses));
    }
    std::vector<Label> next;
    for (std::size_t parent = 0; parent < levels[i].size(); ++parent) {
      if (parent % 256 == 0 && deadline.passed()) return false;
      const Label& label = levels[i][parent];
      const Uses base = label.uses + step.extra;
      for (std::size_t out = 0; out < moves.outs; ++out) {
        const auto state = static_cast<std::uint32_t>(step.after[label.state] + out * step.stride);
        const std::size_t cell = step.cell[label.state] + out;
        if (moves.first[cell] == moves.first[cell + 1]) continue;
        for (std::size_t b = 0; b < count; ++b) {
          sums[b] = weigh(bounds[b].weights, base) + bounds[b].rest[i + 1][state];
        }
        const auto score_of = [&](const double* added) {
          double score = 0;
          for (std::size_t b = 0; b < count; ++b) score = std::max(score, sums[b] + added[b]);
          return score;
        };
        for (std::uint32_t k = moves.first[cell]; k < moves.first[cell + 1]; ++k) {
          if (score_of(&weighed[k * count]) > 1 + kRounding) continue;
          Label extended{base + moves.list[k].uses, 0, state, static_cast<std::uint32_t>(parent),
                         moves.list[k].option};
          for (std::size_t j = 0; j < kUses; ++j) {
            extended.uses[j] = std::max(extended.uses[j], floor[i + 1][state][j]);
          }
          for (const Relaxation& bound : bounds) {
            extended.score = std::max(
                extended.score, weigh(bound.weights, extended.uses) + bound.rest[i + 1][state]);
          }
          if (extended.score <= 1 + kRounding) next.push_back(extended);
        }
      }
    }
    labels_ += next.size();
    if (next.size() > most_labels) return false;
    std::sort(next.begin(), next.end(), [](const Label& a, const Label& b) {
      return std::tie(a.state, a.score, a.uses) < std::tie(b.state, b.score, b.uses);
    });
    std::vector<Label>& kept = levels[i + 1];
    std::size_t first = 0;  // of the present state
    for (const Label& label : next) {
      if (!kept.empty() && kept[first].state != label.state) first = kept.size();
      const bool is_beaten =
          std::any_of(kept.begin() + static_cast<std::ptrdiff_t>(first), kept.end(),
                      [&](const Label& other) { return at_most(other.uses, label.uses); });
      if (!is_beaten) kept.push_back(label);
      if (kept.size() % 1024 == 0 && deadline.passed()) return false;
    }
    if (kept.empty()) return true;
  }
  const Label* best = nullptr;
  for (const Label& end : levels.back()) {
    if (!at_most(end.uses, caps_)) continue;
    if (best == nullptr || end.uses[kCost] < best->uses[kCost]) best = &end;
  }
  if (best == nullptr) return true;
  FoldingChoice choice(stages);
  const Label* label = best;
  for (std::size_t i = stages; i-- > 0;) {
    choice[i] = label->option;
    label = &levels[i][label->parent];
  }
  consider(choice, best->uses[kCost]);
  return true;
}

std::optional<PathSearch::Parting> PathSearch::parting(const Node& node) const {
  std::optional<Parting> result;
  double most = 0;
  const std::size_t stages = node.graph.steps().size();
  for (std::size_t i = 0; i < stages; ++i) {
    for (std::size_t j : kinds_) {
      double mean = 0;
      double sum = 0;
      for (std::size_t k = 0; k < node.rows.size(); ++k) {
        mean += node.mixture[k] * static_cast<double>(node.rows[k]->parts[i][j]);
        sum += node.mixture[k];
      }
      if (sum <= 0) return {};
      mean /= sum;
      double spread = 0;
      double less = 0;
      for (std::size_t k = 0; k < node.rows.size(); ++k) {
        const auto use = static_cast<double>(node.rows[k]->parts[i][j]);
        spread += node.mixture[k] * std::abs(use - mean);
        if (use <= mean) less += node.mixture[k];
      }
      // A little of those without a weight, too.
      spread *= node.best.weights[j] + 1e-3 / static_cast<double>(caps_[j]);
      if (spread <= std::max(most, 1e-12)) continue;
      most = spread;
      result = Parting{i, j, static_cast<std::int64_t>(std::floor(mean)), less >= sum / 2};
    }
  }
  return result;
}

bool PathSearch::explore(Node& node, const Deadline& deadline) {
  if (!reduce(node, deadline)) return true;
  if (deadline.passed()) return false;
  // Where any path will do, parting leads to one sooner than many labels.
  const std::size_t most_labels = most_labels_ / (seeks_least() ? 1 : kFewer);
  if (extend(node, most_labels, deadline) || is_done()) return true;
  const std::optional<Parting> part = parting(node);
  if (!part) return extend(node, kMostLabelsOfAll, deadline);
  for (bool less : {part->less_first, !part->less_first}) {
    if (deadline.passed()) return false;
    Node half = node;
    half.graph.keep(part->stage, part->kind, part->most, less);
    half.drop_lost_rows();
    if (!explore(half, deadline)) return false;
    if (is_done()) return true;
  }
  return true;
}

bool PathSearch::search(const Deadline& deadline) {
  Node node = root_;
  return explore(node, deadline);
}

}  // namespace qnnsim
