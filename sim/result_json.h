// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "sim/result.h"

namespace qnnsim {

/// The version of result.json: fields are added freely, none is renamed or changes its meaning.
inline constexpr int kResultSchema = 1;

/// `result` as result.json; docs/results.md gives every field with its unit. A figure that was not
/// measured is null. All but `host` depends on the scenario and its seed alone.
nlohmann::ordered_json to_json(const Result& result);

/// What a run had of a calibration.
nlohmann::ordered_json to_json(const CalibrationUse& use);

}  // namespace qnnsim
