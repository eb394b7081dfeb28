// SPDX-License-Identifier: Apache-2.0
#include "sim/deadlock.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "sim/fast/fast_engine.h"
#include "sim/lowering.h"

namespace qnnsim {
namespace {

using Blames = std::vector<std::vector<Blame>>;  ///< by node

Blames find_blames(const StreamGraph& graph, const Standstill& standstill) {
  Blames blames(graph.schedules.size());
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    const auto from = static_cast<std::size_t>(graph.edges[i].from);
    const auto to = static_cast<std::size_t>(graph.edges[i].to);
    if (standstill.fifos[i].writer_waits) blames[from].push_back({from, i, to});
    if (standstill.fifos[i].reader_waits) blames[to].push_back({to, i, from});
  }
  return blames;
}

/// Follows blames from a kernel until one repeats.
class CycleFinder {
 public:
  explicit CycleFinder(const Blames& blames)
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
  const Blames& blames_;
  std::vector<State> state_;
  std::vector<Blame> path_;
};

Wait describe(const Dataflow& dataflow, const Standstill& standstill, const Blame& blame) {
  const StuckFifo& fifo = standstill.fifos[blame.edge];
  Wait wait;
  wait.kernel = dataflow.nodes[blame.kernel].name;
  wait.state = fifo.beats_in == fifo.beats_out ? "starved" : "blocked";
  wait.edge = dataflow.edges[blame.edge].name;
  wait.waits_for = dataflow.nodes[blame.waits_for].name;
  wait.beat = fifo.beats_in;
  wait.occupancy = fifo.beats_in - fifo.beats_out;
  wait.depth = fifo.depth;
  wait.since = fifo.since;
  return wait;
}

/// Lets FIFOs grow in runs of their own until the network flows.
class RemedySearch {
 public:
  RemedySearch(const Dataflow& dataflow, const StreamGraph& graph)
      : dataflow_(dataflow), graph_(graph), times_(graph) {}

  std::vector<DepthChange> search(const Standstill& stuck) {
    Growth best;
    for (std::size_t candidate : full_edges(stuck)) {
      Growth growth = grow({candidate});
      if (!growth.empty() && (best.empty() || extra_bits(growth) < extra_bits(best))) {
        best = std::move(growth);
      }
    }
    return changes(best.empty() ? grow({}) : best);
  }

 private:
  using Growth = std::map<std::size_t, std::uint64_t>;  ///< [beats] by edge

  /// Edges of the cycle of waits whose FIFOs are full.
  std::vector<std::size_t> full_edges(const Standstill& stuck) const {
    std::vector<std::size_t> edges;
    for (const Blame& blame : circle_of_waits(graph_, stuck)) {
      if (stuck.fifos[blame.edge].writer_waits) edges.push_back(blame.edge);
    }
    return edges;
  }

  /// Runs all frames; whenever everything stands still, one of `allowed` (of any where it is empty)
  /// that is full on the cycle of waits grows by a beat. Empty if none is.
  Growth grow(const std::vector<std::size_t>& allowed) {
    Growth growth;
    times_.reset(graph_.depths());
    times_.feed(graph_.frames);
    while (!times_.has_flown()) {
      const auto edge = cheapest(standstill_of(graph_, times_), allowed);
      if (!edge) return {};
      times_.deepen(*edge, 1);
      ++growth[*edge];
    }
    return growth;
  }

  std::optional<std::size_t> cheapest(const Standstill& stuck,
                                      const std::vector<std::size_t>& allowed) const {
    std::optional<std::size_t> best;
    for (std::size_t edge : full_edges(stuck)) {
      const bool may_grow =
          allowed.empty() || std::find(allowed.begin(), allowed.end(), edge) != allowed.end();
      if (may_grow && (!best || width(edge) < width(*best))) best = edge;
    }
    return best;
  }

  std::int64_t width(std::size_t edge) const {
    return dataflow_.port(dataflow_.edges[edge]).width_bits();
  }

  std::int64_t extra_bits(const Growth& growth) const {
    std::int64_t bits = 0;
    for (const auto& [edge, beats] : growth) {
      bits += static_cast<std::int64_t>(beats) * width(edge);
    }
    return bits;
  }

  std::vector<DepthChange> changes(const Growth& growth) const {
    std::vector<DepthChange> result;
    for (const auto& [index, beats] : growth) {
      const Edge& edge = dataflow_.edges[index];
      result.push_back({edge.name, edge.depth, edge.depth + beats});
    }
    return result;
  }

  const Dataflow& dataflow_;
  const StreamGraph& graph_;
  BeatTimes<PlainTime> times_;
};

}  // namespace

std::vector<Blame> circle_of_waits(const StreamGraph& graph, const Standstill& standstill) {
  const Blames blames = find_blames(graph, standstill);
  return CycleFinder(blames).find(static_cast<std::size_t>(graph.sink));
}

Deadlock explain_deadlock(const Scenario& scenario, const Dataflow& dataflow,
                          const Standstill& standstill) {
  // The kernels of the run may be in RTL; their models have schedules.
  Findings findings;
  const Dataflow models = lower(scenario, nullptr, findings);
  const std::optional<StreamGraph> scheduled =
      dataflow.memory ? std::nullopt : stream_graph(models);
  const StreamGraph graph = scheduled ? *scheduled : wiring(dataflow);

  Deadlock deadlock;
  deadlock.cycle = standstill.cycle;
  const Blames blames = find_blames(graph, standstill);
  std::vector<bool> in_cycle(blames.size(), false);
  for (const Blame& blame : circle_of_waits(graph, standstill)) {
    deadlock.cycle_of_waits.push_back(describe(dataflow, standstill, blame));
    in_cycle[blame.kernel] = true;
  }
  for (std::size_t i = 0; i < blames.size(); ++i) {
    if (in_cycle[i]) continue;
    for (const Blame& blame : blames[i]) {
      deadlock.others.push_back(describe(dataflow, standstill, blame));
    }
  }
  deadlock.remedy_sought = scheduled.has_value();
  if (deadlock.remedy_sought) deadlock.remedy = RemedySearch(dataflow, graph).search(standstill);
  return deadlock;
}

}  // namespace qnnsim
