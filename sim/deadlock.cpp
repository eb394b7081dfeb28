// SPDX-License-Identifier: Apache-2.0
#include "sim/deadlock.h"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/engine.h"
#include "sim/lowering.h"

namespace qnnsim {
namespace {

constexpr std::uint64_t kUnbounded = std::uint64_t{1} << 40;

/// One reason why a kernel stands still: edge number `edge` is empty or full.
struct Blame {
  std::size_t kernel;
  std::size_t edge;
  std::size_t waits_for;
};

std::vector<std::vector<Blame>> find_blames(const Simulation& simulation) {
  const Dataflow& dataflow = simulation.dataflow();
  std::vector<std::vector<Blame>> blames(dataflow.nodes.size());
  for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
    const Edge& edge = dataflow.edges[i];
    const Fifo& fifo = *simulation.fifos()[i];
    const auto from = static_cast<std::size_t>(edge.from);
    const auto to = static_cast<std::size_t>(edge.to);
    const auto does = [&](std::size_t node) { return simulation.processes()[node]->activity(); };
    if (!fifo.can_push() && does(from) == Activity::kBlocked &&
        dataflow.nodes[from].kernel->waits_for_output(edge.from_port)) {
      blames[from].push_back({from, i, to});
    }
    if (!fifo.can_pop() && does(to) == Activity::kStarved &&
        dataflow.nodes[to].kernel->waits_for_input(edge.to_port)) {
      blames[to].push_back({to, i, from});
    }
  }
  return blames;
}

/// Follows blames from a kernel until one repeats.
class CycleFinder {
 public:
  explicit CycleFinder(const std::vector<std::vector<Blame>>& blames)
      : blames_(blames), state_(blames.size(), State::kNew) {}

  /// A cycle of waits that `start` leads to; empty if there is none.
  std::vector<Blame> find(std::size_t start) {
    state_[start] = State::kOnPath;
    for (const Blame& blame : blames_[start]) {
      path_.push_back(blame);
      if (state_[blame.waits_for] == State::kOnPath) {
        const auto first = std::find_if(path_.begin(), path_.end(), [&](const Blame& b) {
          return b.kernel == blame.waits_for;
        });
        return {first, path_.end()};
      }
      if (state_[blame.waits_for] == State::kNew) {
        std::vector<Blame> cycle = find(blame.waits_for);
        if (!cycle.empty()) return cycle;
      }
      path_.pop_back();
    }
    state_[start] = State::kDone;
    return {};
  }

 private:
  enum class State { kNew, kOnPath, kDone };
  const std::vector<std::vector<Blame>>& blames_;
  std::vector<State> state_;
  std::vector<Blame> path_;
};

std::vector<Blame> cycle_of_waits(const Simulation& simulation,
                                  const std::vector<std::vector<Blame>>& blames) {
  return CycleFinder(blames).find(simulation.dataflow().sink_node);
}

Wait describe(const Simulation& simulation, const Blame& blame) {
  const Dataflow& dataflow = simulation.dataflow();
  const Fifo& fifo = *simulation.fifos()[blame.edge];
  Wait wait;
  wait.kernel = dataflow.nodes[blame.kernel].name;
  wait.state = fifo.can_pop() ? "blocked" : "starved";
  wait.edge = dataflow.edges[blame.edge].name;
  wait.waits_for = dataflow.nodes[blame.waits_for].name;
  wait.occupancy = fifo.occupancy();
  wait.depth = fifo.depth();
  wait.since = fifo.changed_at();
  return wait;
}

/// Tries FIFO depths by simulation.
class RemedySearch {
 public:
  explicit RemedySearch(const Scenario& scenario) : scenario_(scenario) {}

  std::vector<DepthChange> search(const Simulation& stuck) {
    std::vector<std::size_t> full = full_edges(stuck);
    std::vector<DepthChange> best;
    std::int64_t best_bits = 0;
    for (std::size_t edge : full) {
      const auto depths = minimise(stuck.dataflow(), {edge}, /*may_widen=*/false);
      if (depths.empty()) continue;
      const std::int64_t bits = extra_bits(stuck.dataflow(), depths);
      if (best.empty() || bits < best_bits) {
        best = changes(stuck.dataflow(), depths);
        best_bits = bits;
      }
    }
    return best.empty() ? changes(stuck.dataflow(), minimise(stuck.dataflow(), full, true)) : best;
  }

 private:
  using Depths = std::map<std::size_t, std::uint64_t>;  ///< by edge

  struct Outcome {
    bool flows = false;
    Depths used;                   ///< greatest occupancy of the edges that were changed
    std::vector<std::size_t> full;  ///< edges to widen next, if it does not flow
  };

  static std::vector<std::size_t> full_edges(const Simulation& stuck) {
    std::vector<std::size_t> edges;
    for (const Blame& blame : cycle_of_waits(stuck, find_blames(stuck))) {
      if (!stuck.fifos()[blame.edge]->can_push()) edges.push_back(blame.edge);
    }
    return edges;
  }

  Outcome attempt(const Depths& depths) const {
    Findings findings;
    Dataflow dataflow = lower(scenario_, nullptr, findings);
    for (const auto& [edge, depth] : depths) dataflow.edges[edge].depth = depth;
    SimulationOptions options;
    options.patience = kFastPatience;
    Simulation simulation(std::move(dataflow), options);
    Outcome outcome;
    outcome.flows = run_fast(simulation) == RunStatus::kDone;
    if (!outcome.flows) outcome.full = full_edges(simulation);
    for (const auto& [edge, depth] : depths) {
      outcome.used[edge] = simulation.fifos()[edge]->statistics(simulation.now()).max_occupancy;
    }
    return outcome;
  }

  /// The least depths of `edges`, one after the other, with which the network flows. With `may_widen`
  /// the FIFOs that cause a further deadlock join them. Empty if no depth helps.
  Depths minimise(const Dataflow& original, const std::vector<std::size_t>& edges,
                  bool may_widen) const {
    Depths depths;
    for (std::size_t edge : edges) depths[edge] = kUnbounded;
    Outcome outcome = attempt(depths);
    while (!outcome.flows && may_widen && !outcome.full.empty()) {
      for (std::size_t edge : outcome.full) depths[edge] = kUnbounded;
      outcome = attempt(depths);
    }
    if (!outcome.flows) return {};
    for (auto& [edge, depth] : depths) {
      depth = std::max(outcome.used[edge], original.edges[edge].depth);
    }
    for (auto& [edge, depth] : depths) {
      // Alone, the depth that got stuck is known to fail; beside deeper ones it may do.
      std::uint64_t fails = original.edges[edge].depth - (depths.size() > 1 ? 1 : 0);
      while (depth - fails > 1) {
        const std::uint64_t middle = fails + (depth - fails) / 2;
        Depths trial = depths;
        trial[edge] = middle;
        (attempt(trial).flows ? depth : fails) = middle;
      }
    }
    return depths;
  }

  static std::int64_t extra_bits(const Dataflow& dataflow, const Depths& depths) {
    std::int64_t bits = 0;
    for (const auto& [index, depth] : depths) {
      const Edge& edge = dataflow.edges[index];
      bits += (static_cast<std::int64_t>(depth) - static_cast<std::int64_t>(edge.depth)) *
              dataflow.port(edge).width_bits();
    }
    return bits;
  }

  static std::vector<DepthChange> changes(const Dataflow& dataflow, const Depths& depths) {
    std::vector<DepthChange> result;
    for (const auto& [index, depth] : depths) {
      const Edge& edge = dataflow.edges[index];
      if (depth > edge.depth) result.push_back({edge.name, edge.depth, depth});
    }
    return result;
  }

  const Scenario& scenario_;
};

}  // namespace

Deadlock explain_deadlock(const Scenario& scenario, const Simulation& simulation) {
  Deadlock deadlock;
  deadlock.cycle = simulation.now();
  const auto blames = find_blames(simulation);
  const auto cycle = cycle_of_waits(simulation, blames);
  std::vector<bool> in_cycle(blames.size(), false);
  for (const Blame& blame : cycle) {
    deadlock.cycle_of_waits.push_back(describe(simulation, blame));
    in_cycle[blame.kernel] = true;
  }
  for (std::size_t i = 0; i < blames.size(); ++i) {
    if (in_cycle[i]) continue;
    for (const Blame& blame : blames[i]) deadlock.others.push_back(describe(simulation, blame));
  }
  deadlock.remedy = RemedySearch(scenario).search(simulation);
  return deadlock;
}

}  // namespace qnnsim
