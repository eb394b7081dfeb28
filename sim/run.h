// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>

#include "sim/cosim/cosim.h"
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
  Cosim cosim;
};

struct RunOptions {
  Engine engine = Engine::kSystemc;
  Observer* observer = nullptr;
  const std::atomic<bool>* stop = nullptr;
  /// Called now and then with the present cycle and the frames that are complete.
  std::function<void(Cycle, std::uint64_t)> progress;
};

/// Loads or draws what the run carries, and lowers the network.
PreparedRun prepare(const Scenario& scenario, Findings& findings);

/// Compiles the kernels that the scenario wants as RTL and puts them into the dataflow; nothing to
/// do for most scenarios. Throws RtlError; `progress` is called with a line for each kernel.
void add_rtl(const Scenario& scenario, PreparedRun& prepared,
             const std::function<void(const std::string&)>& progress);

/// Runs to the end, to a deadlock or to `stop`, and sums up. With data, the output is compared with
/// the reference computation. With the SystemC engine once a program.
Result execute(const Scenario& scenario, PreparedRun prepared, const RunOptions& options);

}  // namespace qnnsim
