// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analysis/folding/fold.h"

namespace qnnsim {

/// "12345 LUT (23.2 %), ..." of the device.
std::string use_text(const Resources& use, const Resources& device);

/// {"lut": 12345, ...}
nlohmann::ordered_json resources_json(const Resources& resources);

/// What was found, how good it is, and every layer's folding, cycles and share of the device.
std::string folding_table(const FoldingResult& result);

nlohmann::ordered_json to_json(const FoldingResult& result);

/// Comments on top of the folded scenario: where it comes from and how good it is.
std::vector<std::string> folding_title(const FoldingResult& result);

}  // namespace qnnsim
