// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/calibration_fit.h"
#include "sim/calibration.h"

namespace qnnsim {

/// What was fitted, how well, and what was left out; where there is no fit, why not.
std::string calibration_table(const CalibrationFile& file, const Recording& recording,
                              const CalibrationFit& fit);

/// The same in JSON.
nlohmann::ordered_json to_json(const CalibrationFile& file, const Recording& recording,
                               const CalibrationFit& fit);

/// The entries of the block; `evidence` is the file of traces.
std::vector<TimingEntry> timing_entries(const CalibrationFile& file, const CalibrationFit& fit,
                                        const std::string& evidence);

/// Where the fit comes from: "module mvu_axi of mvu_axi.sv, sha256 0123456789abcdef, Verilator".
std::string calibration_source(const CalibrationFile& file, const Recording& recording,
                               const CalibrationFit& fit);

}  // namespace qnnsim
