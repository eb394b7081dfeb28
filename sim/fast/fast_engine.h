// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>

#include "sim/fast/beat_times.h"
#include "sim/fast/stream_graph.h"
#include "sim/run_counts.h"

namespace qnnsim {

struct FastOptions {
  bool occupancy_histogram = false;
  const std::atomic<bool>* stop = nullptr;  ///< ends the run early, between two frames
  std::function<void(const std::vector<Cycle>& frame_ends)> progress;  ///< after every frame
};

/// Runs a graph beat by beat (BeatTimes) and counts what a clocked engine would count.
///
/// Once the state at the end of a frame is that of an earlier end but for a constant time, the rest
/// of the run is implied: whole periods are skipped, and only their counts added.
RunCounts run_fast(const StreamGraph& graph, const FastOptions& options = {});

/// Where a graph stands that stands still.
template <class Time, bool kCounts>
Standstill standstill_of(const StreamGraph& graph, const BeatTimes<Time, kCounts>& times) {
  Standstill standstill;
  standstill.cycle = static_cast<Cycle>(times.last_move() + 2);
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    const StreamGraph::Edge& edge = graph.edges[i];
    StuckFifo stuck;
    stuck.depth = times.depth(i);
    stuck.beats_in = times.beats_in(i);
    stuck.beats_out = times.beats_out(i);
    stuck.since = static_cast<Cycle>(times.moved_at(i));
    const std::uint64_t fill = stuck.beats_in - stuck.beats_out;
    stuck.writer_waits = fill == stuck.depth && times.waits(edge.from) == Activity::kBlocked &&
                         times.waits_for_output(edge.from, edge.from_port);
    stuck.reader_waits = fill == 0 && times.waits(edge.to) == Activity::kStarved &&
                         times.waits_for_input(edge.to, edge.to_port);
    standstill.fifos.push_back(stuck);
  }
  return standstill;
}

}  // namespace qnnsim
