// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sim/result.h"
#include "sim/scenario.h"
#include "sim/simulation.h"

namespace qnnsim {

/// Who waits for whom in `simulation`, which stands still, and the smallest change of FIFO depths with
/// which the scenario runs to its end. The remedy is found by simulation (fast engine, beats only): the
/// least sufficient depth of a single FIFO on the cycle of waits, the one that costs the fewest bits;
/// where no single one suffices, of several. Deeper FIFOs never stop a network that flows, so a binary
/// search finds the least depth.
Deadlock explain_deadlock(const Scenario& scenario, const Simulation& simulation);

}  // namespace qnnsim
