// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analysis/optimise/optimise.h"

namespace qnnsim {

/// The rounds so far as a table, a line each under two of titles.
std::string rounds_table(const OptimiseResult& result);

/// What was asked for, the rounds, the best of them and why there is none after the last.
std::string optimise_text(const OptimiseResult& result);

nlohmann::ordered_json to_json(const OptimiseResult& result);

/// Comments on top of the scenario of the best round: where it comes from and how good it is.
std::vector<std::string> optimise_title(const OptimiseResult& result);

/// Why no round meets the target, and what would do; empty where one does.
Findings shortfall(const OptimiseResult& result, const std::string& path);

}  // namespace qnnsim
