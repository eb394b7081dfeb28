// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "sim/memory/dram_channel.h"
#include "sim/memory/dram_spec.h"

namespace qnnsim {

/// One burst of a trace.
struct TraceRequest {
  std::uint64_t address = 0;
  bool write = false;
  Cycle cycle = 0;  ///< [memory cycles] presented no earlier
};

struct ReplayOptions {
  std::uint64_t max_outstanding = 0;        ///< [requests] accepted but not done; 0: any number
  int issue_width = 1;                      ///< [requests] presented a cycle
  const std::atomic<bool>* stop = nullptr;  ///< ends the replay once true
};

/// What a trace did to a DRAM; times in memory cycles.
struct ReplayResult {
  std::uint64_t requests = 0;  ///< accepted
  Cycle end_cycle = 0;         ///< all data is where it belongs, writes included
  Cycle last_accept_cycle = 0;
  std::uint64_t stall_cycles = 0;    ///< in which a request was due and none accepted
  double average_read_latency = 0;   ///< [cycles] from acceptance to the end of the data
  double average_write_latency = 0;  ///< [cycles] of WR commands, to the end of their data
  DramCounts counts;                 ///< of all channels
  DramEnergy energy;                 ///< [pJ]
  double average_power_mw = 0;       ///< [mW]
  double bandwidth_gb_s = 0;         ///< [GB/s] on the data bus
  bool interrupted = false;
};

/// Presents the requests of `trace` in their order to the channels of `spec`: one that is not
/// accepted holds up those behind it. A write is done one cycle after the controller has seen it;
/// at the end all writes are drained.
ReplayResult replay(const DramSpec& spec, const std::vector<TraceRequest>& trace,
                    const ReplayOptions& options = {});

}  // namespace qnnsim
