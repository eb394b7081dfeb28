// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/memory_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "sim/memory/address_map.h"
#include "sim/memory/address_map_file.h"
#include "sim/memory/dram_file.h"

namespace qnnsim {
namespace {

constexpr std::int64_t kMostLatency = 1'000'000;
constexpr std::int64_t kMostAddress = std::numeric_limits<std::int64_t>::max() / 2;

MemorySettings read_memory(const YamlValue::Member& member, Findings& findings) {
  YamlReader reader(member.value, fmt::format("memory '{}'", member.key), findings);
  MemorySettings memory;
  memory.name = member.key;
  memory.place = member.key_place;
  reader.require("type", "a name of configs/memories, or the path of a memory file");
  if (const std::string type = reader.text("type"); !type.empty()) {
    memory.spec = load_memory(type, reader.place("type"), findings);
  }
  if (reader.has("address_map")) {
    const std::size_t before = findings.all().size();
    memory.spec.map = read_address_map(reader, "address_map", memory.spec);
    const bool was_read = memory.spec.burst_length > 0 && findings.all().size() == before;
    if (was_read) {
      for (const std::string& what : contradictions(memory.spec)) {
        reader.complain("address_map", what);
      }
    }
  }
  Interconnect& way = memory.interconnect;
  way.arbitration = reader.choice("arbitration", {"round_robin", "priority"}) == "priority"
                        ? Arbitration::kPriority
                        : Arbitration::kRoundRobin;
  way.request_latency =
      int(reader.integer("request_latency", way.request_latency, 1, kMostLatency));
  way.response_latency =
      int(reader.integer("response_latency", way.response_latency, 1, kMostLatency));
  way.queue = int(reader.integer("queue", way.queue, 1, 1 << 16));
  reader.finish();
  return memory;
}

void read_bus(YamlReader& reader, TensorSettings& tensor) {
  tensor.bus_bits = int(reader.integer("bus_bits", tensor.bus_bits, 32, 1024));
  if (exact_log2(tensor.bus_bits) < 0) {
    reader.complain("bus_bits", fmt::format("bus_bits: {} is not a power of two", tensor.bus_bits),
                    "legal: 32, 64, 128, 256, 512, 1024");
    tensor.bus_bits = 64;
  }
  tensor.max_burst = int(reader.integer("max_burst", tensor.max_burst, 1, 256));
  tensor.outstanding = int(reader.integer("outstanding", tensor.outstanding, 1, 1 << 16));
  if (reader.has("memory")) {
    tensor.memory = reader.text("memory");
    tensor.memory_place = reader.place("memory");
  }
}

TensorSettings read_tensor(const YamlValue::Member& member, TensorSettings tensor,
                           Findings& findings) {
  YamlReader reader(member.value, fmt::format("tensor '{}'", member.key), findings);
  tensor.name = member.key;
  tensor.place = member.key_place;
  if (tensor.memory.empty()) tensor.memory_place = tensor.place;
  read_bus(reader, tensor);
  if (reader.has("base")) {
    tensor.base = std::uint64_t(reader.integer("base", {}, 0, kMostAddress));
    tensor.base_place = reader.place("base");
  }
  if (reader.has("channel")) {
    tensor.channel = int(reader.integer("channel", {}, 0, 1 << 16));
    tensor.channel_place = reader.place("channel");
    if (tensor.base) {
      reader.complain("channel", "'base' and 'channel' exclude each other",
                      "a base names the channel by itself");
    }
  }
  reader.finish();
  return tensor;
}

}  // namespace

const TensorSettings* MemoryChoices::find(const std::string& tensor) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const TensorSettings& each) { return each.name == tensor; });
  return found == tensors.end() ? nullptr : &*found;
}

TensorSettings MemoryChoices::of(const std::string& tensor) const {
  if (const TensorSettings* given = find(tensor)) return *given;
  TensorSettings settings = usual;
  settings.name = tensor;
  return settings;
}

int MemoryChoices::memory_of(const TensorSettings& tensor) const {
  if (tensor.memory.empty()) return memories.size() == 1 ? 0 : -1;
  const auto found = std::find_if(memories.begin(), memories.end(),
                                  [&](const auto& memory) { return memory.name == tensor.memory; });
  return found == memories.end() ? -1 : static_cast<int>(found - memories.begin());
}

MemoryChoices read_memories(YamlReader memories, YamlReader tensors, Findings& findings) {
  MemoryChoices choices;
  for (const YamlValue::Member& member : memories.members()) {
    choices.memories.push_back(read_memory(member, findings));
  }
  choices.usual.place = tensors.place();
  choices.usual.memory_place = tensors.place();
  for (const YamlValue::Member& member : tensors.members()) {
    if (member.key != "default") continue;
    YamlReader usual(member.value, "the default of tensors", findings);
    read_bus(usual, choices.usual);
    usual.finish();
  }
  for (const YamlValue::Member& member : tensors.members()) {
    if (member.key == "default") continue;
    choices.tensors.push_back(read_tensor(member, choices.usual, findings));
  }
  return choices;
}

}  // namespace qnnsim
