// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/sweep/journal.h"
#include "analysis/sweep/study.h"
#include "analysis/sweep/sweep.h"

namespace qnnsim {

/// The points in the order of the study, each an object of its number (from 1 on), the values it
/// sets, its status (done, failed or missing), the columns, and the reason why it failed.
nlohmann::ordered_json sweep_rows(const Study& study, const Journal& journal);

/// The rows as CSV (RFC 4180 but for the ends of lines), with a header.
std::string rows_csv(const Study& study, const nlohmann::ordered_json& rows);

/// The rows as JSON, one a line.
std::string rows_jsonl(const nlohmann::ordered_json& rows);

/// The rows as text, the first and the last where there are many, and what became of the sweep.
std::string sweep_text(const Study& study, const nlohmann::ordered_json& rows,
                       const SweepCount& counts, bool all_points);

}  // namespace qnnsim
