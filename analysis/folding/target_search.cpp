// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/target_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "analysis/folding/matrix_game.h"

namespace qnnsim {
namespace {

constexpr std::size_t kCost = kKindsOfResource;
constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max() / 4;
constexpr double kForbidden = std::numeric_limits<double>::infinity();
/// Relative: what sums of so many doubles may be off.
constexpr double kRounding = 1e-9;
constexpr std::size_t kBoundsKept = 10;
constexpr int kMostRounds = 80;  ///< of the game
constexpr std::size_t kMostCells = 4'000'000;
constexpr std::size_t kMostStates = 4'000'000;
constexpr std::size_t kMostLabels = 6'000'000;  ///< of one stage

Uses operator+(Uses a, const Uses& b) {
  for (std::size_t j = 0; j < kUses; ++j) a[j] += b[j];
  return a;
}

/// Is no part of `a` more than that of `b`?
bool at_most(const Uses& a, const Uses& b) {
  for (std::size_t j = 0; j < kUses; ++j) {
    if (a[j] > b[j]) return false;
  }
  return true;
}

double weigh(const Weights& weights, const Uses& uses) {
  double sum = 0;
  for (std::size_t j = 0; j < kUses; ++j) sum += weights[j] * static_cast<double>(uses[j]);
  return sum;
}

/// The producers that a stage reads, each once, in the order of its inputs.
std::vector<std::size_t> distinct(const std::vector<int>& inputs) {
  std::vector<std::size_t> result;
  for (int input : inputs) {
    const auto producer = static_cast<std::size_t>(input);
    if (std::find(result.begin(), result.end(), producer) == result.end()) {
      result.push_back(producer);
    }
  }
  return result;
}

std::size_t place_in(const std::vector<int>& values, int value) {
  return static_cast<std::size_t>(std::lower_bound(values.begin(), values.end(), value) -
                                  values.begin());
}

}  // namespace

std::array<std::int64_t, kKindsOfResource> as_array(const Resources& resources) {
  std::array<std::int64_t, kKindsOfResource> counts{};
  for (std::size_t j = 0; j < kKindsOfResource; ++j) counts[j] = resources.*kResourceKinds[j].count;
  return counts;
}

ShareCost::ShareCost(const Resources& limits) {
  constexpr std::int64_t kWhole = 1'000'000'000'000;
  const auto all = as_array(limits);
  // What there is nothing of counts as the whole each.
  for (std::size_t j = 0; j < kKindsOfResource; ++j)
    units_[j] = kWhole / std::max<std::int64_t>(all[j], 1);
}

std::int64_t ShareCost::of(const Resources& resources) const {
  const auto all = as_array(resources);
  std::int64_t cost = 0;
  for (std::size_t j = 0; j < kKindsOfResource; ++j) cost += units_[j] * all[j];
  return cost;
}

TargetSearch::TargetSearch(const FoldingSpace& space, const Resources& limits, std::uint64_t target)
    : space_(space), limits_(limits), share_cost_(limits), target_(target) {
  const auto all = as_array(limits);
  for (std::size_t j = 0; j < kKindsOfResource; ++j) {
    caps_[j] = all[j];
    counts_[j] = all[j] > 0;
  }
  caps_[kCost] = kNoLimit;
  find_widths();
  if (!impossible_) lay_out();
}

void TargetSearch::find_widths() {
  std::map<const LayerSpace*, std::vector<std::uint32_t>> by_space;
  widths_.resize(space_.stages().size());
  options_.resize(space_.stages().size());
  for (std::size_t i = 0; i < space_.stages().size(); ++i) {
    const LayerSpace& space = space_.space(i);
    const auto [place, is_new] = by_space.try_emplace(&space);
    if (is_new) {
      std::map<std::pair<std::vector<int>, int>, std::vector<std::uint32_t>> groups;
      for (std::uint32_t k = 0; k < space.options.size(); ++k) {
        const LayerOption& option = space.options[k];
        if (option.cycles > target_ || !option.resources.fit(limits_)) continue;
        const LayerStructure& structure = space.structure(option);
        auto& group = groups[{structure.lanes_in, structure.lanes_out}];
        const auto is_beaten = [&](std::uint32_t other) {
          return space.options[other].resources.fit(option.resources);
        };
        if (std::any_of(group.begin(), group.end(), is_beaten)) continue;
        group.erase(std::remove_if(group.begin(), group.end(),
                                   [&](std::uint32_t other) {
                                     return option.resources.fit(space.options[other].resources);
                                   }),
                    group.end());
        group.push_back(k);
      }
      for (const auto& [lanes, group] : groups) {
        place->second.insert(place->second.end(), group.begin(), group.end());
      }
    }
    options_[i] = place->second;
    std::set<int> widths;
    for (std::uint32_t k : options_[i]) widths.insert(space.structure(space.options[k]).lanes_out);
    widths_[i].assign(widths.begin(), widths.end());
    if (widths.empty() && !impossible_) impossible_ = i;
  }
}

std::shared_ptr<const TargetSearch::Moves> TargetSearch::moves_of(
    std::size_t stage, const std::vector<std::size_t>& producers) {
  const FoldingSpace::Stage& what = space_.stages()[stage];
  std::string key = fmt::format("{}/{}", fmt::ptr(what.space.get()), what.readers);
  for (std::size_t k = 0; k < what.inputs.size(); ++k) {
    const auto producer = static_cast<std::size_t>(what.inputs[k]);
    key += fmt::format("/{}:{}:{}", fmt::ptr(space_.stages()[producer].space.get()),
                       std::find(producers.begin(), producers.end(), producer) - producers.begin(),
                       space_.is_tied(stage, k));
  }
  std::shared_ptr<const Moves>& known = known_moves_[key];
  if (known != nullptr) return known;

  const LayerSpace& space = space_.space(stage);
  auto moves = std::make_shared<Moves>();
  moves->outs = widths_[stage].size();
  std::size_t inputs = 1;
  for (std::size_t producer : producers) inputs *= widths_[producer].size();
  if (inputs * moves->outs > kMostCells) {
    throw std::runtime_error("layer '" + what.name + "' has too many inputs to fold exactly");
  }
  moves->cells.resize(inputs * moves->outs);
  std::vector<Link> forks;
  for (int width : widths_[stage]) forks.push_back(space_.fork(stage, width));
  std::map<std::tuple<std::size_t, int, int>, Link> links;  // by input and both widths
  for (std::size_t combination = 0; combination < inputs; ++combination) {
    std::vector<int> from(what.inputs.size());
    std::size_t rest = combination;
    for (std::size_t producer : producers) {
      const int width = widths_[producer][rest % widths_[producer].size()];
      rest /= widths_[producer].size();
      for (std::size_t k = 0; k < from.size(); ++k) {
        if (static_cast<std::size_t>(what.inputs[k]) == producer) from[k] = width;
      }
    }
    for (std::uint32_t k : options_[stage]) {
      const LayerOption& option = space.options[k];
      const LayerStructure& structure = space.structure(option);
      const std::size_t out = place_in(widths_[stage], structure.lanes_out);
      std::uint64_t cycles = forks[out].cycles;
      Resources resources = option.resources + forks[out].resources;
      bool is_legal = true;
      for (std::size_t input = 0; input < from.size() && is_legal; ++input) {
        const int to = structure.lanes_in[input];
        is_legal = from[input] == to || !space_.is_tied(stage, input);
        if (!is_legal) break;
        const auto [link, is_new] = links.try_emplace({input, from[input], to});
        if (is_new) {
          link->second = space_.link(static_cast<std::size_t>(what.inputs[input]), from[input], to);
        }
        cycles = std::max(cycles, link->second.cycles);
        resources += link->second.resources;
      }
      if (!is_legal || cycles > target_ || !resources.fit(limits_)) continue;
      Move move{{}, k};
      const auto all = as_array(resources);
      std::copy(all.begin(), all.end(), move.uses.begin());
      move.uses[kCost] = share_cost_.of(resources);
      std::vector<Move>& cell = moves->cells[combination * moves->outs + out];
      const auto is_beaten = [&](const Move& other) { return at_most(other.uses, move.uses); };
      if (std::any_of(cell.begin(), cell.end(), is_beaten)) continue;
      cell.erase(std::remove_if(cell.begin(), cell.end(),
                                [&](const Move& other) { return at_most(move.uses, other.uses); }),
                 cell.end());
      cell.push_back(move);
    }
  }
  known = moves;
  return known;
}

void TargetSearch::lay_out() {
  const std::vector<FoldingSpace::Stage>& stages = space_.stages();
  std::vector<int> readers;
  for (const FoldingSpace::Stage& stage : stages) readers.push_back(stage.readers);
  std::vector<std::size_t> alive;  // streams, by their producer
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const std::vector<std::size_t> producers = distinct(stages[i].inputs);
    Step step;
    step.moves = moves_of(i, producers);
    const auto extra = as_array(stages[i].extra);
    std::copy(extra.begin(), extra.end(), step.extra.begin());
    step.extra[kCost] = share_cost_.of(stages[i].extra);
    for (int input : stages[i].inputs) --readers[static_cast<std::size_t>(input)];

    std::vector<std::size_t> survivors;
    std::size_t states_before = 1;
    for (std::size_t stream : alive) {
      states_before *= widths_[stream].size();
      if (readers[stream] > 0) survivors.push_back(stream);
    }
    std::size_t states_after = 1;
    for (std::size_t stream : survivors) states_after *= widths_[stream].size();
    step.stride = readers[i] > 0 ? static_cast<std::uint32_t>(states_after) : 0;
    step.states_after = states_after * (readers[i] > 0 ? widths_[i].size() : 1);
    if (std::max(states_before, step.states_after) > kMostStates) {
      throw std::runtime_error("too many streams are alive at layer '" + stages[i].name +
                               "' to fold exactly; use --solver rule or annealing");
    }
    for (std::size_t state = 0; state < states_before; ++state) {
      std::size_t rest = state;
      std::map<std::size_t, std::size_t> digit;
      for (std::size_t stream : alive) {
        digit[stream] = rest % widths_[stream].size();
        rest /= widths_[stream].size();
      }
      std::size_t cell = 0;
      for (auto producer = producers.rbegin(); producer != producers.rend(); ++producer) {
        cell = cell * widths_[*producer].size() + digit[*producer];
      }
      std::size_t after = 0;
      for (auto stream = survivors.rbegin(); stream != survivors.rend(); ++stream) {
        after = after * widths_[*stream].size() + digit[*stream];
      }
      step.cell.push_back(static_cast<std::uint32_t>(cell * step.moves->outs));
      step.after.push_back(static_cast<std::uint32_t>(after));
    }
    alive = std::move(survivors);
    if (readers[i] > 0) alive.push_back(i);
    steps_.push_back(std::move(step));
  }
}

TargetSearch::Relaxation TargetSearch::relax(const Weights& weights) const {
  struct Cheapest {
    std::vector<double> value;
    std::vector<std::uint32_t> move;
  };
  std::map<const Moves*, Cheapest> cheapest;
  for (const auto& [key, moves] : known_moves_) {
    Cheapest& least = cheapest[moves.get()];
    least.value.assign(moves->cells.size(), kForbidden);
    least.move.assign(moves->cells.size(), 0);
    for (std::size_t cell = 0; cell < moves->cells.size(); ++cell) {
      for (std::size_t k = 0; k < moves->cells[cell].size(); ++k) {
        const double value = weigh(weights, moves->cells[cell][k].uses);
        if (value >= least.value[cell]) continue;
        least.value[cell] = value;
        least.move[cell] = static_cast<std::uint32_t>(k);
      }
    }
  }
  Relaxation result;
  result.weights = weights;
  result.rest.resize(steps_.size() + 1);
  result.rest.back().assign(1, 0.0);
  // rest[i]: by state in front of stage i.
  for (std::size_t i = steps_.size(); i-- > 0;) {
    const Step& step = steps_[i];
    const std::vector<double>& least = cheapest[step.moves.get()].value;
    const std::vector<double>& behind = result.rest[i + 1];
    const double extra = weigh(weights, step.extra);
    std::vector<double>& rest = result.rest[i];
    rest.assign(step.cell.size(), kForbidden);
    for (std::size_t state = 0; state < step.cell.size(); ++state) {
      const double* cell = &least[step.cell[state]];
      const std::uint32_t after = step.after[state];
      double best = kForbidden;
      for (std::size_t out = 0; out < step.moves->outs; ++out) {
        best = std::min(best, cell[out] + behind[after + out * step.stride]);
      }
      rest[state] = best + extra;
    }
  }
  result.value = result.rest.front().front();
  if (result.value == kForbidden) return result;
  std::size_t state = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    const Cheapest& least = cheapest[step.moves.get()];
    std::size_t best_out = 0;
    double best = kForbidden;
    for (std::size_t out = 0; out < step.moves->outs; ++out) {
      const double value = least.value[step.cell[state] + out] +
                           result.rest[i + 1][step.after[state] + out * step.stride];
      if (value >= best) continue;
      best = value;
      best_out = out;
    }
    const std::size_t cell = step.cell[state] + best_out;
    const Move& move = step.moves->cells[cell][least.move[cell]];
    result.uses = result.uses + move.uses + step.extra;
    result.choice.push_back(move.option);
    state = step.after[state] + best_out * step.stride;
  }
  return result;
}

bool TargetSearch::fits_device(Uses uses) const {
  uses[kCost] = 0;
  return at_most(uses, caps_);
}

void TargetSearch::consider(const FoldingChoice& choice, std::int64_t cost) {
  if (fitting_ && cost >= cost_) return;
  fitting_ = choice;
  cost_ = cost;
}

double TargetSearch::share(const Uses& uses, std::size_t kind) const {
  return static_cast<double>(uses[kind]) / static_cast<double>(caps_[kind]);
}

void TargetSearch::note(const Relaxation& relaxation) {
  seen_.push_back(relaxation.uses);
  double overuse = 0;
  for (std::size_t j = 0; j < kKindsOfResource; ++j) {
    if (counts_[j]) overuse = std::max(overuse, share(relaxation.uses, j));
  }
  if (seen_.size() == 1 || overuse < least_overuse_) least_overuse_ = overuse;
  if (fits_device(relaxation.uses)) consider(relaxation.choice, relaxation.uses[kCost]);
}

void TargetSearch::play(const Deadline& deadline) {
  std::vector<std::size_t> kinds;
  for (std::size_t j = 0; j < kUses; ++j) {
    if (counts_[j]) kinds.push_back(j);
  }
  best_value_ = 0;
  best_ = {};
  const auto consider = [&](const std::vector<double>& shares) {
    Weights weights{};
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      weights[kinds[k]] = shares[k] / static_cast<double>(caps_[kinds[k]]);
    }
    Relaxation relaxation = relax(weights);
    const double value = relaxation.value;
    if (value != kForbidden) note(relaxation);
    if (value > best_value_ || best_.choice.empty()) {
      best_value_ = value;
      best_ = relaxation;
    }
    if (value != kForbidden) {
      recent_.push_back(std::move(relaxation));
      if (recent_.size() > kBoundsKept) recent_.pop_front();
    }
  };
  if (seen_.empty()) {
    for (std::size_t k = 0; k < kinds.size() && best_value_ <= 1 + kRounding; ++k) {
      std::vector<double> shares(kinds.size(), 0.0);
      shares[k] = 1;
      consider(shares);
    }
    if (best_value_ > 1 + kRounding) return;
  }
  for (int round = 0; round < kMostRounds && !deadline.passed(); ++round) {
    std::vector<std::vector<double>> rows;
    for (const Uses& uses : seen_) {
      std::vector<double> row;
      for (std::size_t kind : kinds) row.push_back(share(uses, kind));
      rows.push_back(std::move(row));
    }
    const GameSolution game = solve_game(rows);
    consider(game.weights);
    if (best_value_ > 1 + kRounding) return;
    if (!counts_[kCost] && fitting_) return;
    if (game.value <= 1 || game.value - best_value_ < 1e-7) return;
  }
}

TargetSearch::Found TargetSearch::extend(std::size_t width, bool first_suffices,
                                         const Deadline& deadline) {
  std::vector<Relaxation> bounds;
  for (std::size_t j = 0; j < kUses; ++j) {
    if (!counts_[j]) continue;
    Weights weights{};
    weights[j] = 1.0 / static_cast<double>(caps_[j]);
    bounds.push_back(relax(weights));
  }
  bounds.insert(bounds.end(), recent_.begin(), recent_.end());
  if (!best_.rest.empty()) bounds.push_back(best_);
  const auto limit = [&](const Relaxation& bound) {
    double sum = 0;
    for (std::size_t j = 0; j < kUses; ++j) {
      if (counts_[j]) sum += bound.weights[j] * static_cast<double>(caps_[j]);
    }
    return sum;
  };
  // Weights are scaled so that nothing may be above 1.
  for (Relaxation& bound : bounds) {
    const double most = limit(bound);
    for (double& weight : bound.weights) weight /= most;
    for (std::vector<double>& rest : bound.rest) {
      for (double& value : rest) value /= most;
    }
  }

  Found found;
  found.exhausted = true;
  std::vector<std::vector<Label>> levels(steps_.size() + 1);
  levels[0].push_back({{}, 0, 0, 0, 0});
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    std::vector<Label> next;
    for (std::size_t parent = 0; parent < levels[i].size(); ++parent) {
      if (parent % 256 == 0 && deadline.passed()) return {};
      const Label& label = levels[i][parent];
      const Uses base = label.uses + step.extra;
      for (std::size_t out = 0; out < step.moves->outs; ++out) {
        const auto state = static_cast<std::uint32_t>(step.after[label.state] + out * step.stride);
        for (const Move& move : step.moves->cells[step.cell[label.state] + out]) {
          Label extended{base + move.uses, 0, state, static_cast<std::uint32_t>(parent),
                         move.option};
          for (std::size_t b = bounds.size(); b-- > 0 && extended.score <= 1 + kRounding;) {
            extended.score = std::max(extended.score, weigh(bounds[b].weights, extended.uses) +
                                                          bounds[b].rest[i + 1][state]);
          }
          if (extended.score <= 1 + kRounding) next.push_back(extended);
        }
      }
      if (next.size() > kMostLabels) {
        found.exhausted = false;
        break;
      }
    }
    labels_ += next.size();
    std::sort(next.begin(), next.end(), [](const Label& a, const Label& b) {
      return std::tie(a.state, a.score, a.uses) < std::tie(b.state, b.score, b.uses);
    });
    std::vector<Label>& kept = levels[i + 1];
    std::size_t first = 0;  // of the present state
    for (const Label& label : next) {
      if (!kept.empty() && kept[first].state != label.state) first = kept.size();
      if (kept.size() - first >= width) {
        found.exhausted = false;
        continue;
      }
      const bool is_beaten =
          std::any_of(kept.begin() + static_cast<std::ptrdiff_t>(first), kept.end(),
                      [&](const Label& other) { return at_most(other.uses, label.uses); });
      if (!is_beaten) kept.push_back(label);
      if (kept.size() % 1024 == 0 && deadline.passed()) return {};
    }
    if (kept.empty()) return found;
  }
  const std::vector<Label>& ends = levels.back();
  const Label* best = nullptr;
  for (const Label& end : ends) {
    if (!at_most(end.uses, caps_)) continue;
    if (best == nullptr || end.uses[kCost] < best->uses[kCost]) best = &end;
    if (first_suffices) break;
  }
  if (best == nullptr) return found;
  found.cost = best->uses[kCost];
  FoldingChoice choice(steps_.size());
  const Label* label = best;
  for (std::size_t i = steps_.size(); i-- > 0;) {
    choice[i] = label->option;
    label = &levels[i][label->parent];
  }
  found.choice = std::move(choice);
  return found;
}

TargetOutcome TargetSearch::refused(Refusal refusal) const {
  TargetOutcome outcome;
  outcome.status = TargetOutcome::Status::kDoesNotFit;
  outcome.refusal = refusal;
  outcome.least_overuse = least_overuse_;
  return outcome;
}

TargetOutcome TargetSearch::find(const Deadline& deadline) {
  Refusal refusal;
  if (impossible_) {
    refusal.kind = Refusal::Kind::kLayer;
    refusal.stage = *impossible_;
    return refused(refusal);
  }
  play(deadline);
  TargetOutcome outcome;
  outcome.least_overuse = least_overuse_;
  if (best_value_ == kForbidden) {
    refusal.kind = Refusal::Kind::kSearch;  // no widths fit together
    return refused(refusal);
  }
  if (!fitting_ && best_value_ > 1 + kRounding) {
    refusal.kind = Refusal::Kind::kWeights;
    refusal.least = best_value_;
    for (std::size_t j = 0; j < kUses; ++j) {
      refusal.weights[j] = best_.weights[j] * static_cast<double>(caps_[j]);
    }
    return refused(refusal);
  }
  for (std::size_t width = 4; !fitting_; width *= 16) {
    const Found found = extend(width, true, deadline);
    if (found.choice) fitting_ = found.choice;
    if (!found.choice && found.exhausted) {
      refusal.kind = Refusal::Kind::kSearch;
      return refused(refusal);
    }
    if (!found.choice && (deadline.passed() || width > kMostLabels)) return outcome;
  }
  outcome.status = TargetOutcome::Status::kFits;
  outcome.choice = *fitting_;
  return outcome;
}

TargetOutcome TargetSearch::cheapest(const FoldingChoice& known, const Deadline& deadline) {
  fitting_ = known;
  cost_ = share_cost_.of(space_.evaluate(known).resources);
  // The cheapest of all, whether it fits or not.
  Weights weights{};
  weights[kCost] = 1;
  const Relaxation free = relax(weights);
  note(free);
  std::int64_t bound = free.uses[kCost];
  counts_[kCost] = true;
  raise_bound(bound, deadline);
  for (std::size_t width = 4; bound < cost_; width *= 16) {
    caps_[kCost] = cost_ - 1;
    const Found found = extend(width, false, deadline);
    if (found.choice) consider(*found.choice, found.cost);
    if (found.exhausted) bound = cost_;
    if (deadline.passed() || width > kMostLabels) break;
  }
  TargetOutcome outcome;
  outcome.status = TargetOutcome::Status::kFits;
  outcome.choice = *fitting_;
  outcome.cost = cost_;
  outcome.cost_bound = std::min(bound, cost_);
  return outcome;
}

void TargetSearch::raise_bound(std::int64_t& bound, const Deadline& deadline) {
  // As long as weights prove that nothing that fits costs so little.
  constexpr int kMostSteps = 20;
  constexpr double kCrawl = 1e-6;
  for (int step = 0; step < kMostSteps && bound < cost_ && !deadline.passed(); ++step) {
    caps_[kCost] = std::max<std::int64_t>(bound, 1);
    play(deadline);
    if (best_value_ <= 1 + kRounding || best_.weights[kCost] <= 0) return;
    double others = 0;
    for (std::size_t j = 0; j < kKindsOfResource; ++j) {
      if (counts_[j]) others += best_.weights[j] * static_cast<double>(caps_[j]);
    }
    const double least = (best_value_ - others) / best_.weights[kCost] * (1 - kRounding);
    const auto raised = static_cast<std::int64_t>(std::ceil(least));
    const bool crawls = least - static_cast<double>(bound) < kCrawl * static_cast<double>(bound);
    bound = std::max(bound, raised);
    if (crawls) return;
  }
}

std::int64_t TargetSearch::least(std::size_t resource) {
  if (impossible_) return 0;
  Weights weights{};
  weights[resource] = 1;
  return relax(weights).uses[resource];
}

}  // namespace qnnsim
