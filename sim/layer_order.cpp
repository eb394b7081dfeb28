// SPDX-License-Identifier: Apache-2.0
#include "sim/layer_order.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace qnnsim {

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

std::vector<std::vector<int>> cycles(const Graph& reads) {
  constexpr int kLeft = -1, kSorted = -2;  // or the number of the walk that came by
  std::vector<int> walk(reads.size(), kLeft);
  for (const int node : topological_order(reads)) walk[node] = kSorted;

  // A node that could not be sorted reads another such: walking upstream ends on a cycle.
  const auto upstream = [&](int node) {
    return *std::find_if(reads[node].begin(), reads[node].end(),
                         [&](int source) { return source >= 0 && walk[source] != kSorted; });
  };
  std::vector<std::vector<int>> result;
  for (int start = 0; start < static_cast<int>(reads.size()); ++start) {
    int node = start;
    for (; walk[node] == kLeft; node = upstream(node)) walk[node] = start;
    if (walk[node] != start) continue;
    std::vector<int> cycle;
    int next = node;
    do {
      cycle.push_back(next);
      next = upstream(next);
    } while (next != node);
    std::reverse(cycle.begin(), cycle.end());
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    result.push_back(std::move(cycle));
  }
  return result;
}

}  // namespace qnnsim
