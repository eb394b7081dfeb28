// SPDX-License-Identifier: Apache-2.0
#include "sim/run_counts.h"

namespace qnnsim {
namespace {

Standstill standstill_of(const Simulation& simulation) {
  const Dataflow& dataflow = simulation.dataflow();
  Standstill standstill;
  standstill.cycle = simulation.now();
  for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
    const Edge& edge = dataflow.edges[i];
    const Fifo& fifo = *simulation.fifos()[i];
    const auto does = [&](int node) { return simulation.processes()[node]->activity(); };
    StuckFifo stuck;
    stuck.depth = fifo.depth();
    stuck.beats_in = fifo.beats_in();
    stuck.beats_out = fifo.beats_out();
    stuck.since = fifo.moved_at();
    stuck.writer_waits = !fifo.can_push() && does(edge.from) == Activity::kBlocked &&
                         dataflow.nodes[edge.from].kernel->waits_for_output(edge.from_port);
    stuck.reader_waits = !fifo.can_pop() && does(edge.to) == Activity::kStarved &&
                         dataflow.nodes[edge.to].kernel->waits_for_input(edge.to_port);
    standstill.fifos.push_back(stuck);
  }
  return standstill;
}

}  // namespace

RunCounts counts_of(const Simulation& simulation) {
  const Source& source = simulation.dataflow().source();
  const Sink& sink = simulation.dataflow().sink();
  RunCounts counts;
  counts.status = simulation.status();
  counts.cycles = simulation.now();
  if (source.first_accepted() != kNever) counts.first_accepted = source.first_accepted();
  if (sink.first_output() != kNever) counts.first_output = sink.first_output();
  counts.frame_ends = sink.frame_ends();
  for (const auto& process : simulation.processes()) {
    counts.kernels.push_back(process->count(counts.cycles));
    counts.memory_cycles.push_back(process->memory_cycles(counts.cycles));
  }
  for (const auto& fifo : simulation.fifos()) {
    counts.fifos.push_back({fifo->statistics(counts.cycles), fifo->beats_in(), fifo->beats_out()});
  }
  if (counts.status == RunStatus::kDeadlock) counts.standstill = standstill_of(simulation);
  return counts;
}

}  // namespace qnnsim
