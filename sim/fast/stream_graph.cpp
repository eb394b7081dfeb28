// SPDX-License-Identifier: Apache-2.0
#include "sim/fast/stream_graph.h"

#include <utility>

namespace qnnsim {

StreamGraph wiring(const Dataflow& dataflow) {
  StreamGraph graph;
  graph.source = static_cast<int>(dataflow.source_node);
  graph.sink = static_cast<int>(dataflow.sink_node);
  graph.source_beats = dataflow.source().outputs().front().beats;
  graph.sink_beats = dataflow.sink().inputs().front().beats;
  graph.source_pressure = dataflow.source().pressure();
  graph.sink_pressure = dataflow.sink().pressure();
  graph.frames = dataflow.frames;
  graph.schedules.resize(dataflow.nodes.size());
  for (const Edge& edge : dataflow.edges) {
    graph.edges.push_back({edge.from, edge.from_port, edge.to, edge.to_port, edge.depth});
    graph.beats += dataflow.port(edge).beats;
  }
  return graph;
}

std::optional<StreamGraph> stream_graph(const Dataflow& dataflow) {
  StreamGraph graph = wiring(dataflow);
  for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
    if (i == dataflow.source_node || i == dataflow.sink_node) continue;
    std::optional<Schedule> schedule = dataflow.nodes[i].kernel->schedule();
    if (!schedule) return std::nullopt;
    graph.schedules[i] = std::move(*schedule);
  }
  return graph;
}

}  // namespace qnnsim
