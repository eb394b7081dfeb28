// SPDX-License-Identifier: Apache-2.0
#include "sim/finn_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

namespace qnnsim {
namespace {

using Nodes = std::vector<const FinnNode*>;
using Kernels = std::vector<const KernelNode*>;

constexpr char kSampler[] = "DownSampler";
constexpr char kMaxPool[] = "StreamingMaxPool";
constexpr char kNothing[] = "none";

/// FINN's ops, and the kind of the kernels that can be one.
const std::vector<std::pair<std::string, std::string>>& kinds_by_op() {
  static const std::vector<std::pair<std::string, std::string>> ops = {
      {"Thresholding", "threshold"},
      {"Pool", "pool"},
      {kMaxPool, "pool"},
      {"ConvolutionInputGenerator", "swg"},
      {kSampler, "swg"},
      {"MVAU", "mvu"},
      {"VVAU", "vvu"},
      {"FMPadding", "pad"},
      {"GlobalAccPool", "global_pool"},
      {"AddStreams", "add"},
      {"DuplicateStreams", "fork"},
      {"LabelSelect", "top_k"},
      {"ChannelwiseOp", "scale_bias"},
      {"StreamingConcat", "concat"},
      {"UpsampleNearestNeighbour", "upsample"},
  };
  return ops;
}

std::string kind_of(const std::string& op) {
  for (const auto& [name, kind] : kinds_by_op()) {
    if (name == op) return kind;
  }
  return {};
}

std::int64_t trait(const KernelNode& kernel, const char* name, std::int64_t otherwise) {
  const Traits traits = kernel.kernel->traits();
  const auto found = traits.find(name);
  return found == traits.end() ? otherwise : found->second;
}

const Layer* layer_of(const KernelNode& kernel, const Network& network) {
  const auto found = std::find_if(network.layers.begin(), network.layers.end(),
                                  [&](const Layer& layer) { return layer.name == kernel.layer; });
  return found == network.layers.end() ? nullptr : &*found;
}

bool is_matrix_unit(const KernelNode& kernel) {
  return kernel.kind == "mvu" || kernel.kind == "vvu";
}

/// Does a sliding window pass on pixels alone, some of them?
bool is_sampler(const KernelNode& kernel) {
  return kernel.kind == "swg" && trait(kernel, "kernel_h", 1) == 1 &&
         trait(kernel, "kernel_w", 1) == 1;
}

/// Names of some things: not all, where they are many.
template <typename Things>
std::string some(const Things& things) {
  constexpr std::size_t kMost = 12;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(things.size(), kMost); ++i) names.push_back(things[i]->name);
  std::string text = names.empty() ? "none" : join(names);
  if (things.size() > kMost) text += fmt::format(", and {} more", things.size() - kMost);
  return text;
}

/// Kernels or nodes that are not in `taken`.
template <typename Things>
Things without(const Things& things, const std::set<std::string>& taken) {
  Things result;
  for (const auto thing : things) {
    if (taken.count(thing->name) == 0) result.push_back(thing);
  }
  return result;
}

class Mapping {
 public:
  Mapping(const Dataflow& dataflow, const Network& network, FinnFolding& finn, Findings& findings)
      : dataflow_(dataflow), network_(network), finn_(finn), findings_(findings) {}

  void run() {
    for (const FinnNode& node : finn_.file.nodes) nodes_[node.op].push_back(&node);
    const std::size_t before = findings_.all().size();
    take_told();
    if (findings_.all().size() > before) return;
    find_pools();
    find_inner_thresholds();
    const FinnGraph graph = finn_graph(dataflow_, finn_.differences());
    for (const std::size_t index : graph.nodes) sorted_.push_back(&dataflow_.nodes[index]);
    for (const auto& [op, kind] : kinds_by_op()) map_op(op);
    for (const FinnNode& node : finn_.file.nodes) {
      const bool is_between = node.op == kFinnFifo || node.op == kFinnConverter;
      if (!is_between && finn_.kernels.count(node.name) == 0) finn_.kept.push_back(node.name);
    }
    finn_.kept.insert(finn_.kept.end(), finn_.file.others.begin(), finn_.file.others.end());
  }

 private:
  /// The nodes of `op` that are not yet mapped.
  Nodes free_nodes(const std::string& op) const {
    const auto found = nodes_.find(op);
    return found == nodes_.end() ? Nodes() : without(found->second, mapped_nodes_);
  }
  Kernels all_kernels(const std::string& kind) const {
    Kernels kernels;
    for (const KernelNode& node : dataflow_.nodes) {
      if (node.kind == kind) kernels.push_back(&node);
    }
    return kernels;
  }
  Kernels free_kernels(const std::string& kind) const {
    return without(all_kernels(kind), mapped_kernels_);
  }

  void map(const FinnNode& node, const KernelNode& kernel) {
    finn_.kernels[node.name] = kernel.name;
    mapped_nodes_.insert(node.name);
    mapped_kernels_.insert(kernel.name);
  }

  /// What the scenario says itself.
  void take_told() {
    for (const auto& [name, kernel] : finn_.choice.nodes) {
      const auto node =
          std::find_if(finn_.file.nodes.begin(), finn_.file.nodes.end(),
                       [&](const FinnNode& other) { return other.name == name.text; });
      if (node == finn_.file.nodes.end()) {
        std::vector<std::string> names;
        for (const FinnNode& other : finn_.file.nodes) names.push_back(other.name);
        const std::string near = closest(name.text, names);
        findings_.add(name.place, fmt::format("'{}' has no node '{}'", finn_.file.path, name.text),
                      near.empty() ? "" : fmt::format("did you mean '{}'?", near));
        continue;
      }
      if (kernel.text == kNothing) {
        mapped_nodes_.insert(node->name);
        continue;
      }
      if (const KernelNode* found = told_kernel(*node, kernel)) map(*node, *found);
    }
  }

  /// The kernel that `told` means: by its name, or by its layer.
  const KernelNode* told_kernel(const FinnNode& node, const PlacedText& told) {
    const std::string kind = kind_of(node.op);
    Kernels fitting;
    for (const KernelNode* kernel : all_kernels(kind)) {
      if (kernel->name == told.text || kernel->layer == told.text) fitting.push_back(kernel);
    }
    if (fitting.size() == 1 && mapped_kernels_.count(fitting.front()->name) == 0) {
      return fitting.front();
    }
    if (fitting.size() == 1) {
      findings_.add(told.place, fmt::format("'{}' is another node already", fitting.front()->name));
      return nullptr;
    }
    std::vector<std::string> names;
    for (const KernelNode* kernel : all_kernels(kind)) names.push_back(kernel->name);
    findings_.add(told.place,
                  fmt::format("'{}' is no kernel that can be FINN's '{}'", told.text, node.op),
                  names.empty() ? fmt::format("say '{}' where a node is nothing here", kNothing)
                                : suggest(told.text, names));
    return nullptr;
  }

  /// Which poolings are Pool nodes behind windows, and which a StreamingMaxPool without.
  void find_pools() {
    const Kernels all = free_kernels("pool");
    Kernels never_streaming;
    for (const KernelNode* pool : all) {
      if (!may_be_max_pool(*pool)) never_streaming.push_back(pool);
    }
    const Nodes nodes = free_nodes("Pool");
    candidates_["Pool"] = nodes.size() == never_streaming.size() ? never_streaming : all;
    std::set<std::string> pools;
    if (!nodes.empty()) {
      for (const KernelNode* pool : candidates_["Pool"]) pools.insert(pool->name);
    }
    for (const auto& [node, kernel] : finn_.kernels) {
      if (node.rfind("Pool", 0) == 0) pools.insert(kernel);
    }
    candidates_[kMaxPool] = without(all, pools);
    for (const KernelNode* window : all_kernels("swg")) {
      const auto pool = std::find_if(dataflow_.nodes.begin(), dataflow_.nodes.end(),
                                     [&](const KernelNode& other) {
                                       return other.kind == "pool" && other.layer == window->layer;
                                     });
      const bool is_inner = pool != dataflow_.nodes.end() && pools.count(pool->name) == 0;
      if (is_inner && mapped_kernels_.count(window->name) == 0) finn_.inner.insert(window->name);
    }
    find_windows();
  }

  /// A maximum of windows that do not overlap and are not padded.
  bool may_be_max_pool(const KernelNode& pool) const {
    if (trait(pool, "average", 0) != 0) return false;
    for (const KernelNode& other : dataflow_.nodes) {
      if (other.layer != pool.layer) continue;
      if (other.kind == "pad") return false;
      if (other.kind == "swg" && (trait(other, "kernel_h", 1) != trait(other, "stride_h", 1) ||
                                  trait(other, "kernel_w", 1) != trait(other, "stride_w", 1))) {
        return false;
      }
    }
    return true;
  }

  void find_windows() {
    const bool has_samplers = !free_nodes(kSampler).empty();
    for (const KernelNode* window : without(free_kernels("swg"), finn_.inner)) {
      const bool is_a_sampler = has_samplers && is_sampler(*window);
      candidates_[is_a_sampler ? kSampler : "ConvolutionInputGenerator"].push_back(window);
    }
  }

  /// Which thresholds a matrix unit applies itself: all that stand right behind one, or those whose
  /// matrix unit FINN has in HLS.
  void find_inner_thresholds() {
    const Kernels all = free_kernels("threshold");
    std::vector<std::pair<const KernelNode*, const KernelNode*>> behind;  // threshold, matrix unit
    for (const Edge& edge : dataflow_.edges) {
      const KernelNode& from = dataflow_.nodes[static_cast<std::size_t>(edge.from)];
      const KernelNode& to = dataflow_.nodes[static_cast<std::size_t>(edge.to)];
      if (to.kind != "threshold" || !is_matrix_unit(from)) continue;
      if (mapped_kernels_.count(to.name) == 0) behind.push_back({&to, &from});
    }
    const std::size_t nodes = free_nodes("Thresholding").size();
    if (nodes == all.size() && nodes > 0) {
      candidates_["Thresholding"] = all;
      return;
    }
    for (const auto& [threshold, unit] : behind) {
      finn_.inner.insert(threshold->name);
      if (nodes <= all.size() - behind.size()) applying_.insert(unit->name);
    }
    if (nodes > all.size() - behind.size()) {
      // Some stand alone: the matrix units say which.
      sort_and_map({"MVAU", "VVAU"});
      for (const auto& [threshold, unit] : behind) {
        const auto node = std::find_if(
            finn_.file.nodes.begin(), finn_.file.nodes.end(), [&](const FinnNode& other) {
              const auto kernel = finn_.kernels.find(other.name);
              return kernel != finn_.kernels.end() && kernel->second == unit->name;
            });
        const bool is_rtl = node != finn_.file.nodes.end() && node->backend == "rtl";
        if (is_rtl) finn_.inner.erase(threshold->name);
      }
    }
    candidates_["Thresholding"] = without(all, finn_.inner);
  }

  void sort_and_map(const std::vector<std::string>& ops) {
    const FinnGraph graph = finn_graph(dataflow_, finn_.differences());
    for (const std::size_t index : graph.nodes) sorted_.push_back(&dataflow_.nodes[index]);
    for (const std::string& op : ops) map_op(op);
    sorted_.clear();
  }

  /// The kernels that nodes of `op` can be, in FINN's order.
  Kernels candidates(const std::string& op) const {
    const auto found = candidates_.find(op);
    const Kernels some = found != candidates_.end() ? found->second
                         : op == kSampler || op == kMaxPool || op == "ConvolutionInputGenerator"
                             ? Kernels()
                             : free_kernels(kind_of(op));
    Kernels result;
    for (const KernelNode* kernel : sorted_) {
      const bool is_one = std::find(some.begin(), some.end(), kernel) != some.end();
      if (is_one && mapped_kernels_.count(kernel->name) == 0) result.push_back(kernel);
    }
    return result;
  }

  void map_op(const std::string& op) {
    const Nodes nodes = free_nodes(op);
    if (nodes.empty()) return;
    const Kernels kernels = candidates(op);
    std::map<std::string, Nodes> series;  // by back end, in the order of their numbers
    for (const FinnNode* node : nodes) series[node->backend].push_back(node);
    for (auto& [backend, members] : series) {
      std::stable_sort(members.begin(), members.end(),
                       [](const FinnNode* a, const FinnNode* b) { return a->number < b->number; });
    }
    // A node that the file leaves out has its number all the same.
    const Nodes& first = series.begin()->second;
    const bool has_gaps =
        first.size() < kernels.size() && first.back()->number + 1 == kernels.size();
    if (series.size() == 1 && has_gaps) {
      for (const FinnNode* node : first) map(*node, *kernels[node->number]);
      return;
    }
    if (nodes.size() != kernels.size()) return complain_of_count(op, nodes, kernels);
    const std::optional<Nodes> order = in_order(series, nodes, kernels);
    if (!order) return complain_of_order(op, nodes, kernels);
    for (std::size_t i = 0; i < order->size(); ++i) map(*(*order)[i], *kernels[i]);
  }

  bool fits(const FinnNode& node, const KernelNode& kernel) const {
    // FINN's matrix units in RTL apply no thresholds.
    if (node.backend == "rtl" && applying_.count(kernel.name) > 0) return false;
    return is_legal(finn_.file, node, kernel, network_);
  }

  /// The nodes of all back ends in one row: as they stand in the file, if they can, since FINN
  /// writes them in its own order; else as only one row can. Nothing where several can, or none.
  std::optional<Nodes> in_order(const std::map<std::string, Nodes>& series, const Nodes& in_file,
                                const Kernels& kernels) const {
    if (series.size() == 1) return series.begin()->second;
    const auto all_fit = [&](const Nodes& nodes) {
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (!fits(*nodes[i], *kernels[i])) return false;
      }
      return true;
    };
    const bool is_numbered = std::all_of(series.begin(), series.end(), [&](const auto& entry) {
      Nodes members;
      for (const FinnNode* node : in_file) {
        if (node->backend == entry.first) members.push_back(node);
      }
      return members == entry.second;
    });
    if (is_numbered && all_fit(in_file)) return in_file;
    std::vector<Nodes> rows;
    for (const auto& [backend, members] : series) rows.push_back(members);
    std::vector<std::size_t> next(rows.size(), 0);
    Nodes row;
    std::vector<Nodes> found;
    std::set<std::vector<std::size_t>> hopeless;
    interleave(rows, kernels, next, row, found, hopeless);
    if (found.size() == 1) return found.front();
    return std::nullopt;
  }

  /// Adds to `found` how `rows` can be merged behind `row`, two ways at most.
  bool interleave(const std::vector<Nodes>& rows, const Kernels& kernels,
                  std::vector<std::size_t>& next, Nodes& row, std::vector<Nodes>& found,
                  std::set<std::vector<std::size_t>>& hopeless) const {
    if (row.size() == kernels.size()) {
      found.push_back(row);
      return true;
    }
    if (hopeless.count(next) > 0) return false;
    bool any = false;
    for (std::size_t i = 0; i < rows.size() && found.size() < 2; ++i) {
      if (next[i] == rows[i].size() || !fits(*rows[i][next[i]], *kernels[row.size()])) continue;
      row.push_back(rows[i][next[i]++]);
      any = interleave(rows, kernels, next, row, found, hopeless) || any;
      row.pop_back();
      --next[i];
    }
    if (!any) hopeless.insert(next);
    return any;
  }

  std::string how_to_tell(const Nodes& nodes, const Kernels& kernels) const {
    const std::string kernel = kernels.empty() ? kNothing : kernels.front()->name;
    return fmt::format(
        "say which is which in the scenario: nodes: {{{}: {}}}, or none for a node "
        "that is nothing here; nodes: {}; kernels: {}",
        nodes.front()->name, kernel, some(nodes), some(kernels));
  }

  void complain_of_count(const std::string& op, const Nodes& nodes, const Kernels& kernels) {
    findings_.add(nodes.front()->place,
                  fmt::format("{}: nodes here: {}, kernels of the network that can be one: {}", op,
                              nodes.size(), kernels.size()),
                  how_to_tell(nodes, kernels));
  }

  void complain_of_order(const std::string& op, const Nodes& nodes, const Kernels& kernels) {
    findings_.add(
        nodes.front()->place,
        fmt::format("{}: which of the {} nodes is in RTL and which in HLS cannot be told by their "
                    "order, PE and SIMD",
                    op, nodes.size()),
        how_to_tell(nodes, kernels));
  }

  const Dataflow& dataflow_;
  const Network& network_;
  FinnFolding& finn_;
  Findings& findings_;
  std::map<std::string, Nodes> nodes_;         ///< by op, in the order of the file
  std::map<std::string, Kernels> candidates_;  ///< by op, where not all of a kind are
  std::set<std::string> mapped_nodes_;         ///< or told to be nothing
  std::set<std::string> mapped_kernels_;
  std::set<std::string> applying_;  ///< matrix units that apply thresholds themselves
  Kernels sorted_;                  ///< in FINN's order
};

}  // namespace

std::string finn_op(const KernelNode& kernel) {
  for (const auto& [op, kind] : kinds_by_op()) {
    if (kind == kernel.kind && op != kMaxPool && op != kSampler) return op;
  }
  return {};
}

std::optional<FinnWhole> finn_whole(const KernelNode& kernel, const std::string& key,
                                    const Network& network) {
  const std::string& kind = kernel.kind;
  const bool is_pe = key == "pe";
  if (kind == "mvu") {
    return is_pe ? FinnWhole{trait(kernel, "rows", 1), "output channels"}
                 : FinnWhole{trait(kernel, "columns", 1), "inputs of the dot product"};
  }
  if (kind == "vvu") {
    return is_pe ? FinnWhole{trait(kernel, "channels", 1), "channels"}
                 : FinnWhole{trait(kernel, "window", 1), "kernel positions"};
  }
  if (kind == "swg" || kind == "pad") {
    if (is_pe) return std::nullopt;
    const Layer* layer = layer_of(kernel, network);
    const bool has_groups = kind == "swg" && layer != nullptr && layer->op == "conv";
    const std::int64_t groups = has_groups ? trait(kernel, "groups", 1) : 1;
    return FinnWhole{trait(kernel, "channels", 1) / groups,
                     groups > 1 ? "channels per group" : "channels"};
  }
  const bool has_pe = is_pe && !finn_op(kernel).empty() && kind != "fork";
  const Layer* layer = has_pe ? layer_of(kernel, network) : nullptr;
  if (layer == nullptr) return std::nullopt;
  const std::int64_t channels =
      kind == "top_k" ? network.input_shape(*layer, 0).channels : layer->meaning->output().channels;
  return FinnWhole{channels, "channels"};
}

bool is_legal(const FinnFile& file, const FinnNode& node, const KernelNode& kernel,
              const Network& network) {
  for (const auto& [attribute, key] : {std::pair("PE", "pe"), std::pair("SIMD", "simd")}) {
    const std::optional<FinnWhole> whole = finn_whole(kernel, key, network);
    const YamlValue* value = find_attribute(file, node, attribute);
    if (!whole || value == nullptr) continue;
    const auto number = whole_number(*value, 1, whole->count);
    if (!number || whole->count % *number != 0) return false;
  }
  return true;
}

std::optional<std::int64_t> whole_number(const YamlValue& value, std::int64_t low,
                                         std::int64_t high) {
  if (value.kind != YamlValue::Kind::kScalar || value.quoted) return std::nullopt;
  std::int64_t number = 0;
  const char* end = value.text.data() + value.text.size();
  const auto [rest, error] = std::from_chars(value.text.data(), end, number);
  if (error != std::errc() || rest != end || number < low || number > high) return std::nullopt;
  return number;
}

void map_finn_nodes(const Dataflow& dataflow, const Network& network, FinnFolding& finn,
                    Findings& findings) {
  Mapping(dataflow, network, finn, findings).run();
}

}  // namespace qnnsim
