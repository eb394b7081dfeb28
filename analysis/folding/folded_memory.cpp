// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/folded_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/memory/dram_file.h"

namespace qnnsim {
namespace {

std::string entry(const TensorSettings& tensor) {
  std::string text = fmt::format("{}: {{bus_bits: {}, max_burst: {}, outstanding: {}", tensor.name,
                                 tensor.bus_bits, tensor.max_burst, tensor.outstanding);
  if (!tensor.memory.empty()) text += ", memory: " + tensor.memory;
  if (tensor.base) text += fmt::format(", base: {}", *tensor.base);
  if (tensor.channel) text += fmt::format(", channel: {}", *tensor.channel);
  return text + "}";
}

}  // namespace

std::string platform_memories(const Platform& platform, Findings& findings) {
  std::string text;
  for (const PlatformMemory& memory : platform.memories) {
    if (memory.type.empty()) continue;
    const DramSpec spec = load_memory(memory.type, {"--dram", 0, 0}, findings);
    if (spec.channels < 1) return {};
    const int count = std::max(1, memory.channels / spec.channels);
    for (int i = 0; i < count; ++i) {
      const std::string index = count > 1 ? fmt::format("-{}", i) : "";
      text += fmt::format("{}{}{}: {{type: {}}}", text.empty() ? "" : ", ", memory.name, index,
                          memory.type);
    }
  }
  if (text.empty()) {
    findings.add({"--dram", 0, 0}, fmt::format("the memory of {} is not described", platform.name),
                 "describe it in the scenario: memories: {ddr0: {type: ddr4-2400-8gb-x8}}");
  }
  return "{" + text + "}";
}

double peak_gb_s(const Scenario& scenario) {
  double sum = 0;
  for (const MemorySettings& memory : scenario.memory.memories) sum += memory.spec.peak_gb_s();
  return sum;
}

TensorSettings master_of_weights(int bus_bits) {
  TensorSettings tensor;
  tensor.bus_bits = bus_bits;
  tensor.max_burst = 16;
  tensor.outstanding = 16;
  return tensor;
}

std::string tensors_of(const Scenario& scenario, std::vector<WeightsInMemory> weights) {
  const MemoryChoices& choices = scenario.memory;
  std::vector<double> load(choices.memories.size(), 0.0);  // [s] in any unit
  std::string text;
  const auto add = [&](const TensorSettings& tensor) {
    text += (text.empty() ? "" : ", ") + entry(tensor);
  };
  for (const char* name : {kInputTensor, kOutputTensor}) {
    if (const TensorSettings* given = choices.find(name)) add(*given);
  }
  std::stable_sort(weights.begin(), weights.end(),
                   [](const auto& a, const auto& b) { return a.traffic > b.traffic; });
  for (const WeightsInMemory& each : weights) {
    std::size_t best = 0;
    const auto with = [&](std::size_t i) {
      return load[i] + double(each.traffic) / choices.memories[i].spec.peak_gb_s();
    };
    for (std::size_t i = 1; i < load.size(); ++i) {
      if (with(i) < with(best)) best = i;
    }
    load[best] = with(best);
    TensorSettings tensor = master_of_weights(each.bus_bits);
    tensor.name = each.tensor;
    tensor.memory = choices.memories[best].name;
    add(tensor);
  }
  return "{" + text + "}";
}

}  // namespace qnnsim
