// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/diagnostics.h"
#include "sim/memory/trace_replay.h"

namespace qnnsim {

/// Reads a trace of requests, one a line: "0xADDRESS READ|WRITE CYCLE", the address in bytes, the
/// cycle in those of the memory clock and never below the one before. Blank lines and lines that
/// begin with '#' are passed over. What is wrong goes to `findings`, the first lines of it;
/// addresses from `memory_bytes` on are wrong.
std::vector<TraceRequest> load_trace(const std::string& path, std::int64_t memory_bytes,
                                     const Place& place, Findings& findings);

}  // namespace qnnsim
