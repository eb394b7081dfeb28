// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/scenario.h"

namespace qnnsim {

/// [beats] that the FIFO behind a master of memory must hold so that what reads `beats_per_cycle`
/// from it does not starve while the memory looks after something else: a refresh of all banks, the
/// way there and back with a closed row, and a burst of each of the `others` masters. At least 2.
///
/// It can only be full when the bus moves more than is read. Assumption, not a bound: the
/// controller may serve several bursts of another master first.
std::uint64_t prefetch_depth(const Scenario& scenario, const MemorySettings& memory,
                             const TensorSettings& tensor, std::size_t others,
                             double beats_per_cycle);

}  // namespace qnnsim
