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

#include "analysis/folding/pareto.h"

namespace qnnsim {
namespace {

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max() / 4;
constexpr std::size_t kMostCells = 4'000'000;
constexpr std::size_t kMostStates = 4'000'000;

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

const char* use_name(std::size_t use) {
  return use == kTraffic ? "memory bandwidth" : kResourceKinds[use].name;
}

ShareCost::ShareCost(const Resources& limits, std::int64_t bytes) {
  constexpr std::int64_t kWhole = 1'000'000'000'000;
  const auto all = as_array(limits);
  // What there is nothing of counts as the whole each.
  for (std::size_t j = 0; j < kKindsOfResource; ++j)
    units_[j] = kWhole / std::max<std::int64_t>(all[j], 1);
  byte_unit_ = kWhole / std::max<std::int64_t>(bytes, 1);
}

std::int64_t ShareCost::of(const Resources& resources, std::uint64_t traffic) const {
  const auto all = as_array(resources);
  std::int64_t cost = byte_unit_ * static_cast<std::int64_t>(traffic);
  for (std::size_t j = 0; j < kKindsOfResource; ++j) cost += units_[j] * all[j];
  return cost;
}

TargetSearch::TargetSearch(const FoldingSpace& space, const Resources& limits, std::uint64_t target)
    : space_(space),
      limits_(limits),
      share_cost_(limits, space.traffic_in(target)),
      target_(target) {
  const auto all = as_array(limits);
  for (std::size_t j = 0; j < kKindsOfResource; ++j) {
    caps_[j] = all[j];
    counts_[j] = all[j] > 0;
  }
  caps_[kTraffic] = space.traffic_in(target);
  counts_[kTraffic] = space.bytes_per_cycle() > 0 && caps_[kTraffic] > 0;
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
        if (static_cast<std::int64_t>(option.traffic) > caps_[kTraffic]) continue;
        const LayerStructure& structure = space.structure(option);
        insert_if_best(groups[{structure.lanes_in, structure.lanes_out}], k,
                       [&](std::uint32_t a, std::uint32_t b) {
                         return space.options[a].traffic <= space.options[b].traffic &&
                                space.options[a].resources.fit(space.options[b].resources);
                       });
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

std::shared_ptr<const Moves> TargetSearch::moves_of(std::size_t stage,
                                                    const std::vector<std::size_t>& producers) {
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
  std::vector<std::vector<Move>> cells(inputs * moves->outs);
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
    // Options of equal lanes stand together.
    const std::vector<int>* lanes = nullptr;
    bool is_legal = true;
    Link between;  // all links
    for (std::uint32_t k : options_[stage]) {
      const LayerOption& option = space.options[k];
      const LayerStructure& structure = space.structure(option);
      if (lanes == nullptr || *lanes != structure.lanes_in) {
        lanes = &structure.lanes_in;
        is_legal = true;
        between = {};
        for (std::size_t input = 0; input < from.size() && is_legal; ++input) {
          const int to = structure.lanes_in[input];
          is_legal = from[input] == to || !space_.is_tied(stage, input);
          if (!is_legal) break;
          const auto [link, is_new] = links.try_emplace({input, from[input], to});
          if (is_new) {
            link->second =
                space_.link(static_cast<std::size_t>(what.inputs[input]), from[input], to);
          }
          between.cycles = std::max(between.cycles, link->second.cycles);
          between.resources += link->second.resources;
        }
      }
      const std::size_t out = place_in(widths_[stage], structure.lanes_out);
      if (!is_legal || std::max(between.cycles, forks[out].cycles) > target_) continue;
      const Resources resources = option.resources + forks[out].resources + between.resources;
      if (!resources.fit(limits_)) continue;
      Move move{{}, k};
      const auto all = as_array(resources);
      std::copy(all.begin(), all.end(), move.uses.begin());
      move.uses[kTraffic] = static_cast<std::int64_t>(option.traffic);
      move.uses[kCost] = share_cost_.of(resources, option.traffic);
      insert_if_best(cells[combination * moves->outs + out], move,
                     [](const Move& a, const Move& b) { return at_most(a.uses, b.uses); });
    }
  }
  for (const std::vector<Move>& cell : cells) {
    moves->first.push_back(static_cast<std::uint32_t>(moves->list.size()));
    moves->list.insert(moves->list.end(), cell.begin(), cell.end());
  }
  moves->first.push_back(static_cast<std::uint32_t>(moves->list.size()));
  known = moves;
  return known;
}

void TargetSearch::lay_out() {
  const std::vector<FoldingSpace::Stage>& stages = space_.stages();
  std::vector<int> readers;
  for (const FoldingSpace::Stage& stage : stages) readers.push_back(stage.readers);
  std::vector<std::size_t> alive;  // streams, by their producer
  std::vector<StageStep> steps;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const std::vector<std::size_t> producers = distinct(stages[i].inputs);
    StageStep step;
    step.moves = moves_of(i, producers);
    const auto extra = as_array(stages[i].extra);
    std::copy(extra.begin(), extra.end(), step.extra.begin());
    step.extra[kCost] = share_cost_.of(stages[i].extra, 0);
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
    steps.push_back(std::move(step));
  }
  graph_ = MoveGraph(std::move(steps));
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
  PathSearch paths(graph_, caps_, counts_);
  const PathSearch::Bound bound = paths.bound(deadline);
  TargetOutcome outcome;
  least_overuse_ = outcome.least_overuse = paths.least_overuse();
  if (bound.value == kForbidden) {
    refusal.kind = Refusal::Kind::kSearch;  // no widths fit together
    return refused(refusal);
  }
  if (!paths.found() && bound.value > 1 + kRounding) {
    refusal.kind = Refusal::Kind::kWeights;
    refusal.least = bound.value;
    for (std::size_t j = 0; j < kUses; ++j) {
      refusal.weights[j] = bound.weights[j] * static_cast<double>(caps_[j]);
    }
    return refused(refusal);
  }
  const bool is_complete = paths.found() || paths.search(deadline);
  labels_ += paths.labels();
  if (paths.found()) {
    outcome.status = TargetOutcome::Status::kFits;
    outcome.choice = *paths.found();
    return outcome;
  }
  if (!is_complete) return outcome;
  refusal.kind = Refusal::Kind::kSearch;
  return refused(refusal);
}

TargetOutcome TargetSearch::cheapest(const FoldingChoice& known, const Deadline& deadline) {
  // The cheapest of all, whether it fits or not.
  Weights weights{};
  weights[kCost] = 1;
  std::int64_t bound = graph_.relax(weights).path.uses[kCost];
  counts_[kCost] = true;
  PathSearch paths(graph_, caps_, counts_);
  const FoldingTotals totals = space_.evaluate(known);
  paths.consider(known, share_cost_.of(totals.resources, totals.traffic));
  raise_bound(paths, bound, deadline);
  // The closer the cost asked for is to the bound, the sooner all others are ruled out.
  constexpr std::int64_t kFirstStep = 64;
  std::int64_t step = (paths.cost() - bound) / kFirstStep + 1;
  while (bound < paths.cost()) {
    const std::int64_t asked = std::min(bound + step, paths.cost() - 1);
    paths.set_cost_cap(asked);
    if (!paths.search(deadline)) break;
    bound = std::min(asked + 1, paths.cost());
    step *= 2;
  }
  labels_ += paths.labels();
  TargetOutcome outcome;
  outcome.status = TargetOutcome::Status::kFits;
  outcome.choice = *paths.found();
  outcome.cost = paths.cost();
  outcome.cost_bound = std::min(bound, paths.cost());
  return outcome;
}

void TargetSearch::raise_bound(PathSearch& paths, std::int64_t& bound,
                               const Deadline& deadline) const {
  // As long as weights prove that nothing that fits costs so little.
  constexpr int kMostSteps = 20;
  constexpr double kCrawl = 1e-6;
  for (int step = 0; step < kMostSteps && bound < paths.cost() && !deadline.passed(); ++step) {
    const std::int64_t cap = std::max<std::int64_t>(bound, 1);
    paths.set_cost_cap(cap);
    const PathSearch::Bound found = paths.bound(deadline);
    if (found.value <= 1 + kRounding || found.weights[kCost] <= 0) return;
    double others = 0;
    for (std::size_t j = 0; j < kCost; ++j) {
      if (counts_[j]) others += found.weights[j] * static_cast<double>(caps_[j]);
    }
    const double least = (found.value - others) / found.weights[kCost] * (1 - kRounding);
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
  return graph_.relax(weights).path.uses[resource];
}

}  // namespace qnnsim
