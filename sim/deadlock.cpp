// SPDX-License-Identifier: Apache-2.0
#include "sim/deadlock.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "sim/engine.h"
#include "sim/lowering.h"

namespace qnnsim {
namespace {

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

/// Edges of the cycle of waits whose FIFOs are full.
std::vector<std::size_t> full_edges(const Simulation& stuck) {
  std::vector<std::size_t> edges;
  for (const Blame& blame : cycle_of_waits(stuck, find_blames(stuck))) {
    if (!stuck.fifos()[blame.edge]->can_push()) edges.push_back(blame.edge);
  }
  return edges;
}

/// Lets FIFOs grow in runs of their own until the network flows.
class RemedySearch {
 public:
  RemedySearch(const Scenario& scenario, const std::atomic<bool>* stop)
      : scenario_(scenario), stop_(stop) {}

  std::vector<DepthChange> search(const Simulation& stuck) const {
    std::vector<DepthChange> best;
    std::int64_t best_bits = 0;
    for (std::size_t candidate : full_edges(stuck)) {
      const auto growth = grow({candidate});
      const std::int64_t bits = extra_bits(stuck.dataflow(), growth);
      if (growth.empty() || (!best.empty() && bits >= best_bits)) continue;
      best = changes(stuck.dataflow(), growth);
      best_bits = bits;
    }
    return best.empty() ? changes(stuck.dataflow(), grow({})) : best;
  }

 private:
  using Growth = std::map<std::size_t, std::uint64_t>;  ///< [beats] by edge

  /// Runs the scenario; whenever it stands still, one of `allowed` (of any where it is empty) that
  /// is full on the cycle of waits grows by a beat. Empty if none is, or on `stop`.
  Growth grow(const std::vector<std::size_t>& allowed) const {
    Findings findings;
    SimulationOptions options;
    options.stop = stop_;
    Simulation simulation(lower(scenario_, nullptr, findings), options);
    Growth growth;
    while (run_fast(simulation) == RunStatus::kDeadlock) {
      const auto edge = cheapest(simulation, allowed);
      if (!edge) return {};
      simulation.deepen(*edge, 1);
      ++growth[*edge];
    }
    return simulation.status() == RunStatus::kDone ? growth : Growth{};
  }

  static std::optional<std::size_t> cheapest(const Simulation& stuck,
                                             const std::vector<std::size_t>& allowed) {
    std::optional<std::size_t> best;
    const auto width = [&](std::size_t edge) {
      return stuck.dataflow().port(stuck.dataflow().edges[edge]).width_bits();
    };
    for (std::size_t edge : full_edges(stuck)) {
      const bool may_grow =
          allowed.empty() || std::find(allowed.begin(), allowed.end(), edge) != allowed.end();
      if (may_grow && (!best || width(edge) < width(*best))) best = edge;
    }
    return best;
  }

  static std::int64_t extra_bits(const Dataflow& dataflow, const Growth& growth) {
    std::int64_t bits = 0;
    for (const auto& [edge, beats] : growth) {
      bits += static_cast<std::int64_t>(beats) * dataflow.port(dataflow.edges[edge]).width_bits();
    }
    return bits;
  }

  static std::vector<DepthChange> changes(const Dataflow& dataflow, const Growth& growth) {
    std::vector<DepthChange> result;
    for (const auto& [index, beats] : growth) {
      const Edge& edge = dataflow.edges[index];
      result.push_back({edge.name, edge.depth, edge.depth + beats});
    }
    return result;
  }

  const Scenario& scenario_;
  const std::atomic<bool>* stop_;
};

}  // namespace

Deadlock explain_deadlock(const Scenario& scenario, const Simulation& simulation,
                          const std::atomic<bool>* stop) {
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
  deadlock.remedy = RemedySearch(scenario, stop).search(simulation);
  return deadlock;
}

}  // namespace qnnsim
