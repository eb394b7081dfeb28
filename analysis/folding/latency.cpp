// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/latency.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

namespace qnnsim {
namespace {

/// Of the options of a stage that are faster than the present one, and fit in its place, the
/// cheapest of each speed: the next faster, one in the middle, and the fastest.
std::vector<FoldingChoice> faster(const FoldingSpace& space, const SolverTask& task,
                                  const FoldingChoice& present, std::size_t stage) {
  const std::vector<LayerOption>& options = space.space(stage).options;
  std::map<std::uint64_t, std::pair<std::int64_t, FoldingChoice>> by_cycles;
  for (std::uint32_t k = 0; k < options.size(); ++k) {
    if (options[k].cycles >= options[present[stage]].cycles) continue;
    FoldingChoice choice = present;
    choice[stage] = k;
    adapt_ends(space, choice);
    const FoldingTotals totals = space.evaluate(choice);
    if (!totals.resources.fit(task.limits)) continue;
    const std::int64_t costs = cost_of(space, task, totals);
    const auto place = by_cycles.find(options[k].cycles);
    if (place == by_cycles.end()) {
      by_cycles[options[k].cycles] = {costs, std::move(choice)};
    } else if (costs < place->second.first) {
      place->second = {costs, std::move(choice)};
    }
  }
  std::vector<FoldingChoice> all;
  for (auto& [cycles, candidate] : by_cycles) all.push_back(std::move(candidate.second));
  if (all.size() <= 3) return all;
  return {all.front(), all[all.size() / 2], all.back()};
}

}  // namespace

Solution shorten_latency(const FoldingSpace& space, const SolverTask& task, Solution start,
                         const LatencyOf& latency_of) {
  const Deadline deadline = Deadline::after(task.seconds, task.stop);
  std::optional<std::uint64_t> best = latency_of(start.choice);
  start.tried = 1;
  for (bool improves = best.has_value(); improves;) {
    improves = false;
    std::vector<std::size_t> order(space.stages().size() - 2);
    std::iota(order.begin(), order.end(), 1);
    const auto cycles = [&](std::size_t stage) {
      return space.space(stage).options[start.choice[stage]].cycles;
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return cycles(a) > cycles(b); });
    for (std::size_t stage : order) {
      for (const FoldingChoice& choice : faster(space, task, start.choice, stage)) {
        if (deadline.passed()) {
          start.interrupted = true;
          improves = false;
          break;
        }
        if (task.progress) {
          task.progress(
              fmt::format("{} foldings simulated, latency {} cycles", start.tried, *best));
        }
        const std::optional<std::uint64_t> latency = latency_of(choice);
        ++start.tried;
        if (!latency || *latency >= *best) continue;
        best = latency;
        start.choice = choice;
        improves = true;
      }
      if (start.interrupted) break;
    }
  }
  start.totals = space.evaluate(start.choice);
  start.cost = cost_of(space, task, start.totals);
  return start;
}

}  // namespace qnnsim
