// SPDX-License-Identifier: Apache-2.0
//
// A memory behind its interconnect: answers by hand, and random traffic against a memory that is
// simulated edge by edge.
#include "sim/memory/memory.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "models/kernel.h"
#include "tests/sim/memory/memory_traffic.h"

namespace qnnsim::test {
namespace {

__extension__ using Wide = __int128;

/// The clocks of a test, for sums by hand.
struct Clocks {
  std::uint64_t hertz;
  std::uint64_t tck_ps;

  Cycle to_memory(Cycle fabric) const {
    const Wide period = Wide(tck_ps) * hertz;
    return Cycle((Wide(fabric) * 1'000'000'000'000 + period - 1) / period);
  }
  Cycle to_fabric(Cycle memory) const {
    const Wide cycle = 1'000'000'000'000;
    return Cycle((Wide(memory) * tck_ps * hertz + cycle - 1) / cycle);
  }
};

/// Memory cycles from an access that finds its bank closed to the end of its data. The controller
/// sees it a cycle after it has been handed over, and needs one for its bank's queue.
Cycle idle_read(const DramSpec& spec) {
  return 1 + spec.timing.rcd_rd + spec.timing.cl + spec.burst_cycles();
}

/// The first cycle from `from` on in which `holds` does.
template <typename Predicate>
Cycle first_cycle(Cycle from, Predicate holds) {
  for (Cycle now = from; now < from + 100'000; ++now) {
    if (holds(now)) return now;
  }
  ADD_FAILURE() << "never";
  return kNever;
}

class IdleRead : public testing::TestWithParam<std::uint64_t> {};

TEST_P(IdleRead, ComesWhenTheLatenciesOnItsWaySayItDoes) {
  const Clocks clocks{GetParam(), 833};
  const DramSpec spec = mapped_dram();
  for (const int request : {1, 4, 7}) {
    for (const int response : {1, 4, 10}) {
      for (const Cycle sent : {0, 1, 13, 1000}) {
        Memory memory("m", spec, {Arbitration::kRoundRobin, request, response, 4}, clocks.hertz);
        const int port = memory.add_port("p", 8, false);
        memory.send(port, {false, 128, 8}, sent);
        const Cycle handed_over = clocks.to_memory(sent + request);
        const Cycle done = handed_over + 1 + idle_read(spec);
        const Cycle expected = clocks.to_fabric(done) + response;
        for (Cycle now = sent; now < expected; ++now) ASSERT_EQ(memory.answered(port, now), 0u);
        EXPECT_EQ(memory.answered(port, expected), 8u);
        EXPECT_EQ(memory.counts(port).latency_sum, expected - sent);
        EXPECT_EQ(memory.counts(port).latency_max, expected - sent);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Clocks, IdleRead,
                         testing::Values(100'000'000, 187'498'125, 200'000'000, 300'000'000,
                                         1'200'480'192, 3'000'000'000));

TEST(Memory, TheBeatsOfABurstComeWithTheirOwnAccesses) {
  // A fabric faster than the memory, so that accesses come one by one; one row: CCD_L apart.
  const Clocks clocks{2'000'000'000, 833};
  const DramSpec spec = mapped_dram();
  Memory memory("m", spec, {}, clocks.hertz);
  const int port = memory.add_port("p", 8, false);
  // From byte 40 of an access on: 3 beats, then 8, 8 and 1.
  memory.send(port, {false, 4096 + 40, 20}, 0);
  const Cycle first = clocks.to_memory(4) + 1 + idle_read(spec);
  std::vector<std::uint64_t> amounts = {3, 11, 19, 20};
  for (Cycle i = 0; i < 4; ++i) {
    const Cycle seen = clocks.to_fabric(first + i * spec.timing.ccd_l) + 4;
    EXPECT_EQ(memory.answered(port, seen - 1), i == 0 ? 0 : amounts[i - 1]);
    EXPECT_EQ(memory.answered(port, seen), amounts[i]);
  }
  EXPECT_EQ(memory.counts(port).accesses, 4u);
  EXPECT_EQ(memory.counts(port).bursts, 1u);
  EXPECT_EQ(memory.counts(port).beats, 20u);
}

TEST(Memory, ABeatWiderThanAnAccessComesWithItsLastOne) {
  const Clocks clocks{2'000'000'000, 833};
  const DramSpec spec = mapped_dram();
  Memory memory("m", spec, {}, clocks.hertz);
  const int port = memory.add_port("p", 128, false);
  memory.send(port, {false, 0, 2}, 0);
  const Cycle first = clocks.to_memory(4) + 1 + idle_read(spec);
  for (Cycle i = 0; i < 2; ++i) {
    const Cycle seen = clocks.to_fabric(first + (2 * i + 1) * spec.timing.ccd_l) + 4;
    EXPECT_EQ(memory.answered(port, seen - 1), i);
    EXPECT_EQ(memory.answered(port, seen), i + 1);
  }
}

TEST(Memory, AWriteIsAnsweredWhenTheControllersHaveTakenIt) {
  const Clocks clocks{2'000'000'000, 833};
  const DramSpec spec = mapped_dram();
  for (const int beats : {1, 8, 9, 64}) {
    Memory memory("m", spec, {}, clocks.hertz);
    const int port = memory.add_port("p", 8, true);
    memory.send(port, {true, 0, beats}, 5);
    // One access a memory cycle; the controller sees the last one a cycle later, and a further
    // cycle later it is done. The data goes to the DRAM whenever that is.
    const Cycle last = clocks.to_memory(5 + 4) + (beats + 7) / 8 - 1;
    const Cycle seen = clocks.to_fabric(last + 2) + 4;
    EXPECT_EQ(memory.answered(port, seen - 1), 0u) << beats;
    EXPECT_EQ(memory.answered(port, seen), 1u) << beats;
    memory.finish();
    EXPECT_EQ(memory.dram_counts().writes, std::uint64_t(beats + 7) / 8);
  }
}

TEST(Memory, TheQueueHasRoomAgainWhenTheLastAccessHasBeenHandedOver) {
  const Clocks clocks{2'000'000'000, 833};
  Interconnect way;
  way.queue = 2;
  Memory memory("m", mapped_dram(), way, clocks.hertz);
  const int port = memory.add_port("p", 8, false);
  ASSERT_TRUE(memory.can_send(port, 0));
  memory.send(port, {false, 0, 32}, 0);  // 4 accesses
  ASSERT_TRUE(memory.can_send(port, 1));
  memory.send(port, {false, 256, 16}, 1);  // 2 more
  const Cycle start = clocks.to_memory(4);
  const Cycle first = clocks.to_fabric(start + 3 + 1) + 4;
  for (Cycle now = 2; now < first; ++now) ASSERT_FALSE(memory.can_send(port, now)) << now;
  ASSERT_TRUE(memory.can_send(port, first));
  memory.send(port, {false, 512, 8}, first);
  const Cycle second = clocks.to_fabric(start + 5 + 1) + 4;
  for (Cycle now = first + 1; now < second; ++now) {
    ASSERT_FALSE(memory.can_send(port, now)) << now;
  }
  EXPECT_TRUE(memory.can_send(port, second));
}

TEST(Memory, WhatIsSentChangesNothingInTheSameCycle) {
  Interconnect way;
  way.request_latency = way.response_latency = 1;
  Memory memory("m", mapped_dram(), way, 1'000'000);  // a thousand memory cycles each
  const int port = memory.add_port("p", 8, false);
  memory.send(port, {false, 0, 1}, 7);
  EXPECT_EQ(memory.answered(port, 7), 0u);
  EXPECT_EQ(memory.answered(port, 8), 0u);
  EXPECT_EQ(memory.answered(port, 9), 0u);
  EXPECT_EQ(memory.answered(port, 10), 1u);
}

TEST(Memory, RunsUpToAndWithTheMemoryEdgesOfAFabricEdge) {
  DramSpec spec = mapped_dram();
  spec.tck_ps = 1250;
  Memory memory("m", spec, {}, 200'000'000);  // four memory edges each
  EXPECT_EQ(memory.memory_cycles(), 0u);
  memory.run_to(0);
  EXPECT_EQ(memory.memory_cycles(), 1u);
  memory.run_to(10);
  EXPECT_EQ(memory.memory_cycles(), 41u);
  memory.run_to(10);
  EXPECT_EQ(memory.memory_cycles(), 41u);
}

/// Reads of `beats` from port to port as fast as the queues have room, each port in a row of its
/// own. Returns the accesses of each port after `cycles`.
std::vector<std::uint64_t> saturate(Memory& memory, const std::vector<int>& beats, Cycle from,
                                    Cycle cycles) {
  std::vector<std::uint64_t> next(beats.size());
  for (Cycle now = from; now < from + cycles; ++now) {
    for (std::size_t port = 0; port < beats.size(); ++port) {
      memory.answered(int(port), now);
      if (!memory.can_send(int(port), now)) continue;
      const std::uint64_t share = std::uint64_t(memory.spec().bytes()) / beats.size();
      const std::uint64_t base = port * (share / 4096 * 4096);
      memory.send(int(port), {false, base + next[port] % 65536, beats[port]}, now);
      next[port] += std::uint64_t(beats[port]) * 8;
    }
  }
  std::vector<std::uint64_t> accesses;
  for (std::size_t port = 0; port < beats.size(); ++port) {
    accesses.push_back(memory.counts(int(port)).accesses);
  }
  return accesses;
}

TEST(Memory, RoundRobinServesSaturatingPortsAlike) {
  Memory memory("m", mapped_dram(), {}, 200'000'000);
  for (int i = 0; i < 3; ++i) memory.add_port("p", 8, false);
  const auto early = saturate(memory, {64, 64, 64}, 0, 1000);
  const auto late = saturate(memory, {64, 64, 64}, 1000, 20'000);
  std::vector<std::uint64_t> shares;
  for (int i = 0; i < 3; ++i) shares.push_back(late[i] - early[i]);
  for (const std::uint64_t share : shares) {
    EXPECT_GT(share, 1000u);
    EXPECT_LE(share, shares[0] + 8);  // one burst
    EXPECT_GE(share + 8, shares[0]);
  }
}

TEST(Memory, RoundRobinIsByBurst) {
  // Two accesses against eight in turn: a quarter.
  Memory memory("m", mapped_dram(), {}, 200'000'000);
  memory.add_port("short", 8, false);
  memory.add_port("long", 8, false);
  const auto early = saturate(memory, {16, 64}, 0, 1000);
  const auto late = saturate(memory, {16, 64}, 1000, 20'000);
  EXPECT_NEAR(double(late[1] - early[1]) / double(late[0] - early[0]), 4, 0.02);
}

TEST(Memory, PriorityLetsTheFirstPortStarveTheOthers) {
  Interconnect way;
  way.arbitration = Arbitration::kPriority;
  Memory memory("m", mapped_dram(), way, 200'000'000);
  memory.add_port("first", 8, false);
  memory.add_port("second", 8, false);
  const auto early = saturate(memory, {64, 64}, 0, 1000);
  const auto late = saturate(memory, {64, 64}, 1000, 20'000);
  EXPECT_EQ(late[1], early[1]);
  EXPECT_GT(late[0] - early[0], 1000u);
}

TEST(Memory, ChannelsWorkSideBySide) {
  Memory one("m", mapped_dram(1), {}, 200'000'000);
  one.add_port("p", 8, false);
  Memory two("m", mapped_dram(2), {}, 200'000'000);
  two.add_port("p", 8, false);
  two.add_port("p", 8, false);
  const std::uint64_t alone = saturate(one, {64}, 0, 20'000)[0];
  EXPECT_EQ(saturate(two, {64, 64}, 0, 20'000), (std::vector<std::uint64_t>{alone, alone}));
}

TEST(Memory, AReadOfAnotherChannelIsNotDelayed) {
  const DramSpec spec = mapped_dram(2);
  const Clocks clocks{200'000'000, 833};
  Memory memory("m", spec, {}, clocks.hertz);
  const int busy = memory.add_port("busy", 8, false);
  const int idle = memory.add_port("idle", 8, false);
  memory.send(busy, {false, 0, 256}, 0);
  memory.send(idle, {false, std::uint64_t(spec.bytes()) / 2, 8}, 0);
  const Cycle expected = clocks.to_fabric(clocks.to_memory(4) + 1 + idle_read(spec)) + 4;
  EXPECT_EQ(memory.answered(idle, expected - 1), 0u);
  EXPECT_EQ(memory.answered(idle, expected), 8u);
}

TEST(Memory, APortHandsOverOneAccessACycleHoweverManyChannels) {
  // Accesses alternate between channels; their data all fits beside each other, so the ends are as
  // far apart as the hand-overs.
  DramSpec spec = mapped_dram(4);
  spec.map = map_of(spec, kChannelLow);
  const Clocks clocks{5'000'000'000, 833};
  Memory memory("m", spec, {}, clocks.hertz);
  const int port = memory.add_port("p", 8, false);
  memory.send(port, {false, 0, 32}, 0);
  const Cycle first = clocks.to_memory(4) + 1 + idle_read(spec);
  for (Cycle i = 0; i < 4; ++i) {
    const Cycle seen = clocks.to_fabric(first + i) + 4;
    EXPECT_EQ(memory.answered(port, seen - 1), 8 * i);
    EXPECT_EQ(memory.answered(port, seen), 8 * (i + 1));
  }
}

TEST(Memory, ABlockingAccessIsSlowerBehindOthers) {
  const DramSpec spec = mapped_dram();
  const Clocks clocks{200'000'000, 833};
  Memory memory("m", spec, {}, clocks.hertz);
  const int one = memory.add_port("one", 8, false);
  const int other = memory.add_port("other", 8, false);
  const auto idle = [&](Cycle now) {
    return clocks.to_fabric(clocks.to_memory(now + 4) + 1 + idle_read(spec)) + 4;
  };
  EXPECT_EQ(memory.access(one, {false, 0, 8}, 10), idle(10));
  // 32 accesses of one row at once, then one behind them: it waits for their data.
  const Cycle alone = memory.access(one, {false, 0, 256}, 1000);
  const Cycle behind = memory.access(other, {false, 4096, 256}, 1000);
  EXPECT_GE(behind - 1000, 2 * (alone - 1000) - 30);
  EXPECT_GT(memory.access(one, {false, 0, 8}, 1000), behind);
  EXPECT_EQ(memory.counts(one).bursts, 3u);
}

/// Drives `traffic` into a memory and a slow one.
class Race {
 public:
  explicit Race(const Traffic& traffic)
      : traffic_(traffic),
        memory_("m", traffic.spec, traffic.way, traffic.fabric_hz),
        slow_(traffic.spec, traffic.way, traffic.fabric_hz),
        sent_(traffic.ports.size()),
        seen_(traffic.ports.size()) {
    traffic.add_ports(memory_);
    for (const TrafficPort& port : traffic.ports) slow_.add_port(port.bus_bytes, port.writes);
  }

  Memory& memory() { return memory_; }

  /// What the memory must have counted of its bursts.
  void expect_latencies() const {
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      EXPECT_EQ(memory_.counts(int(i)).latency_sum, seen_[i].latency_sum);
      EXPECT_EQ(memory_.counts(int(i)).latency_max, seen_[i].latency_max);
    }
  }

  /// Returns false when all has been answered.
  bool step(Cycle now, bool reverse, bool lazy, Draw& draw) {
    bool under_way = false;
    for (std::size_t i = 0; i < traffic_.ports.size(); ++i) {
      const std::size_t at = reverse ? traffic_.ports.size() - 1 - i : i;
      under_way |= step_port(at, now, lazy, draw);
    }
    return under_way;
  }

 private:
  bool step_port(std::size_t at, Cycle now, bool lazy, Draw& draw) {
    const TrafficPort& port = traffic_.ports[at];
    const int id = int(at);
    const std::uint64_t expected = slow_.answered(id, now);
    if (!lazy || draw.one_in(20)) {
      EXPECT_EQ(memory_.answered(id, now), expected) << "port " << at << ", cycle " << now;
    }
    Seen& seen = seen_[at];
    while (seen.bursts < seen.sent.size() && seen.amount_with(port) <= expected) {
      seen.amount = seen.amount_with(port);
      const Cycle latency = now - seen.sent[seen.bursts++];
      seen.latency_sum += latency;
      seen.latency_max = std::max(seen.latency_max, latency);
    }
    std::size_t& sent = sent_[at];
    const bool wants = sent < port.items.size() && port.items[sent].not_before <= now;
    if (!lazy || wants) {
      const bool room = slow_.can_send(id, now);
      EXPECT_EQ(memory_.can_send(id, now), room) << "port " << at << ", cycle " << now;
      if (wants && room) {
        memory_.send(id, port.items[sent].burst, now);
        slow_.send(id, port.items[sent].burst, now);
        seen.sent.push_back(now);
        ++sent;
      }
    }
    return expected < port.amount();
  }

  /// The bursts of a port that have been seen whole.
  struct Seen {
    std::vector<Cycle> sent;
    std::size_t bursts = 0;
    std::uint64_t amount = 0;
    Cycle latency_sum = 0;
    Cycle latency_max = 0;

    /// What has been answered with the next burst.
    std::uint64_t amount_with(const TrafficPort& port) const {
      return amount + (port.writes ? 1 : port.items[bursts].burst.beats);
    }
  };

  const Traffic& traffic_;
  Memory memory_;
  SlowMemory slow_;
  std::vector<std::size_t> sent_;
  std::vector<Seen> seen_;
};

void expect_conserved(const Traffic& traffic, Memory& memory, Cycle end) {
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  for (std::size_t i = 0; i < traffic.ports.size(); ++i) {
    const TrafficPort& port = traffic.ports[i];
    const PortCounts& counts = memory.counts(int(i));
    EXPECT_EQ(memory.answered(int(i), end), port.amount());
    EXPECT_EQ(counts.bursts, port.items.size());
    EXPECT_EQ(counts.accesses, port.accesses(std::uint64_t(traffic.spec.burst_bytes())));
    std::uint64_t beats = 0;
    for (const auto& item : port.items) beats += item.burst.beats;
    EXPECT_EQ(counts.beats, beats);
    EXPECT_EQ(std::accumulate(counts.latency.begin(), counts.latency.end(), std::uint64_t(0)),
              counts.bursts);
    EXPECT_LE(counts.latency_max, counts.latency_sum);
    EXPECT_EQ(std::uint64_t(1) << (counts.latency.size() - 1) <= counts.latency_max, true);
    EXPECT_LT(counts.latency_max, std::uint64_t(1) << counts.latency.size());
    (port.writes ? writes : reads) += counts.accesses;
  }
  EXPECT_TRUE(memory.is_idle());
  memory.finish();
  EXPECT_EQ(memory.dram_counts().read_requests, reads);
  EXPECT_EQ(memory.dram_counts().write_requests, writes);
}

enum class Calls { kEveryCycle, kEveryCycleInReverse, kWhenNeeded };

class RandomTraffic : public testing::TestWithParam<Calls> {};

TEST_P(RandomTraffic, IsAnsweredAsByAMemorySimulatedEdgeByEdge) {
  for (int seed = 0; seed < 25 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Draw draw(seed);
    const Traffic traffic = draw_traffic(draw, 40);
    ASSERT_EQ(contradictions(traffic.spec), std::vector<std::string>());
    Race race(traffic);
    const bool lazy = GetParam() == Calls::kWhenNeeded;
    Cycle now = 0;
    while (race.step(now, GetParam() == Calls::kEveryCycleInReverse, lazy, draw) && !HasFailure() &&
           now < 1'000'000) {
      ++now;
    }
    if (HasFailure()) return;
    expect_conserved(traffic, race.memory(), now);
    race.expect_latencies();
  }
}

INSTANTIATE_TEST_SUITE_P(Calls, RandomTraffic,
                         testing::Values(Calls::kEveryCycle, Calls::kEveryCycleInReverse,
                                         Calls::kWhenNeeded));

TEST(Memory, RefusesAWayThatTakesNoTime) {
  const auto make = [](Interconnect way) { Memory("m", mapped_dram(), way, 200'000'000); };
  Interconnect way;
  way.request_latency = 0;
  EXPECT_THROW(make(way), ParameterError);
  way = {};
  way.response_latency = 0;
  EXPECT_THROW(make(way), ParameterError);
  way = {};
  way.queue = 0;
  EXPECT_THROW(make(way), ParameterError);
}

}  // namespace
}  // namespace qnnsim::test
