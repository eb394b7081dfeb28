// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/fast/stream_graph.h"
#include "sim/result.h"
#include "sim/run_counts.h"
#include "sim/scenario.h"

namespace qnnsim {

/// One reason why a kernel stands still: the FIFO of an edge is empty or full.
struct Blame {
  std::size_t kernel = 0;     ///< node that waits
  std::size_t edge = 0;       ///< for a beat of this edge, or for room
  std::size_t waits_for = 0;  ///< node at the other end
};

/// The circle of waits that the sink waits for, each for the next and the last for the first.
std::vector<Blame> circle_of_waits(const StreamGraph& graph, const Standstill& standstill);

/// Who waits for whom in `dataflow`, which stands still, and the smallest change of FIFO depths
/// with which the scenario runs to its end: of the full FIFOs on the cycle of waits the single one
/// that costs the fewest bits; where no single one suffices, several.
///
/// The least depth is found by a run of the fast engine in which the FIFO grows by one beat
/// whenever everything stands still (Parks, Bounded Scheduling of Process Networks, 1995). Kernels
/// take and give beats in an order that no timing changes, so whether a depth suffices is a
/// property of the network: a fresh run with one beat less stands still where this one did.
Deadlock explain_deadlock(const Scenario& scenario, const Dataflow& dataflow,
                          const Standstill& standstill);

}  // namespace qnnsim
