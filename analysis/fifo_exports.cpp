// SPDX-License-Identifier: Apache-2.0
#include "analysis/fifo_exports.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

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

/// A FIFO has no FIFOs at its own ports.
Json fifo_entry(const SizedFifo& fifo) {
  return {{"ram_style", ram_style(fifo.style)},
          {"depth", fifo.depth},
          {"impl_style", is_ram(fifo.style) ? "vivado" : "rtl"},
          {"inFIFODepths", Depths{0}},
          {"outFIFODepths", Depths{0}}};
}

}  // namespace

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

Json hls4ml_fifo_depths(const Sizing& sizing) {
  Json result = Json::object();
  for (const SizedFifo& fifo : sizing.fifos) {
    result[fifo.name] = {{"initial", fifo.before}, {"optimized", fifo.depth}};
  }
  return result;
}

}  // namespace qnnsim
