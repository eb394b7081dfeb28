// SPDX-License-Identifier: Apache-2.0
#include "sim/dataflow_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/finn_folding.h"
#include "sim/kraken/kraken_lowering.h"
#include "sim/kraken/kraken_plan_table.h"
#include "sim/memory_result.h"
#include "sim/resource_use.h"
#include "sim/result_json.h"
#include "sim/result_text.h"
#include "sim/text_table.h"
#include "version.h"

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;
constexpr auto kLeft = TextTable::Align::kLeft;

double most_fps(const Scenario& scenario, const Dataflow& dataflow) {
  return scenario.clock_mhz * 1e6 / double(frame_interval(slowest(dataflow)));
}

std::int64_t storage_bits(const Dataflow& dataflow, const Edge& edge) {
  return dataflow.port(edge).width_bits() * static_cast<std::int64_t>(edge.depth);
}

std::int64_t storage_bits(const Dataflow& dataflow) {
  std::int64_t bits = 0;
  for (const Edge& edge : dataflow.edges) bits += storage_bits(dataflow, edge);
  return bits;
}

/// "2 swg, 1 mvu": how many kernels of each kind, in the order in which kinds first appear.
std::string count_kinds(const Dataflow& dataflow) {
  std::vector<std::pair<std::string, int>> counts;
  for (const KernelNode& node : dataflow.nodes) {
    auto found = std::find_if(counts.begin(), counts.end(),
                              [&node](const auto& count) { return count.first == node.kind; });
    if (found == counts.end()) found = counts.insert(found, {node.kind, 0});
    ++found->second;
  }
  std::vector<std::string> words;
  for (const auto& [kind, count] : counts) words.push_back(fmt::format("{} {}", count, kind));
  return join(words);
}

/// `words` in a row; a single one where all agree.
std::string joined(const std::vector<std::string>& words) {
  if (words.empty()) return "-";
  const bool alike = std::all_of(words.begin(), words.end(),
                                 [&words](const auto& word) { return word == words.front(); });
  return alike ? words.front() : join(words);
}

std::string shape(const std::vector<Port>& ports) {
  std::vector<std::string> words;
  for (const Port& port : ports) {
    words.push_back(fmt::format("{} x {}", port.lanes, port.type.bits()));
  }
  const std::string shape = joined(words);
  return words.size() > 1 && shape == words.front() ? fmt::format("{} of {}", words.size(), shape)
                                                    : shape;
}

std::string beats(const std::vector<Port>& ports) {
  std::vector<std::string> words;
  for (const Port& port : ports) words.push_back(fmt::to_string(port.beats));
  return joined(words);
}

std::string kernel_table(const Scenario& scenario, const Dataflow& dataflow) {
  TextTable table({{"kernel", "", kLeft},
                   {"kind", "", kLeft},
                   {"input", "[lanes x bits]"},
                   {"input", "[beats/frame]"},
                   {"output", "[lanes x bits]"},
                   {"output", "[beats/frame]"},
                   {"closed form", "[cycles/frame]"},
                   {"LUT", ""},
                   {"FF", ""},
                   {"DSP", ""},
                   {"BRAM18", ""},
                   {"URAM", ""},
                   {"memory", "", kLeft}});
  for (const KernelNode& node : dataflow.nodes) {
    const Kernel& kernel = *node.kernel;
    std::vector<std::string> row = {
        node.name,
        node.kind,
        shape(kernel.inputs()),
        beats(kernel.inputs()),
        shape(kernel.outputs()),
        beats(kernel.outputs()),
        fmt::to_string(frame_interval(node)),
    };
    const std::optional<Resources> resources = resources_of(scenario.costs, node);
    for (const ResourceKind& kind : kResourceKinds) {
      const bool known = resources && scenario.costs.estimates(kind);
      row.push_back(known ? fmt::to_string((*resources).*kind.count) : "-");
    }
    row.push_back(kernel.memory_style());
    table.add(std::move(row));
  }
  return table.render();
}

std::string fifo_table(const Dataflow& dataflow) {
  TextTable table(
      {{"FIFO", "", kLeft}, {"width", "[bits]"}, {"depth", "[beats]"}, {"storage", "[bits]"}});
  for (const Edge& edge : dataflow.edges) {
    table.add({edge.name, fmt::to_string(dataflow.port(edge).width_bits()),
               fmt::to_string(edge.depth), fmt::to_string(storage_bits(dataflow, edge))});
  }
  return table.render();
}

std::string memory_table(const Dataflow& dataflow, double clock_mhz) {
  TextTable table({{"tensor", "", kLeft},
                   {"in", "", kLeft},
                   {"base", ""},
                   {"size", "[bytes]"},
                   {"moved", "[bytes/frame]"},
                   {"bus", "[bits]"},
                   {"at full rate", "[GB/s]"},
                   {"peak", "[GB/s]"}});
  const double pace = double(frame_interval(slowest(dataflow)));
  for (const MemoryMaster& master : dataflow.memory->masters) {
    const AxiTransferParams& transfer = master.contents->transfer;
    const Memory& memory = *dataflow.memory->memories[master.memory];
    const double bytes = master.bytes_per_frame(dataflow.frames);
    table.add({master.tensor, memory.name(), fmt::format("{:#x}", transfer.base),
               fmt::to_string(transfer.buffers * transfer.bytes()), fmt::format("{:.0f}", bytes),
               fmt::to_string(transfer.bus_bits),
               fmt::format("{:.3f}", gb_per_s(bytes, pace, clock_mhz)),
               fmt::format("{:.2f}", memory.spec().peak_gb_s())});
  }
  return table.render();
}

Json tensors_json(const Dataflow& dataflow) {
  Json json = Json::array();
  if (!dataflow.memory) return json;
  for (const MemoryMaster& master : dataflow.memory->masters) {
    const AxiTransferParams& transfer = master.contents->transfer;
    json.push_back({{"name", master.tensor},
                    {"memory", dataflow.memory->memories[master.memory]->name()},
                    {"direction", master.writes ? "write" : "read"},
                    {"base", transfer.base},
                    {"bytes", transfer.buffers * transfer.bytes()},
                    {"bytes_per_frame", master.bytes_per_frame(dataflow.frames)},
                    {"bus_bits", transfer.bus_bits}});
  }
  return json;
}

Json ports_json(const std::vector<Port>& ports) {
  Json json = Json::array();
  for (const Port& port : ports) {
    json.push_back({{"lanes", port.lanes}, {"type", port.type.name()}, {"beats", port.beats}});
  }
  return json;
}

Json kernel_json(const Scenario& scenario, const ResourceUse& use, const KernelNode& node) {
  const Kernel& kernel = *node.kernel;
  const std::string memory = kernel.memory_style();
  return {{"name", node.name},
          {"layer", node.layer},
          {"kind", node.kind},
          {"block", kernel.block().empty() ? Json(nullptr) : Json(kernel.block())},
          {"traits", Json(kernel.traits())},
          {"calibrated", node.calibrated},
          {"inputs", ports_json(kernel.inputs())},
          {"outputs", ports_json(kernel.outputs())},
          {"frame_interval", frame_interval(node)},
          {"macs", kernel.macs()},
          {"dsp", kernel.dsps()},
          {"resources", to_json(resources_of(scenario.costs, node), use, kernel.dsps())},
          {"memory", memory.empty() ? Json(nullptr) : Json(memory)}};
}

/// "x.json: 17 nodes are kernels here; kept as they are: Reshape_rtl_0"
std::string finn_text(const FinnFolding& finn) {
  std::string text =
      fmt::format("{}: {} nodes are kernels here", finn.choice.path, finn.kernels.size());
  if (!finn.kept.empty()) text += "; kept as they are: " + join(finn.kept);
  return text;
}

Json finn_json(const FinnFolding& finn) {
  return {{"file", finn.choice.path}, {"nodes", Json(finn.kernels)}, {"kept", Json(finn.kept)}};
}

Json edge_json(const Scenario& scenario, const ResourceUse& use, const Dataflow& dataflow,
               const Edge& edge) {
  return {{"name", edge.name},
          {"from", dataflow.nodes[edge.from].name},
          {"to", dataflow.nodes[edge.to].name},
          {"width_bits", dataflow.port(edge).width_bits()},
          {"depth", edge.depth},
          {"storage_bits", storage_bits(dataflow, edge)},
          {"resources", to_json(resources_of(scenario.costs, dataflow, edge), use)}};
}

}  // namespace

std::string dataflow_table(const Scenario& scenario, const Dataflow& dataflow, bool colour) {
  const Paint paint(colour);
  const KernelNode& limit = slowest(dataflow);
  std::string text;
  text += fmt::format("scenario    {}\n", scenario.name);
  text += fmt::format("network     {}: {} layers, {} MACs a frame\n", scenario.network.name,
                      scenario.network.layers.size(), scenario.network.macs());
  text += fmt::format("platform    {}, {} MHz\n", scenario.platform.name, scenario.clock_mhz);
  text += fmt::format("kernels     {}: {}\n", dataflow.nodes.size(), count_kinds(dataflow));
  if (dataflow.calibration) {
    text += fmt::format("timing      {}\n", calibration_text(*dataflow.calibration));
  }
  if (scenario.finn) text += fmt::format("FINN        {}\n", finn_text(*scenario.finn));
  text += fmt::format("FIFOs       {}, {} bits in all\n", dataflow.edges.size(),
                      storage_bits(dataflow));
  const ResourceUse use = resource_use(scenario.costs, dataflow, scenario.platform);
  text += fmt::format("resources   {}\n", use.summary());
  if (dataflow.kraken) {
    const KrakenPlan& plan = *dataflow.kraken->plan;
    text += fmt::format(
        "\n{}\n{}",
        paint.bold(fmt::format("layers of the Kraken engine, {} x {} elements",
                               plan.settings.params.rows, plan.settings.params.columns)),
        kraken_plan_table(plan));
  }
  text += fmt::format("\n{}\n{}", paint.bold("kernels, in graph order"),
                      kernel_table(scenario, dataflow));
  text += fmt::format("\n{}\n{}", paint.bold("FIFOs, in graph order"), fifo_table(dataflow));
  if (dataflow.memory) {
    text += fmt::format("\n{}\n{}",
                        paint.bold("tensors in memory (full rate: at the pace of the bottleneck)"),
                        memory_table(dataflow, scenario.clock_mhz));
  }
  for (const std::string& warning : use.warnings(scenario.platform.name)) {
    text += fmt::format("\n{} {}\n", paint.warning("warning:"), warning);
  }
  text += fmt::format(
      "\nbottleneck  {}\n",
      paint.bold(fmt::format("{}: {} cycles a frame, so at most {} frames/s", limit.name,
                             frame_interval(limit), format_rate(most_fps(scenario, dataflow)))));
  return text;
}

Json to_json(const Scenario& scenario, const Dataflow& dataflow) {
  const ResourceUse use = resource_use(scenario.costs, dataflow, scenario.platform);
  Json kernels = Json::array();
  for (const KernelNode& node : dataflow.nodes) {
    kernels.push_back(kernel_json(scenario, use, node));
  }
  Json fifos = Json::array();
  for (const Edge& edge : dataflow.edges) {
    fifos.push_back(edge_json(scenario, use, dataflow, edge));
  }
  return {{"schema", kResultSchema},
          {"scenario", scenario.name},
          {"platform", scenario.platform.name},
          {"version", kVersion},
          {"clock_mhz", scenario.clock_mhz},
          {"kernels", std::move(kernels)},
          {"fifos", std::move(fifos)},
          {"tensors", tensors_json(dataflow)},
          {"calibration", dataflow.calibration ? to_json(*dataflow.calibration) : Json(nullptr)},
          {"finn", scenario.finn ? finn_json(*scenario.finn) : Json(nullptr)},
          {"kraken", dataflow.kraken ? to_json(*dataflow.kraken->plan) : Json(nullptr)},
          {"resources", to_json(use.total, use)},
          {"utilisation", utilisation_json(use)},
          {"cost_model", use.cost_model},
          {"not_estimated", use.unknown},
          {"bottleneck", slowest(dataflow).name},
          {"most_fps", most_fps(scenario, dataflow)}};
}

}  // namespace qnnsim
