// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/diagnostics.h"
#include "sim/memory/dram_spec.h"

namespace qnnsim {

/// Reads a configuration of DRAMsim3 (umd-memsys/DRAMsim3, configs/*.ini) as it is, and means by it
/// what DRAMsim3 means. Keys that do not change its timing are passed over; unknown ones, and those
/// that ask for what `DramSpec` cannot say, are findings. A file that cannot be read is one at
/// `place`.
DramSpec load_dramsim3(const std::string& path, const Place& place, Findings& findings);

}  // namespace qnnsim
