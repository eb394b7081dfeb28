// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "sim/engine.h"

namespace qnnsim {

RunStatus run_fast(Simulation& simulation, ProcessOrder order) {
  std::vector<Process*> awake;
  for (const auto& process : simulation.processes()) {
    if (!process->asleep()) awake.push_back(process.get());
  }
  if (order == ProcessOrder::kReverse) std::reverse(awake.begin(), awake.end());
  RunStatus status = RunStatus::kRunning;
  while (status == RunStatus::kRunning) {
    const Cycle now = simulation.now();
    std::size_t kept = 0;
    for (Process* process : awake) {
      process->step(now);
      awake[kept] = process;
      kept += process->asleep() ? 0 : 1;
    }
    awake.resize(kept);
    status = simulation.finish_cycle();
    awake.insert(awake.end(), simulation.woken().begin(), simulation.woken().end());
    simulation.woken().clear();
  }
  return status;
}

}  // namespace qnnsim
