// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sim/kraken/kraken_plan.h"

namespace qnnsim {

/// How the engine's layers are cut, and the least clocks of a batch that the array takes for them.
std::string kraken_plan_table(const KrakenPlan& plan);
nlohmann::ordered_json to_json(const KrakenPlan& plan);

/// [clocks] of a batch in which the array computes: never without pixels and weights, and with a
/// free output pipe.
std::uint64_t least_clocks(const KrakenPlan& plan, const KrakenLayer& layer);

}  // namespace qnnsim
