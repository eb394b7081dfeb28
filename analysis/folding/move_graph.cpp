// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/move_graph.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace qnnsim {
namespace {

/// The cheapest move of every cell.
struct Cheapest {
  std::vector<double> value;
  std::vector<std::uint32_t> move;

  Cheapest(const Moves& moves, const Weights& weights)
      : value(moves.cells(), kForbidden), move(moves.cells(), 0) {
    for (std::size_t cell = 0; cell < moves.cells(); ++cell) {
      for (std::uint32_t k = moves.first[cell]; k < moves.first[cell + 1]; ++k) {
        const double weight = weigh(weights, moves.list[k].uses);
        if (weight >= value[cell]) continue;
        value[cell] = weight;
        move[cell] = k;
      }
    }
  }
};

template <typename IsKept>
std::shared_ptr<const Moves> filtered(const Moves& moves, const IsKept& is_kept) {
  auto result = std::make_shared<Moves>();
  result->outs = moves.outs;
  result->first.reserve(moves.first.size());
  for (std::size_t cell = 0; cell < moves.cells(); ++cell) {
    result->first.push_back(static_cast<std::uint32_t>(result->list.size()));
    for (std::uint32_t k = moves.first[cell]; k < moves.first[cell + 1]; ++k) {
      if (is_kept(cell, moves.list[k])) result->list.push_back(moves.list[k]);
    }
  }
  result->first.push_back(static_cast<std::uint32_t>(result->list.size()));
  return result;
}

}  // namespace

MoveGraph::MoveGraph(std::vector<StageStep> steps) {
  for (const StageStep& step : steps) moves_.push_back(step.moves);
  steps_ = std::make_shared<const std::vector<StageStep>>(std::move(steps));
}

std::size_t MoveGraph::size() const {
  std::size_t sum = 0;
  for (const auto& moves : moves_) sum += moves->list.size();
  return sum;
}

bool MoveGraph::has(const Path& path) const {
  for (std::size_t i = 0; i < moves_.size(); ++i) {
    const Moves& moves = *moves_[i];
    const auto from = moves.list.begin();
    if (std::none_of(from + moves.first[path.cells[i]], from + moves.first[path.cells[i] + 1],
                     [&](const Move& move) { return move.option == path.choice[i]; })) {
      return false;
    }
  }
  return true;
}

Relaxation MoveGraph::relax(const Weights& weights) const {
  const std::size_t count = moves_.size();
  std::vector<Cheapest> cheapest;         // of moves that differ
  std::vector<std::size_t> which(count);  // of them, by stage
  for (std::size_t i = 0; i < count; ++i) {
    const auto twin = static_cast<std::size_t>(std::find(moves_.begin(), moves_.end(), moves_[i]) -
                                               moves_.begin());
    which[i] = twin < i ? which[twin] : cheapest.size();
    if (twin == i) cheapest.emplace_back(*moves_[i], weights);
  }
  Relaxation result;
  result.weights = weights;
  result.rest.resize(count + 1);
  result.rest.back().assign(steps().back().states_after, 0.0);
  for (std::size_t i = count; i-- > 0;) {
    const StageStep& step = steps()[i];
    const std::size_t outs = moves_[i]->outs;
    const std::vector<double>& least = cheapest[which[i]].value;
    const std::vector<double>& behind = result.rest[i + 1];
    const double extra = weigh(weights, step.extra);
    std::vector<double>& rest = result.rest[i];
    rest.assign(step.cell.size(), kForbidden);
    for (std::size_t state = 0; state < step.cell.size(); ++state) {
      const double* cell = &least[step.cell[state]];
      const std::uint32_t after = step.after[state];
      double best = kForbidden;
      for (std::size_t out = 0; out < outs; ++out) {
        best = std::min(best, cell[out] + behind[after + out * step.stride]);
      }
      rest[state] = best + extra;
    }
  }
  result.value = result.rest.front().front();
  if (result.value == kForbidden) return result;
  Path& path = result.path;
  std::size_t state = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const StageStep& step = steps()[i];
    const Cheapest& least = cheapest[which[i]];
    std::size_t best_out = 0;
    double best = kForbidden;
    for (std::size_t out = 0; out < moves_[i]->outs; ++out) {
      const double value = least.value[step.cell[state] + out] +
                           result.rest[i + 1][step.after[state] + out * step.stride];
      if (value >= best) continue;
      best = value;
      best_out = out;
    }
    const std::size_t cell = step.cell[state] + best_out;
    const Move& move = moves_[i]->list[least.move[cell]];
    path.uses = path.uses + move.uses + step.extra;
    path.choice.push_back(move.option);
    path.cells.push_back(static_cast<std::uint32_t>(cell));
    path.parts.push_back(move.uses);
    state = step.after[state] + best_out * step.stride;
  }
  return result;
}

void MoveGraph::eliminate(const std::vector<Relaxation>& bounds) {
  for (const Relaxation& bound : bounds) {
    // Forward; what is left of a stage at once, so that paths through the others are longer.
    std::vector<double> front(1, 0.0);  // by state
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      const StageStep& step = steps()[i];
      const Moves& moves = *moves_[i];
      const double extra = weigh(bound.weights, step.extra);
      std::vector<double> around(moves.cells(), kForbidden);  // the best path's other moves
      for (std::size_t state = 0; state < step.cell.size(); ++state) {
        if (front[state] == kForbidden) continue;
        for (std::size_t out = 0; out < moves.outs; ++out) {
          double& best = around[step.cell[state] + out];
          best = std::min(best, front[state] + extra +
                                    bound.rest[i + 1][step.after[state] + out * step.stride]);
        }
      }
      std::vector<double> least(moves.cells(), kForbidden);
      bool is_less = false;
      for (std::size_t cell = 0; cell < moves.cells(); ++cell) {
        for (std::uint32_t k = moves.first[cell]; k < moves.first[cell + 1]; ++k) {
          const double weight = weigh(bound.weights, moves.list[k].uses);
          if (around[cell] + weight > 1 + kRounding) {
            is_less = true;
          } else {
            least[cell] = std::min(least[cell], weight);
          }
        }
      }
      std::vector<double> behind(step.states_after, kForbidden);
      for (std::size_t state = 0; state < step.cell.size(); ++state) {
        if (front[state] == kForbidden) continue;
        for (std::size_t out = 0; out < moves.outs; ++out) {
          double& best = behind[step.after[state] + out * step.stride];
          best = std::min(best, front[state] + extra + least[step.cell[state] + out]);
        }
      }
      front = std::move(behind);
      if (!is_less) continue;
      moves_[i] = filtered(moves, [&](std::size_t cell, const Move& move) {
        return around[cell] + weigh(bound.weights, move.uses) <= 1 + kRounding;
      });
    }
  }
}

void MoveGraph::keep(std::size_t stage, std::size_t kind, std::int64_t most, bool less) {
  moves_[stage] = filtered(*moves_[stage], [&](std::size_t, const Move& move) {
    return (move.uses[kind] <= most) == less;
  });
}

std::vector<std::vector<Uses>> MoveGraph::most_to_come() const {
  std::vector<std::vector<Uses>> result(moves_.size() + 1);
  result.back().assign(steps().back().states_after, Uses{});
  for (std::size_t i = moves_.size(); i-- > 0;) {
    const StageStep& step = steps()[i];
    const Moves& moves = *moves_[i];
    std::vector<Uses> most(moves.cells(), Uses{});
    for (std::size_t cell = 0; cell < moves.cells(); ++cell) {
      for (std::uint32_t k = moves.first[cell]; k < moves.first[cell + 1]; ++k) {
        for (std::size_t j = 0; j < kUses; ++j) {
          most[cell][j] = std::max(most[cell][j], moves.list[k].uses[j]);
        }
      }
    }
    result[i].assign(step.cell.size(), Uses{});
    for (std::size_t state = 0; state < step.cell.size(); ++state) {
      for (std::size_t out = 0; out < moves.outs; ++out) {
        const std::size_t cell = step.cell[state] + out;
        if (moves.first[cell] == moves.first[cell + 1]) continue;
        const Uses sum =
            most[cell] + result[i + 1][step.after[state] + out * step.stride] + step.extra;
        for (std::size_t j = 0; j < kUses; ++j) {
          result[i][state][j] = std::max(result[i][state][j], sum[j]);
        }
      }
    }
  }
  return result;
}

}  // namespace qnnsim
