// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "models/resources.h"
#include "sim/cost_model.h"
#include "sim/dataflow.h"
#include "sim/platform.h"

namespace qnnsim {

/// What a design takes of its platform, as a cost model estimates it.
struct ResourceUse {
  std::string cost_model;  ///< its name; empty: nothing is estimated
  Resources total;         ///< of the kernels and FIFOs that are estimated
  Resources limits;        ///< what the platform has
  std::array<bool, kResourceKinds.size()> estimated{};  ///< does the model speak of this kind?
  std::vector<std::string> unknown;  ///< kernels of which it says nothing but what is counted

  bool knows(const ResourceKind& kind) const {
    return estimated[static_cast<std::size_t>(&kind - kResourceKinds.data())];
  }
  /// Share of the platform; nothing where that is unknown or the platform has none.
  std::optional<double> utilisation(const ResourceKind& kind) const;
  /// What does not fit, by how much, and what would help; empty where all fits.
  std::vector<std::string> warnings(const std::string& platform) const;
  /// "LUT 4711 of 53200 (8.9 %), FF ..."; "not estimated" without a model.
  std::string summary() const;
};

/// What a kernel takes; nothing where it is not part of the accelerator or the model does not know
/// it.
std::optional<Resources> resources_of(const CostModel& model, const KernelNode& node);
/// What a FIFO takes; nothing where one of its ends is not part of the accelerator.
std::optional<Resources> resources_of(const CostModel& model, const Dataflow& dataflow,
                                      const Edge& edge);
ResourceUse resource_use(const CostModel& model, const Dataflow& dataflow,
                         const Platform& platform);

/// {"lut": 12, ...}: null where the model does not speak of a kind, or where there is nothing.
nlohmann::ordered_json to_json(const std::optional<Resources>& resources, const ResourceUse& use);
/// The same of a kernel: its DSP slices are known even where the model does not know it.
nlohmann::ordered_json to_json(const std::optional<Resources>& resources, const ResourceUse& use,
                               std::uint64_t dsps);
/// {"lut": 0.25, ...}
nlohmann::ordered_json utilisation_json(const ResourceUse& use);

}  // namespace qnnsim
