// SPDX-License-Identifier: Apache-2.0
#include "analysis/finn_configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/finn_folding.h"
#include "sim/finn_nodes.h"

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;
using Depths = std::vector<std::uint64_t>;  ///< [beats] by port

bool is_ram(const std::string& style) { return style == "bram" || style == "uram"; }

/// What FINN calls the memory that a FIFO is made of.
std::string ram_style(const std::string& style) {
  if (style == "register" || style == "srl" || style == "lut") return "distributed";
  if (style == "bram") return "block";
  if (style == "uram") return "ultra";
  return "auto";
}

/// The depths at all ports of one kernel.
struct PortDepths {
  Depths inputs;
  Depths outputs;
};

/// By node.
std::vector<PortDepths> port_depths(const Dataflow& dataflow, const Sizing& sizing) {
  std::vector<PortDepths> result;
  for (const KernelNode& node : dataflow.nodes) {
    result.push_back({Depths(node.kernel->inputs().size()), Depths(node.kernel->outputs().size())});
  }
  for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
    const Edge& edge = dataflow.edges[i];
    const std::uint64_t depth = sizing.fifos.at(i).depth;
    result[edge.from].outputs[edge.from_port] = depth;
    result[edge.to].inputs[edge.to_port] = depth;
  }
  return result;
}

/// What FINN calls the memory of a kernel.
std::string kernel_ram_style(const std::string& memory) {
  if (memory == "lut") return "distributed";
  if (memory == "bram") return "block";
  if (memory == "uram") return "ultra";
  return "auto";
}

/// The folding in FINN's words: those of its attributes that the kernel has.
Json folding_entry(const Kernel& kernel) {
  Json entry = Json::object();
  const Traits traits = kernel.traits();
  const auto copy = [&](const char* ours, const char* theirs) {
    const auto found = traits.find(ours);
    if (found != traits.end()) entry[theirs] = found->second;
  };
  copy("pe", "PE");
  copy("simd", "SIMD");
  copy("parallel", "parallel_window");
  const std::string memory = kernel.memory_style();
  if (!memory.empty()) entry["ram_style"] = kernel_ram_style(memory);
  if (const auto stream = traits.find("weight_stream"); stream != traits.end()) {
    entry["mem_mode"] = stream->second != 0 ? "internal_decoupled" : "internal_embedded";
    entry["resType"] = kernel.dsps() > 0 ? "dsp" : "lut";
  }
  return entry;
}

Json kernel_entry(const Kernel& kernel, bool has_external_weights, const PortDepths& depths) {
  Json entry = folding_entry(kernel);
  if (has_external_weights && entry.contains("mem_mode")) entry["mem_mode"] = "external";
  entry["inFIFODepths"] = depths.inputs;
  entry["outFIFODepths"] = depths.outputs;
  return entry;
}

/// [beats] FINN's own FIFO holds as many at least and at most; deeper ones must be Vivado's.
constexpr std::uint64_t kLeastDepth = 2;
constexpr std::uint64_t kMostRtlDepth = 256;

/// A FIFO has no FIFOs at its own ports.
Json fifo_entry(const SizedFifo& fifo) {
  return {{"ram_style", ram_style(fifo.style)},
          {"depth", fifo.depth},
          {"impl_style", is_ram(fifo.style) ? "vivado" : "rtl"},
          {"inFIFODepths", Depths{0}},
          {"outFIFODepths", Depths{0}}};
}

/// The depths that the design has, as a sizing.
Sizing depths_as_they_are(const Dataflow& dataflow) {
  Sizing sizing;
  for (const Edge& edge : dataflow.edges) {
    SizedFifo fifo;
    fifo.name = edge.name;
    fifo.before = fifo.depth = edge.depth;
    sizing.fifos.push_back(fifo);
  }
  return sizing;
}

/// The file that a design came from, with what the design has put in.
class Update {
 public:
  /// With `adds_depths`, FIFOs of which the file says nothing get theirs too.
  Update(const FinnFolding& finn, const Dataflow& dataflow, const Sizing& sizing, bool adds_depths)
      : finn_(finn),
        dataflow_(dataflow),
        sizing_(sizing),
        adds_depths_(adds_depths),
        graph_(finn_graph(dataflow, finn.differences())),
        json_(finn.file.json) {
    for (const KernelNode& node : dataflow.nodes) {
      if (node.kind == kMemoryReader) external_.insert(node.layer);
    }
    for (const FinnNode& node : finn.file.nodes) {
      if (node.op == kFinnFifo) fifo_names_[node.number] = node.name;
    }
    for (SizedFifo& fifo : sizing_.fifos) fifo.depth = std::max(fifo.depth, kLeastDepth);
    for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
      for (const FinnNode& node : finn.file.nodes) {
        const auto kernel = finn.kernels.find(node.name);
        if (kernel != finn.kernels.end() && kernel->second == dataflow.nodes[i].name) {
          node_[i] = &node;
        }
      }
    }
  }

  Json run() {
    for (const auto& [index, node] : node_) update_folding(*node, dataflow_.nodes[index]);
    for (const auto& [index, node] : node_) update_port_depths(*node, index);
    const std::vector<FinnFifo> sorted = sorted_as_in_file();
    const bool is_sorted = fitting(sorted) > fitting(graph_.fifos);
    update_fifos(is_sorted ? sorted : graph_.fifos);
    update_converters(is_sorted ? graph_.sorted_converters : graph_.converters);
    return std::move(json_);
  }

 private:
  /// `value` where the file says something else, or nothing although `usual` is not meant.
  void put(const FinnNode& node, const KernelNode& kernel, const std::string& attribute,
           const Json& value, const Json& usual) {
    Json& entry = json_[node.name];
    const bool is_taken = finn_.choice.take != FinnTake::kNames &&
                          finn_.overridden.count({kernel.name, attribute}) == 0;
    const bool is_there = entry.contains(attribute);
    if (is_there && is_taken) return;
    const YamlValue* given = find_attribute(finn_.file, node, attribute);
    const bool is_implied = given != nullptr ? Json(given->text) == text_of(value) : value == usual;
    if (is_there || !is_implied) entry[attribute] = value;
  }

  static Json text_of(const Json& value) { return value.is_string() ? value : Json(value.dump()); }

  void update_folding(const FinnNode& node, const KernelNode& kernel) {
    const Traits traits = kernel.kernel->traits();
    const auto put_trait = [&](const char* attribute, const char* trait, std::int64_t usual) {
      const auto found = traits.find(trait);
      if (found == traits.end()) return;
      // Not every op has every attribute: FINN refuses those that it does not know.
      if (!has(node, attribute) && !json_[node.name].contains(attribute)) return;
      put(node, kernel, attribute, found->second, usual);
    };
    put_trait("PE", "pe", 1);
    put_trait("SIMD", "simd", 1);
    put_trait("parallel_window", "parallel", 0);
    put_trait("M", "mmv", 1);
    const std::string memory = kernel.kernel->memory_style();
    const bool has_ram_style = has(node, "ram_style") || json_[node.name].contains("ram_style");
    if (!memory.empty() && has_ram_style) {
      put(node, kernel, "ram_style", kernel_ram_style(memory), "auto");
    }
    const auto stream = traits.find("weight_stream");
    if (stream != traits.end()) update_arithmetic(node, kernel, stream->second != 0);
  }

  /// Does FINN's op have the attribute?
  static bool has(const FinnNode& node, const std::string& attribute) {
    static const std::map<std::string, std::set<std::string>> ops = {
        {"PE",
         {"MVAU", "VVAU", "Thresholding", "Pool", "GlobalAccPool", "AddStreams", "ChannelwiseOp",
          "LabelSelect"}},
        {"SIMD", {"MVAU", "VVAU", "ConvolutionInputGenerator", "FMPadding", "DownSampler"}},
        {"parallel_window", {"ConvolutionInputGenerator"}},
        {"M", {"MVAU"}},
        {"ram_style", {"MVAU", "VVAU", "ConvolutionInputGenerator"}}};
    return ops.at(attribute).count(node.op) > 0;
  }

  void update_arithmetic(const FinnNode& node, const KernelNode& kernel, bool has_stream) {
    if (node.backend != "rtl") {
      put(node, kernel, "resType", kernel.kernel->dsps() > 0 ? "dsp" : "lut",
          kernel.kernel->dsps() > 0 ? "dsp" : "lut");
    }
    const YamlValue* mode = find_attribute(finn_.file, node, "mem_mode");
    const bool was_external = mode != nullptr && mode->text == "external";
    const bool is_external = external_.count(kernel.layer) > 0;
    if (is_external != was_external) {
      json_[node.name]["mem_mode"] = is_external  ? "external"
                                     : has_stream ? "internal_decoupled"
                                                  : "internal_embedded";
    }
  }

  const SizedFifo& sized(std::size_t edge) const { return sizing_.fifos.at(edge); }

  /// The FIFO of ours that is at the end of a chain, the deeper one where FINN has one for two.
  std::optional<std::size_t> edge_at(const FinnChain& chain, bool behind) const {
    if (chain.converts) return edge_of(graph_, {index_of(chain), behind});
    return *std::max_element(
        chain.edges.begin(), chain.edges.end(),
        [&](std::size_t a, std::size_t b) { return sized(a).depth < sized(b).depth; });
  }
  std::size_t index_of(const FinnChain& chain) const {
    return static_cast<std::size_t>(&chain - graph_.chains.data());
  }

  /// Puts `depth` into the list `name` of the node.
  void put_depth(const std::string& node, const char* name, int port, std::uint64_t depth) {
    Json& entry = json_[node];
    const auto index = static_cast<std::size_t>(port);
    if (!entry.contains(name)) {
      if (!adds_depths_) return;
      entry[name] = Json::array();
    }
    Json& list = entry[name];
    if (!list.is_array()) list = Json::array({list});
    while (list.size() <= index) list.push_back(kLeastDepth);
    // A FIFO that FINN leaves out is one of ours that holds a beat or two.
    if (list[index] == 0 && depth <= kLeastDepth && !adds_depths_) return;
    list[index] = depth;
  }

  void update_port_depths(const FinnNode& node, std::size_t index) {
    for (const FinnChain& chain : graph_.chains) {
      if (chain.from == index) {
        if (const auto edge = edge_at(chain, false)) {
          put_depth(node.name, "outFIFODepths", chain.from_port, sized(*edge).depth);
        }
      }
      if (chain.to == index) {
        if (const auto edge = edge_at(chain, true)) {
          put_depth(node.name, "inFIFODepths", chain.to_port, sized(*edge).depth);
        }
      }
    }
  }

  /// The depth that the nodes at the ends of a FIFO have in the file; nothing where none tells.
  std::optional<Json> told_depth(const FinnFifo& fifo) const {
    const FinnChain& chain = graph_.chains[fifo.chain];
    const bool behind = fifo.behind || !chain.converts;
    const auto at = behind ? chain.to : chain.from;
    const auto node = at ? node_.find(*at) : node_.end();
    if (node == node_.end()) return std::nullopt;
    const Json& entry = finn_.file.json.at(node->second->name);
    const char* list = behind ? "inFIFODepths" : "outFIFODepths";
    const auto port = static_cast<std::size_t>(behind ? chain.to_port : chain.from_port);
    if (!entry.contains(list) || entry[list].size() <= port) return std::nullopt;
    return entry[list][port];
  }

  /// The depth of FIFO number `number` in the file.
  std::optional<Json> numbered_depth(std::size_t number) const {
    const auto name = fifo_names_.find(number);
    if (name == fifo_names_.end()) return std::nullopt;
    const Json& entry = finn_.file.json.at(name->second);
    return entry.contains("depth") ? std::optional<Json>(entry["depth"]) : std::nullopt;
  }

  /// Of how many FIFOs do number and nodes say the same depth?
  std::size_t fitting(const std::vector<FinnFifo>& fifos) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < fifos.size(); ++i) {
      const auto numbered = numbered_depth(i);
      if (numbered && numbered == told_depth(fifos[i])) ++count;
    }
    return count;
  }

  /// The FIFOs as a graph that was sorted once more numbers them; those of one level in the order
  /// that the depths in the file tell.
  std::vector<FinnFifo> sorted_as_in_file() const {
    std::vector<FinnFifo> fifos = graph_.sorted_fifos;
    for (std::size_t i = 0; i < fifos.size(); ++i) {
      const auto numbered = numbered_depth(i);
      for (std::size_t k = i; k < fifos.size(); ++k) {
        if (graph_.sorted_levels[k] != graph_.sorted_levels[i]) break;
        if (!numbered || numbered != told_depth(fifos[k])) continue;
        std::swap(fifos[i], fifos[k]);
        break;
      }
    }
    return fifos;
  }

  void update_fifos(const std::vector<FinnFifo>& fifos) {
    for (std::size_t i = 0; i < fifos.size(); ++i) {
      const auto edge = edge_at(graph_.chains[fifos[i].chain], fifos[i].behind);
      const auto name = fifo_names_.find(i);
      if (!edge) continue;
      if (name != fifo_names_.end()) {
        update_fifo(json_[name->second], sized(*edge));
      } else if (adds_depths_) {
        Json& entry = json_[fmt::format("{}_rtl_{}", kFinnFifo, i)];
        entry = fifo_entry(sized(*edge));
        entry["impl_style"] = impl_style(sized(*edge));
      }
    }
  }

  static std::string impl_style(const SizedFifo& fifo) {
    return is_ram(fifo.style) || fifo.depth > kMostRtlDepth ? "vivado" : "rtl";
  }

  void update_fifo(Json& entry, const SizedFifo& fifo) const {
    if (entry.contains("depth") && entry["depth"] == fifo.depth) return;
    if (!adds_depths_ &&
        (!entry.contains("depth") || (entry["depth"] == 0 && fifo.depth <= kLeastDepth))) {
      return;
    }
    entry["depth"] = fifo.depth;
    entry["impl_style"] = impl_style(fifo);
    entry["ram_style"] = ram_style(fifo.style);
  }

  void update_converters(const std::vector<std::size_t>& converters) {
    for (const FinnNode& node : finn_.file.nodes) {
      if (node.op != kFinnConverter || node.number >= converters.size()) continue;
      const FinnChain& chain = graph_.chains[converters[node.number]];
      if (const auto edge = edge_at(chain, false)) {
        put_depth(node.name, "inFIFODepths", 0, sized(*edge).depth);
      }
      if (const auto edge = edge_at(chain, true)) {
        put_depth(node.name, "outFIFODepths", 0, sized(*edge).depth);
      }
    }
  }

  const FinnFolding& finn_;
  const Dataflow& dataflow_;
  Sizing sizing_;
  const bool adds_depths_;
  const FinnGraph graph_;
  Json json_;
  std::map<std::size_t, std::string> fifo_names_;  ///< by number
  std::set<std::string> external_;                 ///< layers that read weights from memory
  std::map<std::size_t, const FinnNode*> node_;    ///< by kernel
};

}  // namespace

Json finn_folding_configuration(const Scenario& scenario, const Dataflow& dataflow,
                                const Sizing& sizing) {
  if (!scenario.finn) return finn_folding_configuration(dataflow, sizing);
  return Update(*scenario.finn, dataflow, sizing, true).run();
}

Json finn_folding_configuration(const Scenario& scenario, const Dataflow& dataflow) {
  const Sizing sizing = depths_as_they_are(dataflow);
  if (!scenario.finn) return finn_folding_configuration(dataflow, sizing);
  return Update(*scenario.finn, dataflow, sizing, false).run();
}

Json finn_folding_configuration(const Dataflow& dataflow, const Sizing& sizing) {
  Json result = {{"Defaults", Json::object()}};
  const std::vector<PortDepths> depths = port_depths(dataflow, sizing);
  std::set<std::string> external;  // layers that read weights from memory
  for (const KernelNode& node : dataflow.nodes) {
    if (node.kind == kMemoryReader) external.insert(node.layer);
  }
  for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
    const KernelNode& node = dataflow.nodes[i];
    if (i == dataflow.source_node || i == dataflow.sink_node || node.kind == kMemoryReader)
      continue;
    result[node.name] = kernel_entry(*node.kernel, external.count(node.layer) > 0, depths[i]);
  }
  for (std::size_t i = 0; i < sizing.fifos.size(); ++i) {
    result[fmt::format("StreamingFIFO_rtl_{}", i)] = fifo_entry(sizing.fifos[i]);
  }
  return result;
}

}  // namespace qnnsim
