// SPDX-License-Identifier: Apache-2.0
#include "sim/resource_use.h"

#include <fmt/format.h>

#include "sim/diagnostics.h"
#include "sim/or_null.h"
#include "sim/text_table.h"

namespace qnnsim {
namespace {

/// What to do about a design that takes too many of kResourceKinds.
constexpr std::array<const char*, kResourceKinds.size()> kRemedies = {
    "reduce pe or simd, set compute: dsp, or memory: bram",
    "reduce pe or simd",
    "reduce pe or simd, or set compute: lut",
    "set memory: lut or uram, or weight_source: dram, where the largest memories are",
    "set memory: bram or lut",
};

}  // namespace

std::optional<double> ResourceUse::utilisation(const ResourceKind& kind) const {
  const std::int64_t limit = limits.*kind.count;
  if (!knows(kind) || limit == 0) return std::nullopt;
  return double(total.*kind.count) / double(limit);
}

std::vector<std::string> ResourceUse::warnings(const std::string& platform) const {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < kResourceKinds.size(); ++i) {
    const ResourceKind& kind = kResourceKinds[i];
    const std::int64_t taken = total.*kind.count;
    const std::int64_t limit = limits.*kind.count;
    if (!estimated[i] || taken <= limit) continue;
    warnings.push_back(fmt::format("the design takes {} {}, but {} has {}, {} too few: {}", taken,
                                   kind.name, platform, limit, taken - limit, kRemedies[i]));
  }
  return warnings;
}

std::string ResourceUse::summary() const {
  if (cost_model.empty()) return "not estimated";
  std::vector<std::string> words;
  for (const ResourceKind& kind : kResourceKinds) {
    if (!knows(kind)) {
      words.push_back(fmt::format("{} unknown", kind.name));
      continue;
    }
    std::string word = fmt::format("{} {} of {}", kind.name, total.*kind.count, limits.*kind.count);
    if (const auto share = utilisation(kind)) {
      word += fmt::format(" ({} %)", format_percent(*share, 1));
    }
    words.push_back(std::move(word));
  }
  return join(words);
}

std::optional<Resources> resources_of(const CostModel& model, const KernelNode& node) {
  if (node.outside || !model.knows(node.kernel->block())) return std::nullopt;
  return model.of(*node.kernel);
}

std::optional<Resources> resources_of(const CostModel& model, const Dataflow& dataflow,
                                      const Edge& edge) {
  if (dataflow.nodes[edge.from].outside || dataflow.nodes[edge.to].outside) return std::nullopt;
  return model.of_fifo(dataflow.port(edge).width_bits(), edge.depth);
}

ResourceUse resource_use(const CostModel& model, const Dataflow& dataflow,
                         const Platform& platform) {
  ResourceUse use;
  use.cost_model = model.name();
  use.limits = limits(platform);
  for (std::size_t i = 0; i < kResourceKinds.size(); ++i) {
    use.estimated[i] = model.estimates(kResourceKinds[i]);
  }
  for (const KernelNode& node : dataflow.nodes) {
    if (node.outside) continue;
    if (!model.knows(node.kernel->block())) use.unknown.push_back(node.name);
    use.total += model.of(*node.kernel);
  }
  for (const Edge& edge : dataflow.edges) {
    use.total += resources_of(model, dataflow, edge).value_or(Resources{});
  }
  return use;
}

nlohmann::ordered_json to_json(const std::optional<Resources>& resources, const ResourceUse& use) {
  nlohmann::ordered_json json;
  for (const ResourceKind& kind : kResourceKinds) {
    json[kind.key] = nullptr;
    if (resources && use.knows(kind)) json[kind.key] = (*resources).*kind.count;
  }
  return json;
}

nlohmann::ordered_json to_json(const std::optional<Resources>& resources, const ResourceUse& use,
                               std::uint64_t dsps) {
  nlohmann::ordered_json json = to_json(resources, use);
  if (!resources) json["dsp"] = dsps;
  return json;
}

nlohmann::ordered_json utilisation_json(const ResourceUse& use) {
  nlohmann::ordered_json json;
  for (const ResourceKind& kind : kResourceKinds) json[kind.key] = or_null(use.utilisation(kind));
  return json;
}

}  // namespace qnnsim
