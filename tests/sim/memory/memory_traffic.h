// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tests/models/draw.h"
#include "tests/sim/memory/slow_memory.h"

namespace qnnsim::test {

/// What a master sends, each burst no earlier than its cycle.
struct TrafficPort {
  struct Item {
    AxiBurst burst;
    Cycle not_before = 0;
  };
  int bus_bytes = 8;
  bool writes = false;
  std::vector<Item> items;

  std::uint64_t amount() const {
    std::uint64_t beats = 0;
    for (const Item& item : items) beats += item.burst.beats;
    return writes ? items.size() : beats;
  }
  /// The DRAM bursts that all items touch.
  std::uint64_t accesses(std::uint64_t access_bytes) const {
    std::uint64_t sum = 0;
    for (const Item& item : items) {
      const std::uint64_t first = item.burst.address / access_bytes;
      const std::uint64_t end = item.burst.address + std::uint64_t(item.burst.beats) * bus_bytes;
      sum += (end - 1) / access_bytes - first + 1;
    }
    return sum;
  }
};

/// A memory, and masters with what they send to it.
struct Traffic {
  DramSpec spec;
  Interconnect way;
  std::uint64_t fabric_hz = 200'000'000;
  std::vector<TrafficPort> ports;

  void add_ports(Memory& memory) const {
    for (const TrafficPort& port : ports) memory.add_port("port", port.bus_bytes, port.writes);
  }
};

inline AxiBurst draw_burst(Draw& draw, const DramSpec& spec, int bus_bytes, bool writes) {
  const int most = std::min<int>(256, 4096 / bus_bytes);
  AxiBurst burst;
  burst.write = writes;
  burst.beats = draw.one_in(3) ? 1 : draw.between(1, draw.one_in(2) ? most : std::min(most, 16));
  // Few pages, so that rows are hit; at a multiple of the bus, but of nothing else.
  const std::uint64_t pages = std::uint64_t(spec.bytes()) / 4096;
  const std::uint64_t page =
      draw.bits() % (draw.one_in(2) ? std::min<std::uint64_t>(pages, 4) : pages);
  const int places = 4096 / bus_bytes - burst.beats;
  burst.address = page * 4096 + std::uint64_t(draw.between(0, places)) * bus_bytes;
  return burst;
}

/// Several masters on a memory with any timing, map, clocks and interconnect.
inline Traffic draw_traffic(Draw& draw, int bursts) {
  Traffic traffic;
  traffic.spec = small_dram();
  DramSpec& spec = traffic.spec;
  spec.power = {1.2, 48, 34, 43, 135, 123, 250};
  spec.channels = draw.pick({1, 1, 2, 4});
  spec.ranks = draw.pick({1, 2});
  spec.rows = draw.pick<std::int64_t>({32, 1024});
  spec.bus_bits = draw.pick({16, 32, 64});
  spec.burst_length = draw.pick({4, 8, 16});
  spec.tck_ps = draw.pick<std::int64_t>({833, 1250, 625, 1000});
  spec.policy.refresh = draw.one_in(2);
  spec.timing.refi = 3000;
  spec.policy.page = draw.one_in(3) ? PagePolicy::kClosed : PagePolicy::kOpen;
  spec.policy.unified_queue = draw.one_in(3);
  spec.policy.read_queue = draw.pick({1, 4, 32});
  spec.policy.write_queue = draw.pick({1, 4, 32});
  spec.policy.write_drain_idle = draw.between(0, std::min(8, spec.policy.write_queue));
  spec.map = map_of(spec, draw.one_in(2) ? kChannelHigh : kChannelLow);
  traffic.way.arbitration = draw.one_in(3) ? Arbitration::kPriority : Arbitration::kRoundRobin;
  traffic.way.request_latency = draw.pick({1, 2, 4, 9});
  traffic.way.response_latency = draw.pick({1, 2, 4, 9});
  traffic.way.queue = draw.pick({1, 2, 4, 16});
  traffic.fabric_hz =
      draw.pick<std::uint64_t>({187'498'125, 100'000'000, 250'000'000, 1'200'000'000, 20'000'000});
  traffic.ports.resize(draw.between(1, 4));
  for (TrafficPort& port : traffic.ports) {
    port.bus_bytes = draw.pick({4, 8, 16, 64, 128});
    port.writes = draw.one_in(2);
    const int gap = draw.pick({0, 3, 60});
    Cycle cycle = 0;
    for (int i = 0; i < bursts; ++i) {
      cycle += draw.between(0, gap);
      port.items.push_back({draw_burst(draw, spec, port.bus_bytes, port.writes), cycle});
    }
  }
  return traffic;
}

}  // namespace qnnsim::test
