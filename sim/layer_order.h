// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace qnnsim {

/// For every node, the nodes that it reads; negative entries stand for nothing.
using Graph = std::vector<std::vector<int>>;

/// The nodes so that each comes behind all that it reads, otherwise in ascending order. Nodes on a
/// cycle, or behind one, are left out.
std::vector<int> topological_order(const Graph& reads);

/// Cycles of the graph, each node being read by the next and the last by the first; no two share a
/// node, and each begins with its least node.
std::vector<std::vector<int>> cycles(Graph reads);

}  // namespace qnnsim
