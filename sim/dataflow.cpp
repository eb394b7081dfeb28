// SPDX-License-Identifier: Apache-2.0
#include "sim/dataflow.h"

#include <fmt/format.h>

#include <algorithm>

#include <map>

namespace qnnsim {

const KernelNode& slowest(const Dataflow& dataflow) {
  return *std::max_element(dataflow.nodes.begin(), dataflow.nodes.end(),
                           [](const KernelNode& a, const KernelNode& b) {
                             return frame_interval(a) < frame_interval(b);
                           });
}

std::string to_dot(const Dataflow& dataflow) {
  std::map<std::string, std::vector<std::size_t>> layers;
  for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
    layers[dataflow.nodes[i].layer].push_back(i);
  }
  std::string dot = "digraph dataflow {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans\"];\n";
  for (const auto& [layer, nodes] : layers) {
    dot += fmt::format("  subgraph \"cluster_{0}\" {{\n    label=\"{0}\";\n", layer);
    for (std::size_t node : nodes) {
      dot += fmt::format("    n{} [label=\"{}\"];\n", node, dataflow.nodes[node].kind);
    }
    dot += "  }\n";
  }
  for (const Edge& edge : dataflow.edges) {
    dot += fmt::format("  n{} -> n{} [label=\"{} bit x {}\"];\n", edge.from, edge.to,
                       dataflow.port(edge).width_bits(), edge.depth);
  }
  dot += "}\n";
  return dot;
}

}  // namespace qnnsim
