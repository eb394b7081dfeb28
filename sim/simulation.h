// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "models/fifo.h"
#include "sim/dataflow.h"
#include "sim/process.h"

namespace qnnsim {

class Simulation;

/// Looks at a running simulation once a cycle; must not change it.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Cycle `now` has been evaluated and not yet committed: FIFOs show the state that the kernels
  /// saw, processes what the kernels did.
  virtual void sample(const Simulation& simulation, Cycle now) = 0;
};

enum class RunStatus {
  kRunning,
  kDone,          ///< the sink has every frame
  kDeadlock,      ///< nothing can ever move again
  kInterrupted,   ///< the caller asked for an early end
  kDisagreement,  ///< a kernel in RTL differs from its model, or has ended itself
};

struct SimulationOptions {
  bool carry_data = false;
  bool occupancy_histogram = false;
  Observer* observer = nullptr;
  const std::atomic<bool>* stop = nullptr;          ///< ends the run early when it becomes true
  const bool* ended = nullptr;                      ///< a kernel ends the run when it is true
  std::function<void(const Simulation&)> progress;  ///< called every kProgressCycles cycles
};

/// A dataflow with its FIFOs and counters, ready to be clocked. An engine calls, in every cycle,
/// `step` of every process in `awake`, in any order, and then `finish_cycle`.
class Simulation {
 public:
  static constexpr Cycle kProgressCycles = Cycle{1} << 16;

  Simulation(Dataflow dataflow, SimulationOptions options);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// The update phase: commits the FIFOs, brings `awake` up to date and goes on to the next cycle.
  RunStatus finish_cycle();

  const Dataflow& dataflow() const { return dataflow_; }
  Dataflow& dataflow() { return dataflow_; }
  std::vector<std::unique_ptr<Process>>& processes() { return processes_; }
  const std::vector<std::unique_ptr<Process>>& processes() const { return processes_; }
  const std::vector<std::unique_ptr<Fifo>>& fifos() const { return fifos_; }
  /// The processes to be stepped in the present cycle; an engine may change their order.
  std::vector<Process*>& awake() { return awake_; }
  Cycle now() const { return now_; }  ///< the present cycle; after the run, the cycles elapsed
  RunStatus status() const { return status_; }

 private:
  Dataflow dataflow_;
  const SimulationOptions options_;
  CommitList commits_;
  std::vector<std::unique_ptr<Fifo>> fifos_;         ///< one an edge
  std::vector<std::unique_ptr<Process>> processes_;  ///< one a node
  std::vector<Process*> awake_;
  const Sink& sink_;
  Cycle now_ = 0;
  RunStatus status_ = RunStatus::kRunning;
};

}  // namespace qnnsim
