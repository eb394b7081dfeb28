// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/result.h"

namespace qnnsim {

struct TableOptions {
  bool all_layers = false;  ///< every kernel and every FIFO, instead of those that matter most
  bool colour = false;      ///< for a terminal
};

/// `result` for a person to read: what was run, its times, the kernels (busiest first, the
/// bottleneck marked), the FIFOs that were full, published figures, warnings, and why a deadlock
/// stands still.
std::string result_table(const Result& result, const TableOptions& options = {});

}  // namespace qnnsim
