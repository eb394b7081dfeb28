// SPDX-License-Identifier: Apache-2.0
#include "sim/finn_graph.h"

#include <algorithm>

namespace qnnsim {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// Is this kernel a node of FINN, or inside one? All are, but what FINN puts between nodes, what
/// feeds a matrix unit with weights, and what moves tensors in memory.
bool is_in_finn(const KernelNode& node) {
  static const std::set<std::string> others = {"dwc",   "weights",    "repeat",     "reorder",
                                               "start", "axi_writer", kMemoryReader};
  return !node.outside && others.count(node.kind) == 0;
}

/// Finds the nodes of FINN, and then what lies between them.
class Reading {
 public:
  Reading(const Dataflow& dataflow, const FinnDifferences& differences)
      : dataflow_(dataflow), differences_(differences), outgoing_(dataflow.nodes.size()) {
    for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
      outgoing_[node_of(dataflow.edges[i].from)].push_back(i);
    }
    for (std::vector<std::size_t>& edges : outgoing_) {
      std::stable_sort(edges.begin(), edges.end(), [&](std::size_t a, std::size_t b) {
        return dataflow.edges[a].from_port < dataflow.edges[b].from_port;
      });
    }
  }

  FinnGraph run() {
    find_owners();
    find_chains();
    sort_nodes();
    number_fifos();
    number_sorted();
    return std::move(graph_);
  }

 private:
  static std::size_t node_of(int index) { return static_cast<std::size_t>(index); }
  const KernelNode& node(std::size_t index) const { return dataflow_.nodes[index]; }
  bool is_inner(std::size_t index) const { return differences_.inner.count(node(index).name) > 0; }

  /// What stands behind `index`, width converters passed over.
  std::size_t reader(std::size_t index) const {
    std::size_t to = node_of(dataflow_.edges[outgoing_[index].front()].to);
    return node(to).kind == "dwc" ? node_of(dataflow_.edges[outgoing_[to].front()].to) : to;
  }

  /// An inner threshold belongs to the kernel in front of it, inner windows to the one behind.
  void find_owners() {
    owner_.assign(dataflow_.nodes.size(), kNone);
    for (std::size_t i = 0; i < dataflow_.nodes.size(); ++i) {
      if (is_in_finn(node(i)) && !is_inner(i)) owner_[i] = i;
    }
    for (std::size_t i = 0; i < dataflow_.nodes.size(); ++i) {
      if (is_inner(i) && node(i).kind == "swg") owner_[i] = reader(i);
      const bool may_hold = owner_[i] != kNone && !outgoing_[i].empty();
      if (!may_hold) continue;
      const std::size_t behind = reader(i);
      if (is_inner(behind) && node(behind).kind == "threshold") owner_[behind] = owner_[i];
    }
    // What reorders the results of a matrix unit is a part of it.
    for (std::size_t i = 0; i < dataflow_.nodes.size(); ++i) {
      if (node(i).kind != "reorder") continue;
      for (std::size_t k = 0; k < i; ++k) {
        if (node(k).layer == node(i).layer && node(k).kind == "mvu") owner_[i] = k;
      }
    }
  }

  bool is_end(std::size_t index) const {
    return node(index).outside || index == dataflow_.source_node || index == dataflow_.sink_node;
  }

  void find_chains() {
    for (std::size_t i = 0; i < dataflow_.nodes.size(); ++i) {
      const bool begins = owner_[i] != kNone || is_source(i);
      if (!begins) continue;
      for (const std::size_t edge : outgoing_[i]) add_chain(i, edge);
    }
  }

  /// Does the network's input come from here?
  bool is_source(std::size_t index) const {
    return index == dataflow_.source_node || node(index).name == "input";
  }

  void add_chain(std::size_t from, std::size_t edge) {
    FinnChain chain;
    chain.edges = {edge};
    std::size_t to = node_of(dataflow_.edges[edge].to);
    if (node(to).kind == "dwc") {
      chain.edges.push_back(outgoing_[to].front());
      to = node_of(dataflow_.edges[chain.edges.back()].to);
    }
    const bool leads_on = owner_[to] != kNone;
    if (!leads_on && !is_end(to) && node(to).name != "output") return;  // inside a memory's master
    if (leads_on && owner_[to] == owner_[from]) return;
    if (owner_[from] != kNone) chain.from = owner_[from];
    if (leads_on) chain.to = owner_[to];
    if (!chain.from && !chain.to) return;
    chain.from_port = dataflow_.edges[edge].from_port;
    chain.to_port = dataflow_.edges[chain.edges.back()].to_port;
    const Kernel& writer = *node(from).kernel;
    const Kernel& reader = *node(to).kernel;
    const auto port_out = static_cast<std::size_t>(dataflow_.edges[edge].from_port);
    chain.converts = chain.from && chain.to &&
                     lanes(*chain.from, writer.outputs()[port_out].lanes) !=
                         lanes(*chain.to, reader.inputs()[node_of(chain.to_port)].lanes);
    graph_.chains.push_back(std::move(chain));
  }

  int lanes(std::size_t index, int ours) const {
    const auto found = differences_.lanes.find(node(index).name);
    return found == differences_.lanes.end() ? ours : found->second;
  }

  void sort_nodes() {
    graph_.levels.assign(dataflow_.nodes.size(), 0);
    // Chains stand in the order of the kernels that they leave, which is topological.
    for (const FinnChain& chain : graph_.chains) {
      if (!chain.from || !chain.to) continue;
      std::size_t& level = graph_.levels[*chain.to];
      level = std::max(level, graph_.levels[*chain.from] + 1);
    }
    for (std::size_t i = 0; i < owner_.size(); ++i) {
      if (owner_[i] == i) graph_.nodes.push_back(i);
    }
    std::stable_sort(graph_.nodes.begin(), graph_.nodes.end(), [&](std::size_t a, std::size_t b) {
      return graph_.levels[a] < graph_.levels[b];
    });
  }

  void number_fifos() {
    for (std::size_t i = 0; i < graph_.chains.size(); ++i) {
      if (!graph_.chains[i].from) graph_.fifos.push_back({i, false});
    }
    std::optional<std::size_t> last;
    for (const std::size_t index : graph_.nodes) {
      std::vector<std::size_t> outputs;
      for (std::size_t i = 0; i < graph_.chains.size(); ++i) {
        const FinnChain& chain = graph_.chains[i];
        if (!chain.from || *chain.from != index) continue;
        if (chain.to) {
          outputs.insert(outputs.begin(), i);
        } else {
          last = i;
        }
      }
      for (const std::size_t chain : outputs) graph_.fifos.push_back({chain, false});
      for (const std::size_t chain : outputs) {
        if (!graph_.chains[chain].converts) continue;
        graph_.fifos.push_back({chain, true});
        graph_.converters.push_back(chain);
      }
    }
    if (last) graph_.fifos.push_back({*last, false});
  }

  /// As above, but by the longest way from the input, FIFOs and converters counted.
  void number_sorted() {
    struct Inserted {
      std::size_t level;
      std::size_t chain;
      bool is_converter;
      bool behind;
    };
    std::vector<Inserted> all;
    std::vector<std::size_t> levels(dataflow_.nodes.size(), 0);
    // A chain of which the node in front has its level: chains stand in topological order.
    std::vector<std::size_t> begins(graph_.chains.size(), 0);
    for (std::size_t i = 0; i < graph_.chains.size(); ++i) {
      const FinnChain& chain = graph_.chains[i];
      begins[i] = chain.from ? levels[*chain.from] + 1 : 0;
      if (!chain.to) continue;
      std::size_t& level = levels[*chain.to];
      level = std::max(level, begins[i] + (chain.converts ? 3 : 1));
    }
    for (const FinnFifo& fifo : graph_.fifos) {
      all.push_back({begins[fifo.chain] + (fifo.behind ? 2 : 0), fifo.chain, false, fifo.behind});
      if (fifo.behind) all.push_back({begins[fifo.chain] + 1, fifo.chain, true, false});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Inserted& a, const Inserted& b) { return a.level < b.level; });
    for (const Inserted& inserted : all) {
      if (inserted.is_converter) {
        graph_.sorted_converters.push_back(inserted.chain);
      } else {
        graph_.sorted_fifos.push_back({inserted.chain, inserted.behind});
        graph_.sorted_levels.push_back(inserted.level);
      }
    }
  }

  const Dataflow& dataflow_;
  const FinnDifferences& differences_;
  std::vector<std::vector<std::size_t>> outgoing_;  ///< edges by node, in the order of its ports
  std::vector<std::size_t> owner_;                  ///< the node of FINN that a kernel is part of
  FinnGraph graph_;
};

}  // namespace

std::optional<std::size_t> edge_of(const FinnGraph& graph, const FinnFifo& fifo) {
  const FinnChain& chain = graph.chains[fifo.chain];
  if (!chain.converts || fifo.behind) return chain.edges.back();
  if (chain.edges.size() < 2) return std::nullopt;
  return chain.edges.front();
}

FinnGraph finn_graph(const Dataflow& dataflow, const FinnDifferences& differences) {
  return Reading(dataflow, differences).run();
}

}  // namespace qnnsim
