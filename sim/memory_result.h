// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/dataflow.h"
#include "sim/memory/dram_channel.h"
#include "sim/run_counts.h"

namespace qnnsim {

/// A tensor in memory, and how it was moved.
struct TensorResult {
  std::string name;  ///< "input", "output" or "<layer>.weights"
  bool writes = false;
  std::uint64_t base = 0;                 ///< [bytes]
  std::uint64_t bytes = 0;                ///< in memory, padding included
  std::uint64_t moved_bytes = 0;          ///< over the bus, padding included
  double bytes_per_frame = 0;             ///< closed form, padding included
  std::uint64_t bursts = 0;               ///< AXI, answered whole
  std::uint64_t accesses = 0;             ///< DRAM bursts that these took
  std::optional<double> mean_latency_ns;  ///< of a burst, from its address to its last answer
  std::vector<std::uint64_t> latency;     ///< [bursts] that took 2^i .. 2^(i+1) - 1 fabric cycles

  std::string reader;                ///< kernel that takes the stream; empty for an output
  std::uint64_t starved_cycles = 0;  ///< of the reader, of nothing but this tensor
  /// [GB/s] that the reader takes while nothing stops it, and that it got while it wanted any.
  std::optional<double> needs_gb_s;
  std::optional<double> gets_gb_s;
};

/// One row of `memory` in result.json.
struct MemoryResult {
  std::string name;
  std::string standard;
  double peak_gb_s = 0;
  DramCounts counts;
  DramEnergy energy;
  std::uint64_t access_bytes = 0;   ///< of a DRAM burst
  std::uint64_t memory_cycles = 0;  ///< of the run
  double tck_ns = 0;
  double bandwidth_gb_s = 0;  ///< over the whole run
  double utilisation = 0;     ///< of the data bus
  double full_rate_gb_s = 0;  ///< what the pace of the slowest kernel would take
  std::vector<TensorResult> tensors;

  std::uint64_t row_hits() const { return counts.read_row_hits + counts.write_row_hits; }
  std::uint64_t row_misses() const {
    return counts.reads + counts.writes - row_hits() - counts.conflicts;
  }
  std::optional<double> mean_read_latency_ns() const;
};

/// [GB/s] of `bytes` in `cycles` of the fabric clock.
inline double gb_per_s(double bytes, double cycles, double clock_mhz) {
  return bytes / cycles * clock_mhz / 1e3;
}

/// What the memories of a run that has ended saw; posted writes are drained first.
std::vector<MemoryResult> memory_results(const Dataflow& dataflow, const RunCounts& counts,
                                         double clock_mhz);

}  // namespace qnnsim
