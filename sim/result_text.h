// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/result.h"

namespace qnnsim {

const char* to_string(DataMode mode);      ///< as scenario files say it
const char* to_string(RunStatus status);   ///< "running", "done", "deadlock" or "interrupted"
const char* to_string(Activity activity);  ///< "busy", "starved" or "blocked"

/// "fc.mvu: 61 % starved by ddr0; needs 18.2 GB/s, gets 11.3".
std::string starvation(const Result& result, const MemoryResult& memory,
                       const TensorResult& tensor);

/// "finn-0.10: mvu, pad; own timing: add; error 0 cycles in 120 beats of 4 held-out points".
std::string calibration_text(const CalibrationUse& use);

/// What a scenario file says to make the FIFOs of `changes` as deep as they must be: one line,
/// `fifos: {edges: {a->b: 57}}`, or a block where there are several.
std::string remedy_yaml(const std::vector<DepthChange>& changes);

}  // namespace qnnsim
