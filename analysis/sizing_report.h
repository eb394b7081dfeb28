// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analysis/sizing.h"

namespace qnnsim {

/// What else was asked for beside the depths.
struct SizingStudies {
  std::vector<ParetoPoint> pareto;
  std::vector<StallLoss> stalls;
};

/// For a person to read: the rate before and after, what the FIFOs cost, and those that matter (all
/// with `all_fifos`), each with its reason.
std::string sizing_table(const Sizing& sizing, const SizingStudies& studies, bool all_fifos);

/// The same as JSON (docs/sizing.md); what differs from run to run is in `host`.
nlohmann::ordered_json to_json(const Sizing& sizing, const SizingStudies& studies);

}  // namespace qnnsim
