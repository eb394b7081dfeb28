// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sim/memory/dram_spec.h"
#include "sim/memory/trace_replay.h"

namespace qnnsim {

/// A trace replayed on a memory, and what came of it.
struct ReplayRun {
  DramSpec memory;
  std::string trace;  ///< path of the file
  ReplayOptions options;
  ReplayResult result;
};

/// One object; energies in pJ, times in memory cycles unless the key says otherwise.
nlohmann::ordered_json to_json(const ReplayRun& run);

/// The same for people.
std::string replay_table(const ReplayRun& run);

}  // namespace qnnsim
