// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/diagnostics.h"
#include "sim/memory/dram_spec.h"

namespace qnnsim {

/// The memory that `text` means: a name of configs/memories, a memory file (.yaml), or a
/// configuration of DRAMsim3 (.ini). Paths are relative to the file of `place`. What is wrong goes
/// to `findings`.
DramSpec load_memory(const std::string& text, const Place& place, Findings& findings);

}  // namespace qnnsim
