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
  awake_.reserve(dataflow_.nodes.size());
  for (const KernelNode& node : dataflow_.nodes) {
    processes_.push_back(std::make_unique<Process>(*node.kernel, processes_.size(), awake_));
    awake_.push_back(processes_.back().get());
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
  const auto asleep = [](const Process* process) { return process->asleep(); };
  awake_.erase(std::remove_if(awake_.begin(), awake_.end(), asleep), awake_.end());
  commits_.commit(now_);
  ++now_;
  if (sink_.done()) return status_ = RunStatus::kDone;
  if (options_.ended != nullptr && *options_.ended) return status_ = RunStatus::kDisagreement;
  if (now_ % kProgressCycles == 0) {
    if (options_.progress) options_.progress(*this);
    if (options_.stop != nullptr && options_.stop->load()) return status_ = RunStatus::kInterrupted;
  }
  if (awake_.empty()) status_ = RunStatus::kDeadlock;
  return status_;
}

}  // namespace qnnsim
