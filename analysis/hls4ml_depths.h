// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "analysis/sizing.h"

namespace qnnsim {

/// The depths [beats] as in the fifo_depths.json that hls4ml's FIFO depth optimisation leaves:
/// {"<stream>": {"initial": before, "optimized": found}}, by edge. The streams bear our names; to
/// apply them, set the depth in the `pragma` of the model's output variable that stands for each.
nlohmann::ordered_json hls4ml_fifo_depths(const Sizing& sizing);

}  // namespace qnnsim
