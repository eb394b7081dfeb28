// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/memory/dram_spec.h"

namespace qnnsim {

/// The end of a request.
struct DramCompletion {
  std::uint64_t tag = 0;
  Cycle cycle = 0;  ///< memory cycle at whose beginning it is done
};

/// What happened on a channel; every figure up to the cycles simulated.
struct DramCounts {
  std::uint64_t reads = 0;                  ///< RD commands
  std::uint64_t writes = 0;                 ///< WR commands
  std::uint64_t activates = 0;              ///< ACT commands
  std::uint64_t precharges = 0;             ///< PRE commands; auto-precharges are not among them
  std::uint64_t refreshes = 0;              ///< REF commands
  std::uint64_t read_row_hits = 0;          ///< RD commands that are not the first after their ACT
  std::uint64_t write_row_hits = 0;         ///< WR commands that are not the first after their ACT
  std::uint64_t conflicts = 0;              ///< PRE because another row of the bank was wanted
  std::uint64_t rank_active_cycles = 0;     ///< [rank x cycles] with an open bank
  std::uint64_t rank_idle_cycles = 0;       ///< [rank x cycles] with all banks closed
  std::uint64_t read_requests = 0;          ///< accepted
  std::uint64_t write_requests = 0;         ///< accepted
  std::uint64_t read_latency_sum = 0;       ///< [cycles] from acceptance to the end of the data
  std::uint64_t read_latency_max = 0;       ///< [cycles]
  std::vector<std::uint64_t> read_latency;  ///< histogram: requests of latency 2^i .. 2^(i+1) - 1
};

/// One channel of a DRAM and its controller: every command at its cycle.
///
/// Requests are accepted between cycles, at most as fast as the caller's clock; one accepted before
/// cycle t is seen by the controller in cycle t. Reads are done when their data has come, writes
/// one cycle after the controller has seen them (posted). The rules of the controller are those of
/// DRAMsim3 (umd-memsys), restated at the functions that follow them; cycles in which nothing can
/// happen cost nothing.
class DramChannel {
 public:
  /// `spec` must outlive the channel.
  explicit DramChannel(const DramSpec& spec);

  /// The next cycle to be simulated.
  Cycle now() const { return now_; }
  /// Simulates all cycles before `end`.
  void run_until(Cycle end);
  /// Simulates until a request would be accepted, but no cycle from `end` on.
  void run_until_accepts(bool write, Cycle end);
  /// Simulates until no request is left, writes included; writes are drained.
  void finish();

  /// Would a request be accepted before cycle `now()`?
  bool accepts(bool write) const;
  /// A request for the burst at `address`, whose channel is this one; it must be accepted.
  void accept(const DramAddress& address, bool write, std::uint64_t tag);

  /// The requests whose end has become known since the last call, in no order; their cycles may be
  /// still to come.
  std::vector<DramCompletion> take_completions();

  DramCounts counts() const;

 private:
  Cycle now_ = 0;
};

/// Energy of what was counted, by cause. [pJ]
struct DramEnergy {
  double activate = 0;
  double read = 0;
  double write = 0;
  double refresh = 0;
  double background = 0;

  double total() const { return activate + read + write + refresh + background; }
};

/// From the supply currents of `spec`: each command's current above the standby current, for its
/// duration (Micron TN-40-07, as DRAMsim3 has it).
DramEnergy energy(const DramSpec& spec, const DramCounts& counts);

}  // namespace qnnsim
