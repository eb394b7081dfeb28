// SPDX-License-Identifier: Apache-2.0
#include "sim/layer_order.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace qnnsim {
namespace {

/// The cycle that walking upstream from `node` ends on: a node that cannot be sorted reads another
/// such.
std::vector<int> cycle_upstream(int node, const Graph& reads, const std::vector<bool>& unsorted) {
  std::vector<int> walk;
  std::vector<bool> walked(reads.size(), false);
  while (!walked[node]) {
    walked[node] = true;
    walk.push_back(node);
    node = *std::find_if(reads[node].begin(), reads[node].end(),
                         [&](int source) { return source >= 0 && unsorted[source]; });
  }
  walk.erase(walk.begin(), std::find(walk.begin(), walk.end(), node));
  std::reverse(walk.begin(), walk.end());
  std::rotate(walk.begin(), std::min_element(walk.begin(), walk.end()), walk.end());
  return walk;
}

}  // namespace

std::vector<int> topological_order(const Graph& reads) {
  const std::size_t size = reads.size();
  std::vector<std::vector<int>> readers(size);
  std::vector<int> unmet(size, 0);
  for (std::size_t node = 0; node < size; ++node) {
    for (const int source : reads[node]) {
      if (source < 0) continue;
      readers[source].push_back(static_cast<int>(node));
      ++unmet[node];
    }
  }
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (std::size_t node = 0; node < size; ++node) {
    if (unmet[node] == 0) ready.push(static_cast<int>(node));
  }
  std::vector<int> order;
  while (!ready.empty()) {
    const int node = ready.top();
    ready.pop();
    order.push_back(node);
    for (const int reader : readers[node]) {
      if (--unmet[reader] == 0) ready.push(reader);
    }
  }
  return order;
}

std::vector<std::vector<int>> cycles(Graph reads) {
  std::vector<std::vector<int>> result;
  while (true) {
    std::vector<bool> unsorted(reads.size(), true);
    for (const int node : topological_order(reads)) unsorted[node] = false;
    const auto first = std::find(unsorted.begin(), unsorted.end(), true);
    if (first == unsorted.end()) return result;
    result.push_back(cycle_upstream(static_cast<int>(first - unsorted.begin()), reads, unsorted));
    for (const int node : result.back()) reads[node].clear();
  }
}

}  // namespace qnnsim
