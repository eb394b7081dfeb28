// SPDX-License-Identifier: Apache-2.0
#include "analysis/fifo_reason.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace qnnsim {
namespace {

/// Walks the graph of a dataflow.
class Paths {
 public:
  explicit Paths(const Dataflow& dataflow) : dataflow_(dataflow) {}

  /// The kernel with several inputs that the beats of an edge come to next, and the edge by which.
  std::optional<std::size_t> edge_into_join(std::size_t edge) const {
    for (;;) {
      const int node = dataflow_.edges[edge].to;
      if (dataflow_.nodes[node].kernel->inputs().size() > 1) return edge;
      const auto next = out_edges(node);
      if (next.size() != 1) return std::nullopt;
      edge = next.front();
    }
  }

  /// The kernels on the other ways into the join behind `edge`, up to the next fork.
  std::vector<int> beside(std::size_t into_join) const {
    std::vector<int> kernels;
    for (std::size_t other : in_edges(dataflow_.edges[into_join].to)) {
      if (other == into_join) continue;
      for (std::size_t edge = other;;) {
        const int node = dataflow_.edges[edge].from;
        const KernelNode& kernel = dataflow_.nodes[node];
        if (kernel.kernel->outputs().size() != 1 || kernel.kernel->inputs().size() != 1) break;
        kernels.push_back(node);
        edge = in_edges(node).front();
      }
    }
    return kernels;
  }

 private:
  std::vector<std::size_t> in_edges(int node) const {
    std::vector<std::size_t> edges;
    for (std::size_t i = 0; i < dataflow_.edges.size(); ++i) {
      if (dataflow_.edges[i].to == node) edges.push_back(i);
    }
    return edges;
  }
  std::vector<std::size_t> out_edges(int node) const {
    std::vector<std::size_t> edges;
    for (std::size_t i = 0; i < dataflow_.edges.size(); ++i) {
      if (dataflow_.edges[i].from == node) edges.push_back(i);
    }
    return edges;
  }

  const Dataflow& dataflow_;
};

/// " (4.2 rows)" of the map that the edge carries; empty where it carries none.
std::string rows(const Dataflow& dataflow, const Network& network, const Edge& edge,
                 std::uint64_t beats) {
  const std::string& name = dataflow.nodes[edge.from].layer;
  for (const Layer& layer : network.layers) {
    if (layer.name != name || layer.meaning->output().height < 2) continue;
    const double frame = static_cast<double>(dataflow.port(edge).beats);
    return fmt::format(" ({:.2g} rows)",
                       static_cast<double>(beats) * layer.meaning->output().height / frame);
  }
  return "";
}

/// What the other branch waits for: its windows, else its slowest kernel.
std::string held_up_by(const Dataflow& dataflow, const std::vector<int>& kernels) {
  std::vector<std::string> windows;
  for (auto node = kernels.rbegin(); node != kernels.rend(); ++node) {
    if (dataflow.nodes[*node].kind == "swg") windows.push_back(dataflow.nodes[*node].name);
  }
  if (!windows.empty()) return join(windows, " and ");
  const auto slowest = std::max_element(kernels.begin(), kernels.end(), [&](int a, int b) {
    return frame_interval(dataflow.nodes[a]) < frame_interval(dataflow.nodes[b]);
  });
  return slowest == kernels.end() ? "" : dataflow.nodes[*slowest].name;
}

}  // namespace

std::string fifo_reason(const Dataflow& dataflow, const Network& network, std::size_t edge_number,
                        std::uint64_t less, const Verdict& verdict) {
  const Edge& edge = dataflow.edges[edge_number];
  if (verdict.meets() || verdict.conflicts.empty()) return "";
  const std::string amount = fmt::format("{}{}", less, rows(dataflow, network, edge, less));
  const std::string effect = verdict.kind == Verdict::Kind::kDeadlock ? "deadlock" : "are too slow";
  const Paths paths(dataflow);
  const auto into_join = paths.edge_into_join(edge_number);
  if (into_join) {
    const std::string cause = held_up_by(dataflow, paths.beside(*into_join));
    const std::string& at = dataflow.nodes[dataflow.edges[*into_join].to].name;
    if (!cause.empty()) {
      return fmt::format("branch waits at {} for {}: {} beats {}", at, cause, amount, effect);
    }
  }
  const std::size_t others = verdict.conflicts.front().size() - 1;
  const std::string shared =
      others == 0 ? "" : fmt::format(", with {} other FIFO{}", others, others == 1 ? "" : "s");
  return fmt::format("evens out {} and {}{}: {} beats {}", dataflow.nodes[edge.from].name,
                     dataflow.nodes[edge.to].name, shared, amount, effect);
}

}  // namespace qnnsim
