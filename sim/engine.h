// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/simulation.h"

namespace qnnsim {

/// Order in which the kernels of a cycle are evaluated; the outcome must not depend on it.
enum class ProcessOrder { kForward, kReverse };

/// Clocks `simulation` in a plain loop until it ends, touching only kernels that are awake.
RunStatus run_cycles(Simulation& simulation, ProcessOrder order = ProcessOrder::kForward);

/// Clocks `simulation` as a hierarchy of SystemC modules with one clock of `clock_mhz`. One run a
/// program: SystemC elaborates once; a second call throws std::logic_error.
RunStatus run_systemc(Simulation& simulation, double clock_mhz,
                      ProcessOrder order = ProcessOrder::kForward);

}  // namespace qnnsim
