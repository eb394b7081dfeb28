// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/pressure.h"
#include "models/schedule.h"
#include "sim/dataflow.h"

namespace qnnsim {

/// What decides when beats move, and nothing else: schedules, FIFOs between them, the pressure of
/// source and sink.
struct StreamGraph {
  struct Edge {
    int from = 0;
    int from_port = 0;
    int to = 0;
    int to_port = 0;
    std::uint64_t depth = 0;  ///< [beats]
  };

  std::vector<Schedule> schedules;  ///< by node; of source and sink none
  std::vector<Edge> edges;
  int source = 0;
  int sink = 0;
  std::uint64_t source_beats = 0;  ///< [beats per frame]
  std::uint64_t sink_beats = 0;    ///< [beats per frame]
  std::uint64_t beats = 0;         ///< [beats per frame] over all edges
  Pressure source_pressure;
  Pressure sink_pressure;
  std::uint64_t frames = 1;

  /// Every kernel's schedule repeats, and so does the pressure from outside, whenever it begins.
  bool is_periodic() const { return source_pressure.is_periodic() && sink_pressure.is_periodic(); }
  /// [beats] by edge
  std::vector<std::uint64_t> depths() const {
    std::vector<std::uint64_t> depths;
    for (const Edge& edge : edges) depths.push_back(edge.depth);
    return depths;
  }
};

/// The graph without schedules.
StreamGraph wiring(const Dataflow& dataflow);

/// Nothing if the schedule of a kernel is not known beforehand.
std::optional<StreamGraph> stream_graph(const Dataflow& dataflow);

}  // namespace qnnsim
