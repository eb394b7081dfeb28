// SPDX-License-Identifier: Apache-2.0
#include "sim/simulation.h"

#include <algorithm>
#include <utility>

namespace qnnsim {

Simulation::Simulation(Dataflow dataflow, SimulationOptions options)
    : dataflow_(std::move(dataflow)),
      options_(std::move(options)),
      commits_(dataflow_.edges.size()),
      sink_(dataflow_.sink()) {
  woken_.reserve(dataflow_.nodes.size());
  for (const KernelNode& node : dataflow_.nodes) {
    processes_.push_back(
        std::make_unique<Process>(*node.kernel, processes_.size(), options_.patience, woken_));
  }
  for (const Edge& edge : dataflow_.edges) {
    fifos_.push_back(std::make_unique<Fifo>(edge.depth, dataflow_.port(edge).lanes, commits_));
    Fifo& fifo = *fifos_.back();
    dataflow_.nodes[edge.from].kernel->connect_output(edge.from_port, fifo);
    dataflow_.nodes[edge.to].kernel->connect_input(edge.to_port, fifo);
    fifo.set_sleepers(processes_[edge.to].get(), processes_[edge.from].get());
    if (options_.carry_data) fifo.carry_data();
    if (options_.occupancy_histogram) fifo.record_histogram();
  }
  if (!options_.carry_data) return;
  for (KernelNode& node : dataflow_.nodes) node.kernel->carry_data();
}

RunStatus Simulation::finish_cycle() {
  if (options_.observer != nullptr) options_.observer->sample(*this, now_);
  commits_.commit(now_);
  ++now_;
  for (Process* process : woken_) process->settle(now_);
  if (sink_.done()) return status_ = RunStatus::kDone;
  if (now_ % kProgressCycles == 0) {
    if (options_.progress) options_.progress(*this);
    if (options_.stop != nullptr && options_.stop->load()) return status_ = RunStatus::kInterrupted;
  }
  if (all_asleep()) status_ = RunStatus::kDeadlock;
  return status_;
}

void Simulation::deepen(std::size_t edge, std::uint64_t beats) {
  fifos_[edge]->deepen(beats);
  for (Process* process : woken_) process->settle(now_);
  woken_.clear();
  status_ = RunStatus::kRunning;
}

bool Simulation::all_asleep() {
  // One that is awake is most often the one that was awake before.
  if (!processes_[awake_hint_]->asleep()) return false;
  const auto awake = std::find_if(processes_.begin(), processes_.end(),
                                  [](const auto& process) { return !process->asleep(); });
  if (awake == processes_.end()) return true;
  awake_hint_ = static_cast<std::size_t>(awake - processes_.begin());
  return false;
}

}  // namespace qnnsim
