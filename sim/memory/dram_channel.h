// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/memory/dram_bank_queues.h"
#include "sim/memory/dram_request_queue.h"
#include "sim/memory/dram_requests.h"
#include "sim/memory/dram_spec.h"
#include "sim/memory/dram_timing_state.h"

namespace qnnsim {

/// The end of a request.
struct DramCompletion {
  std::uint64_t tag = 0;
  Cycle cycle = 0;  ///< memory cycle at whose beginning it is done
};

/// A command on the bus of a channel.
struct DramCommand {
  Cycle cycle = 0;
  DramCommandKind kind = DramCommandKind::kActivate;
  DramAddress address;      ///< row and column are -1 where the command has none
  bool precharges = false;  ///< a column command of a closed page
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
  std::uint64_t lost_precharges = 0;        ///< further such PRE whose turn came on a taken bus
  std::uint64_t dual_commands = 0;          ///< cycles with a row and a column command
  std::uint64_t rank_active_cycles = 0;     ///< [rank x cycles] with an open bank
  std::uint64_t rank_idle_cycles = 0;       ///< [rank x cycles] with all banks closed
  std::uint64_t read_requests = 0;          ///< accepted
  std::uint64_t write_requests = 0;         ///< accepted
  std::uint64_t read_latency_sum = 0;       ///< [cycles] from acceptance to the end of the data
  std::uint64_t read_latency_max = 0;       ///< [cycles]
  std::uint64_t write_latency_sum = 0;      ///< [cycles] of WR commands, to the end of their data
  std::uint64_t flushed_writes = 0;         ///< drained only because `finish` was called
  Cycle last_read_end = 0;                  ///< [cycle] at whose beginning the last read is done
  std::vector<std::uint64_t> read_latency;  ///< histogram: requests of latency 2^i .. 2^(i+1) - 1

  /// Adds those of another channel.
  DramCounts& operator+=(const DramCounts& other);
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
  DramChannel(const DramChannel&) = delete;
  DramChannel& operator=(const DramChannel&) = delete;

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
  /// The same into `completions`, whose memory is used again.
  void take_completions(std::vector<DramCompletion>& completions);

  /// From now on every cycle is simulated as though nothing were known of it: what skipping is
  /// compared with.
  void skip_nothing();

  /// Called with every command from now on.
  void observe(std::function<void(const DramCommand&)> observer);

  DramCounts counts() const;

 private:
  /// What the controller is next to do in its bank queues, if nothing changes before.
  struct Plan {
    bool valid = false;
    Cycle cycle = kNever;
    int bank = 0;
  };

  void step();
  void skip_idle_refreshes(Cycle end);
  void start_refresh();
  bool advance_refresh();
  Cycle refresh_ready_at() const;
  void make_plan(Cycle earliest);
  void update_plan(int bank);
  DramBankQueues::Choice take_planned();
  bool issue_planned();
  void issue_beside(bool column);
  void issue(DramBankQueues::Choice choice, int bank);
  void issue_precharge(int bank);
  void complete_reads(int request);
  void count_read(Cycle added, Cycle end);
  void move_request();
  bool move_first(DramRequestQueue& queue);
  void move(DramRequestQueue& queue, int position);
  void changed(int rank);
  bool writes_are_many() const;
  void schedule_wake();
  void report(DramCommandKind kind, int bank, std::int64_t row, std::int64_t column) const;

  const DramSpec& spec_;
  const Cycle read_cycles_;   ///< RD to the end of its data
  const Cycle write_cycles_;  ///< WR to the end of its data
  Cycle now_ = 0;
  Cycle wake_ = kNever;  ///< nothing happens before
  bool skips_ = true;
  Cycle data_end_ = 0;  ///< behind all data on the bus

  DramTimingState banks_;
  DramRequests requests_;
  DramBankQueues bank_queues_;
  DramRequestQueue reads_;  ///< or all requests, where they share a queue
  DramRequestQueue writes_;
  int pending_reads_ = 0;   ///< places to be read by no RD as yet
  int pending_writes_ = 0;  ///< places to be written by no WR as yet
  int drain_ = 0;           ///< writes still to be moved before reads are
  bool movable_ = false;    ///< a request may find room in its bank's queue

  Plan plan_;
  int last_served_ = 0;  ///< bank whose queue was served last
  Cycle refresh_interval_ = kNever;
  Cycle refresh_due_ = kNever;
  int refresh_rank_ = 0;            ///< the next to be refreshed
  std::vector<int> refresh_ranks_;  ///< waiting for their REF, oldest first

  std::vector<DramCompletion> completions_;
  DramCounts counts_;
  std::function<void(const DramCommand&)> observer_;
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
