// SPDX-License-Identifier: Apache-2.0
#include "rtl/generator/manifest.h"

#include <fmt/format.h>

#include "sim/resource_use.h"
#include "sim/sha256.h"
#include "version.h"

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kTool[] = "qnnsim generate";
constexpr int kSchema = 1;

/// Where the constants of the layers come from.
Json constants(const Scenario& scenario) {
  Json all = Json::object();
  for (const Layer& layer : scenario.network.layers) {
    for (const ConstantSpec& spec : layer.meaning->constants()) {
      const bool given = layer.constant_files.count(spec.key) > 0;
      all[layer.name + "." + spec.key] = given ? "file" : "drawn from the seed";
    }
  }
  return all;
}

Json kernel_json(const Scenario& scenario, const ResourceUse& use, const Design& design,
                 const DesignLayer& layer, const DesignKernel& kernel) {
  const KernelNode& node = design.dataflow->nodes[kernel.node];
  Json parameters = Json::object();
  for (const auto& [name, value] : kernel.module.parameters) parameters[name] = value;
  Json memories = Json::array();
  for (const RtlMemory& memory : kernel.module.memories) {
    memories.push_back({{"file", "memories/" + memory.file()},
                        {"words", memory.values.size() / std::size_t(memory.lanes)},
                        {"bits", std::int64_t{memory.lanes} * memory.type.bits()}});
  }
  return {{"name", node.name},
          {"instance", fmt::format("u_{}.u_{}", layer.identifier, kernel.local)},
          {"module", kernel.module.module},
          {"parameters", std::move(parameters)},
          {"memories", std::move(memories)},
          {"resources", to_json(resources_of(scenario.costs, node), use, node.kernel->dsps())}};
}

Json fifo_json(const Scenario& scenario, const ResourceUse& use, const Design& design,
               const DesignFifo& fifo, const std::string& parent) {
  const Edge& edge = design.dataflow->edges[fifo.edge];
  return {{"name", edge.name},
          {"instance", parent + "u_" + fifo.instance},
          {"register", design.fifo_peaks ? Json(fmt::format("{:#x}", 0x1000 + 4 * fifo.number))
                                         : Json(nullptr)},
          {"width_bits", fifo.bits},
          {"depth", edge.depth},
          {"style", fifo.style},
          {"resources", to_json(resources_of(scenario.costs, *design.dataflow, edge), use)}};
}

Json master_json(const DesignMaster& master) {
  const AxiTransferParams& transfer = master.memory->contents->transfer;
  return {{"tensor", master.memory->tensor},
          {"port", master.port},
          {"writes", master.memory->writes},
          {"bus_bits", transfer.bus_bits},
          {"base", fmt::format("{:#x}", transfer.base)},
          {"bytes_of_pass", transfer.bytes()},
          {"buffers", transfer.buffers},
          {"container_bits", transfer.container_bits()},
          {"type", transfer.type.name()}};
}

}  // namespace

std::string digest_of(const std::vector<DesignFile>& files) {
  std::string all;
  for (const DesignFile& file : files) all += file.path + " " + sha256(file.text) + "\n";
  return sha256(all);
}

Json manifest(const Scenario& scenario, const Design& design, const std::string& digest,
              const std::vector<DesignFile>& files) {
  const ResourceUse use = resource_use(scenario.costs, *design.dataflow, scenario.platform);
  Json kernels = Json::array();
  Json fifos = Json::array();
  for (const DesignLayer& layer : design.layers) {
    for (const DesignKernel& kernel : layer.kernels) {
      kernels.push_back(kernel_json(scenario, use, design, layer, kernel));
    }
    for (const DesignFifo& fifo : layer.fifos) {
      fifos.push_back(fifo_json(scenario, use, design, fifo, "u_" + layer.identifier + "."));
    }
  }
  for (const DesignFifo& fifo : design.fifos) {
    fifos.push_back(fifo_json(scenario, use, design, fifo, ""));
  }
  Json masters = Json::array();
  for (const DesignMaster* master : design.masters()) masters.push_back(master_json(*master));
  Json digests = Json::object();
  for (const DesignFile& file : files) digests[file.path] = sha256(file.text);
  return {{"tool", kTool},
          {"version", kVersion},
          {"schema", kSchema},
          {"design", design.name},
          {"scenario", scenario.name},
          {"network", scenario.network.name},
          {"platform", scenario.platform.name},
          {"part", scenario.platform.part},
          {"clock_mhz", scenario.clock_mhz},
          {"seed", scenario.seed},
          {"frames", scenario.stimulus.frames},
          {"digest", digest},
          {"fifo_peaks", design.fifo_peaks},
          {"constants", constants(scenario)},
          {"kernels", std::move(kernels)},
          {"fifos", std::move(fifos)},
          {"masters", std::move(masters)},
          {"cost_model", use.cost_model},
          {"files", std::move(digests)}};
}

bool is_manifest(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  return json.is_object() && json.value("tool", "") == kTool;
}

}  // namespace qnnsim
