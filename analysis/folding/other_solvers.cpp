// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "analysis/folding/solvers.h"

namespace qnnsim {
namespace {

/// What solvers without a bound share: candidates, of which the best that fits is kept.
class Candidates {
 public:
  Candidates(const FoldingSpace& space, const SolverTask& task) : space_(space), task_(task) {
    deadline_ = Deadline::after(task.seconds, task.stop);
  }

  bool time_is_over() {
    solution.interrupted = solution.interrupted || deadline_.passed();
    return solution.interrupted;
  }

  FoldingTotals evaluate(const FoldingChoice& choice) {
    ++solution.tried;
    return space_.evaluate(choice);
  }
  /// In comparison with others of the same stage.
  std::int64_t cost(const LayerOption& option) const {
    return cost({option.cycles, option.traffic, option.resources});
  }
  std::int64_t cost(const FoldingTotals& totals) const { return cost_of(space_, task_, totals); }
  bool fits(const FoldingTotals& totals) const { return totals.resources.fit(task_.limits); }

  /// Keeps the folding if it fits and is better than the best so far.
  void consider(const FoldingChoice& choice, const FoldingTotals& totals) {
    if (!fits(totals) || (task_.target && totals.cycles > *task_.target)) return;
    const std::int64_t cost = this->cost(totals);
    const auto is_better = [&] {
      if (!solution.found) return true;
      if (task_.target || totals.cycles == solution.totals.cycles) return cost < solution.cost;
      return totals.cycles < solution.totals.cycles;
    };
    if (!is_better()) return;
    solution.found = true;
    solution.choice = choice;
    solution.totals = totals;
    solution.cost = cost;
  }

  Solution solution;

 private:
  const FoldingSpace& space_;
  const SolverTask& task_;
  Deadline deadline_;
};

std::uint64_t cycles_of(const FoldingSpace& space, std::size_t stage, const FoldingChoice& choice) {
  return space.space(stage).options[choice[stage]].cycles;
}

/// By stage: the slowest option, of these the one of least cost.
FoldingChoice without_folding(const FoldingSpace& space, const Candidates& candidates) {
  FoldingChoice choice;
  for (const FoldingSpace::Stage& stage : space.stages()) {
    const std::vector<LayerOption>& options = stage.space->options;
    std::uint32_t best = 0;
    for (std::uint32_t k = 1; k < options.size(); ++k) {
      if (options[k].cycles < options[best].cycles) continue;
      if (options[k].cycles > options[best].cycles ||
          candidates.cost(options[k]) < candidates.cost(options[best])) {
        best = k;
      }
    }
    choice.push_back(best);
  }
  adapt_ends(space, choice);
  return choice;
}

/// The rule for one layer after the other; false when the slowest cannot be made faster.
bool speed_up(const FoldingSpace& space, Candidates& candidates, FoldingChoice& choice) {
  std::size_t slowest = 1;
  for (std::size_t i = 1; i + 1 < choice.size(); ++i) {
    if (cycles_of(space, i, choice) > cycles_of(space, slowest, choice)) slowest = i;
  }
  const std::vector<LayerOption>& options = space.space(slowest).options;
  std::map<std::uint64_t, std::vector<std::uint32_t>, std::greater<>> steps;  // by cycles
  for (std::uint32_t k = 0; k < options.size(); ++k) {
    if (options[k].cycles < cycles_of(space, slowest, choice))
      steps[options[k].cycles].push_back(k);
  }
  constexpr int kSteps = 2;
  int found = 0;
  FoldingChoice best;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const auto& [cycles, group] : steps) {
    bool fits = false;
    for (std::uint32_t k : group) {
      FoldingChoice next = choice;
      next[slowest] = k;
      adapt_ends(space, next);
      const FoldingTotals totals = candidates.evaluate(next);
      if (!candidates.fits(totals)) continue;
      fits = true;
      const std::int64_t cost = candidates.cost(totals);
      if (cost >= least) continue;
      least = cost;
      best = std::move(next);
    }
    if (fits && ++found == kSteps) break;
    if (candidates.time_is_over()) break;
  }
  if (best.empty()) return false;
  choice = std::move(best);
  return true;
}

/// The values of a structure as FINN's rule sees them.
struct FinnFolding {
  int pe = 1;
  int simd = 1;
  int window_lanes = 1;  ///< of the sliding window
  bool parallel_window = false;
  int mmv = 1;
  bool channels_first = false;  ///< a depthwise layer: PE before SIMD
};

FinnFolding finn_folding(const LayerStructure& structure) {
  FinnFolding folding;
  for (const FoldingValue& value : structure.values) {
    if (value.key == "parallel_window") {
      folding.parallel_window = value.value == "true";
    } else if (value.key == "mmv") {
      folding.mmv = std::stoi(value.value);
    } else if (value.kind == "swg" || value.kind == "pad") {
      folding.window_lanes = std::stoi(value.value);
    } else if (value.key == "pe") {
      folding.pe = std::stoi(value.value);
      folding.channels_first = value.kind == "vvu";
    } else if (value.key == "simd") {
      folding.simd = std::stoi(value.value);
    }
  }
  return folding;
}

/// SetFolding for one layer.
class FinnRule {
 public:
  FinnRule(const LayerSpace& space, int weight_bits) : space_(space), weight_bits_(weight_bits) {
    for (std::size_t i = 0; i < space.structures.size(); ++i) {
      foldings_.push_back(finn_folding(space.structures[i]));
    }
  }

  /// The structure that the rule takes for a target [cycles].
  std::size_t choose(std::uint64_t target) const {
    constexpr int kMostWeightBits = 36;  // mvau_wwidth_max
    const FinnFolding& any = foldings_.front();
    std::vector<int> first = values(any.channels_first ? &FinnFolding::pe : &FinnFolding::simd);
    std::vector<int> second = values(any.channels_first ? &FinnFolding::simd : &FinnFolding::pe);
    int a = first.front();
    for (int value : first) {
      if (!any.channels_first && value * weight_bits_ > kMostWeightBits && value > 1 &&
          second.size() > 1) {
        break;
      }
      a = value;
      if (fastest(any, a, second.front(), target).second < target) break;
    }
    std::pair<std::size_t, std::uint64_t> best = fastest(any, a, second.front(), target);
    for (int value : second) {
      best = fastest(any, a, value, target);
      if (best.second < target) break;
    }
    return best.first;
  }

 private:
  std::vector<int> values(int FinnFolding::*member) const {
    std::set<int> values;
    for (const FinnFolding& folding : foldings_) values.insert(folding.*member);
    return {values.begin(), values.end()};
  }

  /// Of the structures with these two: the narrowest window below the target, else the fastest.
  std::pair<std::size_t, std::uint64_t> fastest(const FinnFolding& any, int a, int b,
                                                std::uint64_t target) const {
    std::pair<std::size_t, std::uint64_t> best{0, std::numeric_limits<std::uint64_t>::max()};
    int lanes = 0;
    for (std::size_t i = 0; i < foldings_.size(); ++i) {
      const FinnFolding& folding = foldings_[i];
      const int pe = any.channels_first ? a : b;
      const int simd = any.channels_first ? b : a;
      if (folding.pe != pe || folding.simd != simd || folding.mmv != 1) continue;
      const std::uint64_t cycles = space_.structures[i].cycles;
      const int wide = folding.window_lanes * (folding.parallel_window ? 1 << 16 : 1);
      const bool is_better =
          best.second < target ? cycles < target && wide < lanes : cycles < best.second;
      if (!is_better) continue;
      best = {i, cycles};
      lanes = wide;
    }
    return best;
  }

  const LayerSpace& space_;
  const int weight_bits_;
  std::vector<FinnFolding> foldings_;
};

/// The option of least cost with the beats of a structure that is no slower.
std::uint32_t option_for(const LayerSpace& space, std::size_t structure,
                         const Candidates& candidates) {
  const LayerStructure& wanted = space.structures[structure];
  std::uint32_t best = 0;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::uint32_t k = 0; k < space.options.size(); ++k) {
    const LayerStructure& other = space.structure(space.options[k]);
    if (other.lanes_in != wanted.lanes_in || other.lanes_out != wanted.lanes_out ||
        space.options[k].cycles > wanted.cycles) {
      continue;
    }
    const std::int64_t cost = candidates.cost(space.options[k]);
    if (cost >= least) continue;
    least = cost;
    best = k;
  }
  return best;
}

/// Both passes for one target [cycles].
FoldingChoice set_folding(const FoldingSpace& space, const std::vector<FinnRule>& rules,
                          const std::vector<std::size_t>& rule_of, Candidates& candidates,
                          std::uint64_t target) {
  FoldingChoice choice;
  for (int pass = 0; pass < 2; ++pass) {
    choice.assign(space.stages().size(), 0);
    std::uint64_t achieved = 0;
    for (std::size_t i = 1; i + 1 < choice.size(); ++i) {
      const std::size_t structure = rules[rule_of[i]].choose(target);
      achieved = std::max(achieved, space.space(i).structures[structure].cycles);
      choice[i] = option_for(space.space(i), structure, candidates);
    }
    target = std::max(target, achieved);
  }
  adapt_ends(space, choice);
  return choice;
}

}  // namespace

void adapt_ends(const FoldingSpace& space, FoldingChoice& choice) {
  const auto lanes_in = [&](std::size_t stage, std::size_t input) {
    return space.space(stage).structure(space.space(stage).options[choice[stage]]).lanes_in[input];
  };
  const auto choose = [&](std::size_t stage, int lanes) {
    const std::vector<LayerOption>& options = space.space(stage).options;
    for (std::uint32_t k = 0; k < options.size(); ++k) {
      if (space.space(stage).structure(options[k]).lanes_out == lanes) choice[stage] = k;
    }
  };
  const std::size_t last = space.stages().size() - 1;
  for (std::size_t stage = 1; stage < last; ++stage) {
    for (std::size_t k = 0; k < space.stages()[stage].inputs.size(); ++k) {
      if (space.is_tied(stage, k)) choose(0, lanes_in(stage, k));
    }
  }
  const LayerSpace& before = space.space(last - 1);
  choose(last, before.structure(before.options[choice[last - 1]]).lanes_out);
}

Solution solve_rule(const FoldingSpace& space, const SolverTask& task) {
  Candidates candidates(space, task);
  FoldingChoice choice = without_folding(space, candidates);
  do {
    const FoldingTotals totals = candidates.evaluate(choice);
    candidates.consider(choice, totals);
    if (task.target && totals.cycles <= *task.target) break;
  } while (!candidates.time_is_over() && speed_up(space, candidates, choice));
  return std::move(candidates.solution);
}

Solution solve_finn(const FoldingSpace& space, const SolverTask& task) {
  Candidates candidates(space, task);
  std::map<const LayerSpace*, std::size_t> known;
  std::vector<FinnRule> rules;
  std::vector<std::size_t> rule_of;
  for (const FoldingSpace::Stage& stage : space.stages()) {
    const auto [place, is_new] = known.try_emplace(stage.space.get(), rules.size());
    if (is_new) rules.emplace_back(*stage.space, stage.space->weight_bits);
    rule_of.push_back(place->second);
  }
  if (task.target) {
    const FoldingChoice choice = set_folding(space, rules, rule_of, candidates, *task.target + 1);
    candidates.consider(choice, candidates.evaluate(choice));
    return std::move(candidates.solution);
  }
  // Where one target's folding fits, those of longer ones do, mostly.
  const std::vector<std::uint64_t> all = space.intervals();
  std::size_t low = 0;
  std::size_t high = all.size();
  while (low < high && !candidates.time_is_over()) {
    const std::size_t middle = low + (high - low) / 2;
    const FoldingChoice choice = set_folding(space, rules, rule_of, candidates, all[middle] + 1);
    const FoldingTotals totals = candidates.evaluate(choice);
    candidates.consider(choice, totals);
    if (candidates.fits(totals)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return std::move(candidates.solution);
}

Solution solve_annealing(const FoldingSpace& space, const SolverTask& task, double clock_mhz) {
  constexpr double kHot = 10;
  constexpr double kCold = 1e-3;
  constexpr double kCooling = 0.995;
  constexpr double kBoltzmann = 100;
  constexpr int kChanges = 100;
  Candidates candidates(space, task);
  std::mt19937_64 random(task.seed);
  FoldingChoice choice = without_folding(space, candidates);
  FoldingTotals totals = candidates.evaluate(choice);
  candidates.consider(choice, totals);
  for (double temperature = kHot; temperature > kCold && !candidates.time_is_over();
       temperature *= kCooling) {
    for (int change = 0; change < kChanges; ++change) {
      FoldingChoice next = choice;
      const std::size_t stage = 1 + random() % (choice.size() - 2);
      next[stage] = static_cast<std::uint32_t>(random() % space.space(stage).options.size());
      adapt_ends(space, next);
      const FoldingTotals after = candidates.evaluate(next);
      if (!candidates.fits(after) && candidates.fits(totals)) continue;
      const double gain = (static_cast<double>(totals.cycles) - static_cast<double>(after.cycles)) /
                          clock_mhz;  // [us]
      const double luck = static_cast<double>(random() >> 11) * 0x1p-53;
      if (std::exp(std::min(0.0, gain / (kBoltzmann * temperature))) < luck) continue;
      choice = std::move(next);
      totals = after;
      candidates.consider(choice, totals);
    }
  }
  return std::move(candidates.solution);
}

Solution solve_brute(const FoldingSpace& space, const SolverTask& task) {
  Candidates candidates(space, task);
  FoldingChoice choice(space.stages().size(), 0);
  const std::function<void(std::size_t)> descend = [&](std::size_t stage) {
    if (stage == choice.size()) {
      if (space.is_legal(choice)) candidates.consider(choice, candidates.evaluate(choice));
      return;
    }
    for (std::uint32_t k = 0; k < space.space(stage).options.size(); ++k) {
      if (candidates.solution.interrupted) return;
      choice[stage] = k;
      descend(stage + 1);
    }
    if (stage + 2 == choice.size()) candidates.time_is_over();
  };
  descend(0);
  Solution solution = std::move(candidates.solution);
  if (!solution.interrupted) {
    solution.has_bound = true;
    solution.interval_bound = solution.totals.cycles;
    solution.cost_bound = solution.cost;
  }
  return solution;
}

}  // namespace qnnsim
