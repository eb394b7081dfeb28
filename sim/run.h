// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>

#include "sim/lowering.h"
#include "sim/result.h"
#include "sim/scenario.h"
#include "sim/simulation.h"

namespace qnnsim {

enum class Engine { kSystemc, kFast };

/// A scenario lowered to hardware, with the values it carries.
struct PreparedRun {
  RunData data;  ///< empty with `data: none`
  Dataflow dataflow;
};

struct RunOptions {
  Engine engine = Engine::kSystemc;
  Observer* observer = nullptr;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const Simulation&)> progress;
};

/// Loads or draws what the run carries, and lowers the network.
PreparedRun prepare(const Scenario& scenario, Findings& findings);

/// Runs to the end, to a deadlock or to `stop`, and sums up. With data, the output is compared with
/// the reference computation. With the SystemC engine once a program.
Result execute(const Scenario& scenario, PreparedRun prepared, const RunOptions& options);

}  // namespace qnnsim
