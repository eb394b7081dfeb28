// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/engine.h"

namespace qnnsim {

RunStatus run_cycles(Simulation& simulation, ProcessOrder order) {
  std::vector<Process*>& awake = simulation.awake();
  if (order == ProcessOrder::kReverse) std::reverse(awake.begin(), awake.end());
  RunStatus status = RunStatus::kRunning;
  while (status == RunStatus::kRunning) {
    for (Process* process : awake) process->step(simulation.now());
    status = simulation.finish_cycle();
  }
  return status;
}

}  // namespace qnnsim
