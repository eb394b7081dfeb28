// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sim/cosim/kernel_run.h"

namespace qnnsim {

/// The streams of a run and, side by side, when each beat moved: at most `most_beats` of them.
std::string kernel_table(const KernelRun& run, std::size_t most_beats);

/// The same as data, with every beat.
nlohmann::ordered_json to_json(const KernelRun& run);

/// Every beat as a line: port, index, offered_cycle, xfer_cycle, data in hexadecimal.
std::string beats_csv(const KernelRun& run);

}  // namespace qnnsim
