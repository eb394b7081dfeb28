// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/result.h"

namespace qnnsim {

const char* to_string(DataMode mode);      ///< as scenario files say it
const char* to_string(RunStatus status);   ///< "running", "done", "deadlock" or "interrupted"
const char* to_string(Activity activity);  ///< "busy", "starved" or "blocked"

/// The lines of a scenario file that make the FIFOs of `changes` as deep as they must be:
/// `fifos: {edges: {a->b: 57}}`.
std::string remedy_yaml(const std::vector<DepthChange>& changes);

}  // namespace qnnsim
