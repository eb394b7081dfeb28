// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "sim/result.h"
#include "sim/scenario.h"
#include "sim/simulation.h"

namespace qnnsim {

/// Who waits for whom in `simulation`, which stands still, and the smallest change of FIFO depths
/// with which the scenario runs to its end: of the full FIFOs on the cycle of waits the single one
/// that costs the fewest bits; where no single one suffices, several.
///
/// The least depth is found by a run of the fast engine, beats only, in which the FIFO grows by one
/// beat whenever everything stands still (Parks, Bounded Scheduling of Process Networks, 1995).
/// Kernels take and give beats in an order that no timing changes, so whether a depth suffices is a
/// property of the network: a fresh run with one beat less stands still where this one did. `stop`
/// ends the search early; the remedy is then empty.
Deadlock explain_deadlock(const Scenario& scenario, const Simulation& simulation,
                          const std::atomic<bool>* stop = nullptr);

}  // namespace qnnsim
