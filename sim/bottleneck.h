// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/result.h"

namespace qnnsim {

/// Fills `bottleneck` and `bottleneck_reason`. In steady state a kernel is busy for its closed-form
/// cycles a frame out of the interval between frames; the busiest one sets the pace if that is all
/// of them. Otherwise FIFOs or stalls do, and the reason names the fullest FIFO. Of a run without
/// an interval the shares are those of the whole run.
void find_bottleneck(Result& result);

}  // namespace qnnsim
