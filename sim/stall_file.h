// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/pressure.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// Reads the cycles in which a port stalls: one number a line in any order, and at most one line
/// `# repeat N` [cycles] to go on periodically; blank lines and other comments are skipped. What is
/// wrong goes to `findings`, and the port is then free.
Pressure load_stall_file(const std::string& path, const Place& named_at, Findings& findings);

}  // namespace qnnsim
