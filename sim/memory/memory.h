// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "sim/memory/address_map.h"
#include "sim/memory/clock_ratio.h"
#include "sim/memory/dram_channel.h"
#include "sim/memory/dram_spec.h"
#include "sim/memory/memory_link.h"

namespace qnnsim {

/// Who is served first when several masters want the same channel.
enum class Arbitration {
  kRoundRobin,  ///< burst by burst in turn
  kPriority,    ///< the port that was added first
};

/// The way between the masters and a memory.
struct Interconnect {
  Arbitration arbitration = Arbitration::kRoundRobin;
  int request_latency = 4;   ///< [fabric cycles] at least 1: registers and the crossing of clocks
  int response_latency = 4;  ///< [fabric cycles] at least 1
  int queue = 4;             ///< [bursts] of a port that wait for their turn
};

/// What one port of a memory saw.
struct PortCounts {
  std::uint64_t bursts = 0;            ///< answered whole
  std::uint64_t beats = 0;             ///< of all bursts sent
  std::uint64_t accesses = 0;          ///< DRAM bursts that they took
  std::uint64_t latency_sum = 0;       ///< [fabric cycles] from sending to the last answer
  std::uint64_t latency_max = 0;       ///< [fabric cycles]
  std::vector<std::uint64_t> latency;  ///< histogram: bursts of latency 2^i .. 2^(i+1) - 1
};

/// A DRAM with its controllers, behind an interconnect that several masters share.
///
/// A burst sent at fabric edge t reaches the interconnect at the first memory edge from
/// t + request_latency on. It is split into accesses of one DRAM burst each, which a port hands to
/// the controllers in order, one a memory cycle; a channel takes one a memory cycle, and stays with
/// an AXI burst until it is through. An answer is seen response_latency fabric edges after the
/// first one that is not before the data's end; answers of a port come in order. A write is
/// answered when the controllers have taken over all its accesses (posted).
///
/// Calls tell the fabric edge `now`, which must not go back. What is sent at an edge has no effect
/// on what is seen at that edge, so the order of ports within an edge does not matter.
class Memory {
 public:
  /// Answers that are known, from the oldest not yet seen on.
  struct Answer {
    Cycle cycle = 0;           ///< fabric edge from which on it is seen
    std::uint64_t amount = 0;  ///< [beats read] or [bursts written] since reset, with this one
  };

  /// Throws ParameterError where a latency or the queue is less than 1.
  Memory(std::string name, DramSpec spec, Interconnect interconnect, std::uint64_t fabric_hz);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  /// A master that moves beats of `bus_bytes`, and either reads or writes.
  int add_port(std::string name, int bus_bytes, bool writes);

  /// Has the queue of the port room?
  bool can_send(int port, Cycle now);
  /// The burst must end within the memory.
  void send(int port, const AxiBurst& burst, Cycle now);
  /// [beats read] or [bursts written] since reset, as seen at `now`.
  std::uint64_t answered(int port, Cycle now);

  /// Sends a burst as soon as there is room, and runs until it has been answered. Returns the edge
  /// at which the whole answer is seen.
  Cycle access(int port, const AxiBurst& burst, Cycle now);

  /// Simulates all memory edges up to fabric edge `now`. What this brings is seen later than `now`.
  void run_to(Cycle now);
  /// Answers that have become known since the last call, for whoever does not ask `answered`.
  std::deque<Answer> take_answers(int port);
  /// From which edge on the queue has room; kNever where that is not known yet.
  Cycle room_from(int port, Cycle now);
  /// Is no burst under way?
  bool is_idle() const;
  /// The end of a run: posted writes go to the DRAM.
  void finish();

  const std::string& name() const { return name_; }
  const DramSpec& spec() const { return spec_; }
  int ports() const { return static_cast<int>(ports_.size()); }
  int bus_bytes(int port) const { return static_cast<int>(ports_[port].bus_bytes); }
  const PortCounts& counts(int port) const { return ports_[port].counts; }
  DramCounts dram_counts() const;                      ///< of all channels together
  Cycle memory_cycles() const { return memory_now_; }  ///< simulated

 private:
  /// A burst with accesses that have not been handed over.
  struct Waiting {
    AxiBurst burst;
    Cycle arrival = 0;       ///< memory edge
    std::uint64_t next = 0;  ///< [bytes] address of the next access
    DramAddress target;      ///< of the next access
    bool begun = false;
  };

  /// A DRAM burst that has been handed over.
  struct Access {
    Cycle done = 0;           ///< memory edge; kNever while it is not known
    std::uint64_t beats = 0;  ///< of its AXI burst that are there with it
    bool last = false;        ///< of its AXI burst
  };

  struct Port {
    std::string name;
    std::uint64_t bus_bytes = 8;
    bool writes = false;
    std::deque<Waiting> waiting;
    std::deque<Access> accesses;     ///< handed over, not yet answered
    std::uint64_t first_access = 0;  ///< number of the oldest of these
    std::deque<Cycle> sent;          ///< fabric edges of the bursts not answered whole
    std::deque<Cycle> room;          ///< fabric edges at which places of the queue become free
    std::deque<Answer> answers;
    Cycle next_turn = 0;         ///< the first memory edge at which it may hand over again
    std::uint64_t answered = 0;  ///< as seen
    std::uint64_t known = 0;     ///< answered in bursts that are through
    Cycle latest = 0;            ///< fabric edge of the latest answer
    PortCounts counts;
  };

  struct Channel {
    explicit Channel(const DramSpec& spec) : dram(spec) {}
    DramChannel dram;
    int port = -1;  ///< served last
  };

  void hand_over(Channel& channel, int index);
  int choose(const Channel& channel, int index) const;
  bool wants(int port, int channel) const;
  void collect(Channel& channel);
  void answer(Port& port);

  const std::string name_;
  const DramSpec spec_;
  const Interconnect interconnect_;
  const ClockRatio clocks_;
  const AddressDecoder addresses_;
  std::deque<Channel> channels_;
  std::vector<Port> ports_;
  Cycle memory_now_ = 0;                     ///< the next memory edge
  std::vector<DramCompletion> completions_;  ///< memory for `collect`
};

}  // namespace qnnsim
