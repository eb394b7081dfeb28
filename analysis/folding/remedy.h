// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/folding/solvers.h"
#include "sim/scenario.h"

namespace qnnsim {

/// Why there is no better folding than the solution, as far as that is known.
std::string proof_of(const FoldingSpace& space, const Solution& solution, const SolverTask& task);

/// Nothing fits, or nothing keeps the target: adds which resource is lacking, how much of it, and
/// what would do - a longer interval, a larger share of the device, or another platform.
void explain_refusal(const FoldingSpace& space, const Solution& solution, const SolverTask& task,
                     const Scenario& scenario, const std::string& path, Findings& findings);

}  // namespace qnnsim
