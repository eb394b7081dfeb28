// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/sizing_problem.h"

namespace qnnsim {

/// As `size_fifos`, for a design some of whose kernels have no schedule (a calibration: frozen
/// pipelines, locked queues): by running it cycle by cycle.
///
/// Depths at which no FIFO was ever full at the pace of the slowest kernel, then FIFO by FIFO the
/// least step that keeps the rate, by bisection, while the budget lasts. What such kernels do is
/// not monotone in depths, so nothing is proved: every depth is one that a run has shown to
/// suffice. `limits`, a latency and stalls are not taken into account; those are findings.
Sizing size_by_runs(const SizingProblem& problem);

}  // namespace qnnsim
