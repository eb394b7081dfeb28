// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <vector>

#include "sim/memory/address_map.h"
#include "sim/memory/memory.h"
#include "tests/sim/memory/small_dram.h"

namespace qnnsim::test {

/// A map of all of `spec`: fields from the most significant bits on.
inline AddressMap map_of(const DramSpec& spec, std::initializer_list<const char*> order) {
  std::vector<AddressPart> parts;
  for (const std::string name : order) {
    for (const AddressFieldName& field : address_fields()) {
      if (field.name == name) parts.push_back({&field, 0});
    }
  }
  return ordered_map(parts, spec);
}

inline const std::initializer_list<const char*> kChannelHigh = {"channel", "rank",       "row",
                                                                "bank",    "bank_group", "column"};
inline const std::initializer_list<const char*> kChannelLow = {"row",        "rank",   "bank",
                                                               "bank_group", "column", "channel"};

/// A DDR4-2400 of `channels`, the channel in the highest bits.
inline DramSpec mapped_dram(int channels = 1) {
  DramSpec spec = small_dram();
  spec.channels = channels;
  spec.map = map_of(spec, kChannelHigh);
  return spec;
}

/// What Memory is said to do, one memory edge after another and without any closed form: the
/// clocks are compared as products, everything ever sent is kept, and what is seen at an edge is
/// counted anew.
class SlowMemory {
 public:
  SlowMemory(const DramSpec& spec, Interconnect interconnect, std::uint64_t fabric_hz)
      : spec_(spec), way_(interconnect), hertz_(fabric_hz) {
    for (int i = 0; i < spec_.channels; ++i) channels_.emplace_back(spec_);
  }

  void add_port(int bus_bytes, bool writes) {
    ports_.emplace_back();
    ports_.back().bus_bytes = bus_bytes;
    ports_.back().writes = writes;
  }

  void send(int port, const AxiBurst& burst, Cycle now) {
    Burst sent{burst, now, {}, burst.address / bytes() * bytes(), kNever};
    ports_[port].bursts.push_back(sent);
  }

  /// All memory edges that are not later than fabric edge `now`.
  void run_to(Cycle now) {
    while (memory_time(edge_) <= fabric_time(now)) step();
  }

  bool can_send(int port, Cycle now) {
    run_to(now);
    int used = 0;
    for (const Burst& burst : ports_[port].bursts) {
      used += burst.handed_over == kNever || !seen(burst.handed_over + 1, now);
    }
    return used < way_.queue;
  }

  std::uint64_t answered(int port, Cycle now) {
    run_to(now);
    const Port& p = ports_[port];
    std::uint64_t amount = 0;
    for (const Burst& burst : p.bursts) {
      bool whole = true;
      std::uint64_t beats = 0;
      for (std::size_t i = 0; i < burst.accesses.size() && whole; ++i) {
        whole = burst.accesses[i].done != kNever && seen(burst.accesses[i].done, now);
        if (whole) beats = burst.accesses[i].beats;
      }
      whole = whole && burst.handed_over != kNever;
      amount += p.writes ? whole : beats;
      if (!whole) break;
    }
    return amount;
  }

 private:
  __extension__ using Time = __int128;
  struct Access {
    Cycle done = kNever;
    std::uint64_t beats = 0;  ///< of the burst that are complete with it
  };
  struct Burst {
    AxiBurst burst;
    Cycle sent = 0;
    std::vector<Access> accesses;
    std::uint64_t next = 0;  ///< [bytes]
    Cycle handed_over = kNever;
  };
  struct Port {
    int bus_bytes = 8;
    bool writes = false;
    std::vector<Burst> bursts;
    std::size_t oldest = 0;  ///< of those not handed over whole
    Cycle gave = kNever;     ///< edge at which it last handed over
  };
  struct Channel {
    explicit Channel(const DramSpec& spec) : dram(spec) {}
    DramChannel dram;
    int port = -1;
    struct Handed {
      int port;
      std::size_t burst;
      std::size_t access;
    };
    std::vector<Handed> handed;
  };

  Time memory_time(Cycle edge) const { return Time(edge) * spec_.tck_ps * Time(hertz_); }
  Time fabric_time(Cycle edge) const { return Time(edge) * 1'000'000'000'000; }
  std::uint64_t bytes() const { return std::uint64_t(spec_.burst_bytes()); }
  /// Is what happened at memory edge `edge` seen at fabric edge `now`?
  bool seen(Cycle edge, Cycle now) const {
    const Cycle way = Cycle(way_.response_latency);
    return now >= way && memory_time(edge) <= fabric_time(now - way);
  }

  /// The burst whose accesses are handed over next; nullptr where there is none.
  Burst* first(int port) {
    Port& p = ports_[port];
    return p.oldest < p.bursts.size() ? &p.bursts[p.oldest] : nullptr;
  }

  bool wants(int port, int channel) {
    const Burst* burst = first(port);
    return burst != nullptr && ports_[port].gave != edge_ &&
           fabric_time(burst->sent + way_.request_latency) <= memory_time(edge_) &&
           spec_.map.decode(burst->next).channel == channel;
  }

  int choose(int index) {
    const Channel& channel = channels_[index];
    if (channel.port >= 0 && wants(channel.port, index) && !first(channel.port)->accesses.empty()) {
      return channel.port;
    }
    const int ports = int(ports_.size());
    const int last = way_.arbitration == Arbitration::kPriority ? ports - 1
                     : channel.port < 0                         ? ports - 1
                                                                : channel.port;
    for (int i = 1; i <= ports; ++i) {
      if (wants((last + i) % ports, index)) return (last + i) % ports;
    }
    return -1;
  }

  void step() {
    for (int i = 0; i < int(channels_.size()); ++i) {
      Channel& channel = channels_[i];
      channel.dram.run_until(edge_ + 1);
      for (const DramCompletion& done : channel.dram.take_completions()) {
        const auto& handed = channel.handed[done.tag];
        ports_[handed.port].bursts[handed.burst].accesses[handed.access].done = done.cycle;
      }
      const int chosen = choose(i);
      if (chosen < 0 || !channel.dram.accepts(ports_[chosen].writes)) continue;
      Port& port = ports_[chosen];
      Burst& burst = *first(chosen);
      channel.dram.accept(spec_.map.decode(burst.next), port.writes, channel.handed.size());
      channel.handed.push_back({chosen, port.oldest, burst.accesses.size()});
      channel.port = chosen;
      port.gave = edge_;
      burst.next += bytes();
      const std::uint64_t end = burst.burst.address + burst.burst.beats * port.bus_bytes;
      const std::uint64_t there = std::min(burst.next, end) - burst.burst.address;
      burst.accesses.push_back({kNever, there / port.bus_bytes});
      if (burst.next < end) continue;
      burst.handed_over = edge_;
      ++port.oldest;
    }
    ++edge_;
  }

  const DramSpec spec_;
  const Interconnect way_;
  const std::uint64_t hertz_;
  std::deque<Channel> channels_;
  std::vector<Port> ports_;
  Cycle edge_ = 0;
};

}  // namespace qnnsim::test
