// SPDX-License-Identifier: Apache-2.0
#include "sim/fast/unbounded_depths.h"

#include <algorithm>

#include "sim/fast/beat_times.h"

namespace qnnsim {

std::vector<bool> endless_edges(const StreamGraph& graph) {
  std::vector<bool> is_fed(graph.schedules.size());
  is_fed[static_cast<std::size_t>(graph.source)] = true;
  // Kernels are in topological order.
  std::vector<const StreamGraph::Edge*> edges;
  for (const StreamGraph::Edge& edge : graph.edges) edges.push_back(&edge);
  std::stable_sort(edges.begin(), edges.end(),
                   [](const auto* a, const auto* b) { return a->from < b->from; });
  for (const StreamGraph::Edge* edge : edges) {
    if (is_fed[static_cast<std::size_t>(edge->from)])
      is_fed[static_cast<std::size_t>(edge->to)] = true;
  }
  std::vector<bool> endless;
  for (const StreamGraph::Edge& edge : graph.edges) {
    endless.push_back(!is_fed[static_cast<std::size_t>(edge.from)]);
  }
  return endless;
}

std::vector<std::uint64_t> unbounded_depths(const StreamGraph& graph) {
  std::vector<std::uint64_t> depths;
  for (bool is_endless : endless_edges(graph)) {
    depths.push_back(is_endless ? kDeepWeightFifo : kUnboundedDepth);
  }
  return depths;
}

}  // namespace qnnsim
