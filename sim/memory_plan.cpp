// SPDX-License-Identifier: Apache-2.0
#include "sim/memory_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "models/axi_reader.h"
#include "models/axi_writer.h"
#include "models/weight_memory.h"

namespace qnnsim {
namespace {

constexpr std::uint64_t kPage = 4096;  ///< [bytes] on which tensors begin: no burst crosses it

std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// Bytes of one channel, where channels are told apart by the highest bits of the address.
std::optional<std::uint64_t> channel_bytes(const DramSpec& spec) {
  const auto bytes = std::uint64_t(spec.bytes());
  for (const std::vector<int>& bits : spec.map.channel.bits) {
    for (int bit : bits) {
      if ((std::uint64_t{1} << bit) < bytes / spec.channels) return std::nullopt;
    }
  }
  return bytes / spec.channels;
}

/// The tensor is in no memory, or in one that there is not.
void complain_of_memory(const Scenario& scenario, const TensorSettings& settings,
                        Findings& findings) {
  std::vector<std::string> names;
  for (const MemorySettings& memory : scenario.memory.memories) names.push_back(memory.name);
  if (!settings.memory.empty()) {
    findings.add(settings.memory_place, fmt::format("unknown memory '{}'", settings.memory),
                 suggest(settings.memory, names));
    return;
  }
  findings.add(settings.memory_place, fmt::format("tensor '{}' is in no memory", settings.name),
               names.empty() ? "describe one: memories: {ddr0: {type: ddr4-2400-8gb-x8}}"
                             : fmt::format("tensors: {{{}: {{memory: {}}}}}, with one of {}",
                                           settings.name, names.front(), join(names)));
}

}  // namespace

std::unique_ptr<MemorySystem> memory_system(const Scenario& scenario) {
  auto system = std::make_unique<MemorySystem>();
  const auto hertz = static_cast<std::uint64_t>(std::llround(scenario.clock_mhz * 1e6));
  for (const MemorySettings& each : scenario.memory.memories) {
    system->memories.push_back(
        std::make_unique<Memory>(each.name, each.spec, each.interconnect, hertz));
  }
  return system;
}

AxiTransferParams transfer_over(const TensorSettings& tensor) {
  AxiTransferParams transfer;
  transfer.bus_bits = tensor.bus_bits;
  transfer.max_burst = tensor.max_burst;
  transfer.outstanding = tensor.outstanding;
  return transfer;
}

AxiTransferParams MemoryPlan::transfer(const MemoryRead& what, std::uint64_t passes_per_frame) {
  const TensorSettings chosen = scenario_.memory.of(what.tensor);
  AxiTransferParams transfer = transfer_over(chosen);
  transfer.buffers = what.buffers;
  transfer.elements = what.elements;
  transfer.passes = passes_per_frame;
  transfer.type = what.type;
  transfer.stride = what.buffers > 1 ? transfer.bytes() : 0;
  transfer.base = base(what.tensor);
  if (!placed_) needs_.push_back({chosen, what.buffers * transfer.bytes()});
  return transfer;
}

void MemoryPlan::attach(GraphBuilder& graph, MemoryMaster master, MemoryPort& port) const {
  if (!placed_) return;
  std::unique_ptr<MemorySystem>& system = graph.graph().memory;
  if (!system) system = memory_system(scenario_);
  const int memory = scenario_.memory.memory_of(scenario_.memory.of(master.tensor));
  if (memory < 0)
    return complain_of_memory(scenario_, scenario_.memory.of(master.tensor), findings_);
  master.memory = std::size_t(memory);
  master.port = system->memories[master.memory]->add_port(
      master.tensor, master.contents->transfer.bus_bytes(), master.writes);
  system->masters.push_back(std::move(master));
  port.connect(system->direct_link(system->masters.size() - 1));
}

void MemoryPlan::share_among_frames(GraphBuilder& graph, const MemoryRead& what,
                                    const std::vector<int>& nodes) const {
  const std::uint64_t frames = std::max<std::uint64_t>(scenario_.stimulus.frames / what.passes, 1);
  for (int node : nodes) graph.graph().nodes[node].frames = frames;
  graph.graph().frames_together = std::lcm(graph.graph().frames_together, frames);
}

Stream MemoryPlan::read_input(GraphBuilder& graph, const MemoryRead& what, const Pressure& arrivals,
                              std::size_t& source) {
  const auto add_source = [&](const std::string& name, const Port& port, const Pressure& pressure,
                              std::vector<Value> values) {
    auto kernel = std::make_unique<Source>(port, what.passes, pressure, std::move(values));
    const int node = graph.add_node(name, "source", "source", std::move(kernel));
    graph.graph().nodes[node].outside = true;
    source = static_cast<std::size_t>(node);
    return Stream{node, 0};
  };
  if (at_once_) {
    const AxiTransferParams moved = transfer(what, 1);
    return add_source(what.tensor, {moved.lanes(), what.type, moved.stream_beats()}, {}, {});
  }
  const Stream tokens = add_source("source", token_port(1), arrivals,
                                   std::vector<Value>(scenario_.carries_data() ? what.passes : 0));
  return read(graph, what.tensor, what, tokens);
}

Stream MemoryPlan::read_weights(GraphBuilder& graph, const std::string& layer,
                                const MemoryRead& what) {
  const std::uint64_t beats = std::max<std::uint64_t>(what.passes / scenario_.stimulus.frames, 1);
  if (at_once_) {
    const AxiTransferParams moved = transfer(what, beats);
    WeightMemoryParams p;
    p.lanes = moved.lanes();
    p.tiles = moved.stream_beats();
    p.beats = beats * moved.stream_beats();
    p.type = what.type;
    const int node =
        graph.add_node(what.tensor, layer, kMemoryReader, std::make_unique<WeightMemory>(p));
    share_among_frames(graph, what, {node});
    return {node, 0};
  }
  auto start =
      std::make_unique<Source>(token_port(beats), what.passes / beats, Pressure(),
                               std::vector<Value>(scenario_.carries_data() ? what.passes : 0));
  const int node = graph.add_node(what.tensor + ".start", layer, "start", std::move(start));
  graph.graph().nodes[node].outside = true;
  return read(graph, layer, what, {node, 0});
}

Stream MemoryPlan::read(GraphBuilder& graph, const std::string& layer, const MemoryRead& what,
                        Stream tokens) {
  MemoryMaster master;
  master.contents = std::make_shared<MemoryTensor>();
  master.contents->transfer = transfer(what, graph.port(tokens).beats);
  if (placed_ && scenario_.carries_data()) {
    master.contents->allocate();
    for (std::uint64_t i = 0; i < what.buffers && !what.values.empty(); ++i) {
      master.contents->store(i, &what.values[i * what.elements]);
    }
  }
  auto port = std::make_unique<MemoryReadPort>(master.contents);
  MemoryPort& placed = *port;
  const int reader = graph.add_node(what.tensor, layer, kMemoryReader,
                                    std::make_unique<AxiReader>(master.contents->transfer));
  const int node = graph.add_node(what.tensor + ".port", layer, "memory_port", std::move(port));
  graph.graph().nodes[node].outside = true;
  share_among_frames(graph, what, {reader, node});
  graph.connect(tokens, reader, 0);
  graph.connect({reader, 1}, node, 0);
  graph.connect({node, 0}, reader, 1);
  master.tensor = what.tensor;
  master.node = reader;
  master.port_node = node;
  master.passes = what.passes;
  attach(graph, std::move(master), placed);
  return {reader, 0};
}

Stream MemoryPlan::write(GraphBuilder& graph, const std::string& tensor, Stream stream) {
  const Port given = graph.port(stream);
  MemoryRead what;
  what.tensor = tensor;
  what.type = given.type;
  what.elements = given.beats * given.lanes;
  what.passes = what.buffers = scenario_.stimulus.frames;
  MemoryMaster master;
  master.contents = std::make_shared<MemoryTensor>();
  master.contents->transfer = transfer(what, 1);
  if (placed_ && scenario_.carries_data()) master.contents->allocate();
  auto port = std::make_unique<MemoryWritePort>(master.contents);
  MemoryPort& placed = *port;
  auto writer = std::make_unique<AxiWriter>(master.contents->transfer);
  const Stream fitted = graph.fit(stream, writer->inputs()[0], tensor + "_dwc", tensor, "writer");
  if (at_once_) return fitted;
  const int node = graph.add_node(tensor, tensor, "axi_writer", std::move(writer));
  graph.connect(fitted, node, 0);
  const int port_node = graph.add_node(tensor + ".port", tensor, "memory_port", std::move(port));
  graph.graph().nodes[port_node].outside = true;
  graph.connect({node, 1}, port_node, 0, "aw");
  graph.connect({node, 2}, port_node, 1, "w");
  graph.connect({port_node, 0}, node, 1);
  master.tensor = tensor;
  master.writes = true;
  master.node = node;
  master.port_node = port_node;
  master.passes = what.passes;
  attach(graph, std::move(master), placed);
  return {node, 0};
}

void MemoryPlan::place() {
  placed_ = true;
  const std::vector<MemorySettings>& memories = scenario_.memory.memories;
  std::vector<std::vector<const Need*>> needs(memories.size());
  std::vector<std::string> tensors;
  for (const Need& need : needs_) {
    const TensorSettings& settings = need.settings;
    tensors.push_back(settings.name);
    if (const int memory = scenario_.memory.memory_of(settings); memory >= 0) {
      needs[memory].push_back(&need);
    } else {
      complain_of_memory(scenario_, settings, findings_);
    }
  }
  for (const TensorSettings& settings : scenario_.memory.tensors) {
    if (std::find(tensors.begin(), tensors.end(), settings.name) != tensors.end()) continue;
    findings_.add(settings.place, fmt::format("no tensor '{}' is in memory", settings.name),
                  tensors.empty() ? "weights are with 'weight_source: dram' in the folding"
                                  : suggest(settings.name, tensors));
  }
  for (std::size_t i = 0; i < memories.size(); ++i) {
    // A memory that could not be read has no size, and has been complained of.
    const DramSpec& spec = memories[i].spec;
    if (spec.burst_length > 0 && spec.bytes() > 0) place_in(memories[i], needs[i]);
  }
  if (findings_.empty()) return;
  // Nothing will run: no memory needs to be possible, and no base to be legal.
  placed_ = false;
  bases_.clear();
}

std::uint64_t MemoryPlan::base(const std::string& tensor) const {
  const auto found = bases_.find(tensor);
  return found == bases_.end() ? 0 : found->second;
}

MemoryPlan::Span MemoryPlan::region(const Need& need, const MemorySettings& memory) const {
  const TensorSettings& settings = need.settings;
  const DramSpec& spec = memory.spec;
  if (!settings.channel) return {0, std::uint64_t(spec.bytes()), settings.name};
  const auto bytes = channel_bytes(spec);
  if (*settings.channel >= spec.channels) {
    findings_.add(settings.channel_place,
                  fmt::format("channel: {} has channels 0 to {}", memory.name, spec.channels - 1));
  } else if (!bytes) {
    findings_.add(settings.channel_place,
                  fmt::format("channel: the address map of '{}' spreads every tensor over all "
                              "channels",
                              memory.name),
                  "choose an address_map with the channel in the highest bits");
  } else {
    const std::uint64_t first = *bytes * std::uint64_t(*settings.channel);
    return {first, first + *bytes, settings.name};
  }
  return {0, std::uint64_t(spec.bytes()), settings.name};
}

void MemoryPlan::place_in(const MemorySettings& memory, std::vector<const Need*> needs) {
  // Those with a base of their own first.
  std::stable_partition(needs.begin(), needs.end(),
                        [](const Need* need) { return need->settings.base.has_value(); });
  std::vector<Span> taken;  // ascending
  for (const Need* need : needs) {
    const TensorSettings& settings = need->settings;
    const Span space = region(*need, memory);
    const auto bus = std::uint64_t(settings.bus_bits) / 8;
    std::uint64_t begin = settings.base ? *settings.base : space.begin;
    if (!settings.base) {
      for (const Span& span : taken) {
        if (begin + need->bytes > span.begin && begin < span.end) begin = round_up(span.end, kPage);
      }
    }
    const Span span{begin, begin + need->bytes, settings.name};
    const Place& place = settings.base ? settings.base_place : settings.place;
    if (begin % bus != 0) {
      findings_.add(place, fmt::format("base: {:#x} is not a multiple of the {} bytes of the bus",
                                       begin, bus));
    }
    if (span.end > space.end) {
      findings_.add(place,
                    fmt::format("tensor '{}' takes {:#x} to {:#x}, but '{}' ends at {:#x}",
                                settings.name, span.begin, span.end - 1, memory.name, space.end),
                    "fewer frames, another base or memory");
    }
    for (const Span& other : taken) {
      if (span.begin < other.end && other.begin < span.end) {
        findings_.add(place,
                      fmt::format("tensor '{}' at {:#x} to {:#x} overlaps '{}' at {:#x} to {:#x}",
                                  span.tensor, span.begin, span.end - 1, other.tensor, other.begin,
                                  other.end - 1),
                      "leave out 'base': tensors are then placed one behind the other");
      }
    }
    const auto behind = std::find_if(taken.begin(), taken.end(),
                                     [&](const Span& other) { return other.begin >= span.begin; });
    taken.insert(behind, span);
    bases_[settings.name] = begin;
  }
}

}  // namespace qnnsim
