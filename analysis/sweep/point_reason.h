// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/sweep/crew.h"

namespace qnnsim {

/// Was the point ended by someone, as Ctrl-C ends it? It is neither done nor failed then.
bool was_interrupted(const PointOutcome& outcome);

/// Why the point failed, in one line; empty if it did not. `result` is its JSON, or null.
std::string point_reason(const PointOutcome& outcome, const nlohmann::ordered_json& result);

}  // namespace qnnsim
