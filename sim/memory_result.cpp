// SPDX-License-Identifier: Apache-2.0
#include "sim/memory_result.h"

#include <algorithm>

#include "sim/memory/memory_settings.h"

namespace qnnsim {
namespace {

/// The edge that leaves output 0 of `node`.
const Edge& stream_of(const Dataflow& dataflow, int node) {
  return *std::find_if(dataflow.edges.begin(), dataflow.edges.end(), [node](const Edge& edge) {
    return edge.from == node && edge.from_port == 0;
  });
}

/// The kernel that the stream of a reader is for: behind width converters and, of weights, behind
/// what repeats them.
int consumer(const Dataflow& dataflow, const MemoryMaster& master) {
  const bool weights = master.tensor != kInputTensor;
  Edge edge = stream_of(dataflow, master.node);
  while (weights ? edge.to_port == 0 : dataflow.nodes[edge.to].kind == "dwc") {
    edge = stream_of(dataflow, edge.to);
  }
  return edge.to;
}

TensorResult tensor_result(const Dataflow& dataflow, const RunCounts& counts, double clock_mhz,
                           const Memory& memory, const MemoryMaster& master) {
  const AxiTransferParams& transfer = master.contents->transfer;
  const PortCounts& port = memory.counts(master.port);
  TensorResult result;
  result.name = master.tensor;
  result.writes = master.writes;
  result.base = transfer.base;
  result.bytes = transfer.buffers * transfer.bytes();
  result.moved_bytes = port.beats * std::uint64_t(transfer.bus_bytes());
  result.bytes_per_frame = master.bytes_per_frame(dataflow.frames);
  result.bursts = port.bursts;
  result.accesses = port.accesses;
  result.latency = port.latency;
  if (port.bursts > 0) {
    result.mean_latency_ns = double(port.latency_sum) / double(port.bursts) * 1e3 / clock_mhz;
  }
  if (master.writes) return result;
  const int node = master.consumer >= 0 ? master.consumer : consumer(dataflow, master);
  const Kernel& kernel = *dataflow.nodes[node].kernel;
  const std::uint64_t busy = counts.kernels[node].busy;
  result.reader = dataflow.nodes[node].name;
  result.starved_cycles =
      counts.memory_cycles[master.tensor == kInputTensor ? std::size_t(master.node)
                                                         : std::size_t(node)];
  const double interval = double(kernel.frame_interval()) / double(dataflow.nodes[node].frames);
  result.needs_gb_s = gb_per_s(result.bytes_per_frame, interval, clock_mhz);
  if (busy > 0) {
    result.gets_gb_s = *result.needs_gb_s * double(busy) / double(busy + result.starved_cycles);
  }
  return result;
}

}  // namespace

std::optional<double> MemoryResult::mean_read_latency_ns() const {
  if (counts.read_requests == 0) return std::nullopt;
  return double(counts.read_latency_sum) / double(counts.read_requests) * tck_ns;
}

std::vector<MemoryResult> memory_results(const Dataflow& dataflow, const RunCounts& counts,
                                         double clock_mhz) {
  std::vector<MemoryResult> results;
  if (!dataflow.memory) return results;
  const auto pace = double(frame_interval(slowest(dataflow)));
  for (std::size_t i = 0; i < dataflow.memory->memories.size(); ++i) {
    Memory& memory = *dataflow.memory->memories[i];
    memory.run_to(counts.cycles);
    const DramSpec& spec = memory.spec();
    MemoryResult result;
    result.name = memory.name();
    result.standard = spec.standard;
    result.peak_gb_s = spec.peak_gb_s();
    result.access_bytes = std::uint64_t(spec.burst_bytes());
    result.tck_ns = double(spec.tck_ps) / 1e3;
    result.memory_cycles = memory.memory_cycles();
    memory.finish();
    result.counts = memory.dram_counts();
    result.energy = energy(spec, result.counts);
    const double accesses = double(result.counts.reads + result.counts.writes);
    if (counts.cycles > 0) {
      result.bandwidth_gb_s =
          gb_per_s(accesses * double(spec.burst_bytes()), double(counts.cycles), clock_mhz);
      result.utilisation =
          accesses * spec.burst_cycles() / (double(result.memory_cycles) * double(spec.channels));
    }
    for (const MemoryMaster& master : dataflow.memory->masters) {
      if (master.memory != i) continue;
      result.full_rate_gb_s += gb_per_s(master.bytes_per_frame(dataflow.frames), pace, clock_mhz);
      result.tensors.push_back(tensor_result(dataflow, counts, clock_mhz, memory, master));
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace qnnsim
