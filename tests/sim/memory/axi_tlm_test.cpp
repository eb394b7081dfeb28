// SPDX-License-Identifier: Apache-2.0
//
// Masters reach a memory through TLM-2.0 sockets as they do without: every call is legal, and what
// is seen is seen in the same cycle. SystemC elaborates once a program: no test here does it twice.
#include "sim/memory/axi_tlm.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/sim/memory/memory_traffic.h"
#include "tests/sim/memory/tlm_checker.h"

namespace qnnsim::test {
namespace {

/// Calls something in every clock cycle until it wants no more.
class Cycles final : public sc_core::sc_module {
 public:
  Cycles(const sc_core::sc_module_name& name, sc_core::sc_time period,
         std::function<bool(Cycle)> call)
      : sc_module(name), period_(std::move(period)), call_(std::move(call)) {
    SC_HAS_PROCESS(Cycles);
    SC_METHOD(on_cycle);
  }

  bool done() const { return done_; }

 private:
  void on_cycle() {
    done_ = !call_(now_++);
    if (!done_) next_trigger(period_);
  }

  const sc_core::sc_time period_;
  const std::function<bool(Cycle)> call_;
  Cycle now_ = 0;
  bool done_ = false;
};

/// A memory behind sockets with a checker before it, and one without.
struct Twins {
  Twins(const Traffic& traffic, sc_core::sc_time period, const std::string& name)
      : traffic(traffic),
        direct("direct", traffic.spec, traffic.way, traffic.fabric_hz),
        behind("behind", traffic.spec, traffic.way, traffic.fabric_hz) {
    traffic.add_ports(direct);
    traffic.add_ports(behind);
    std::vector<int> bus_bytes;
    for (const TrafficPort& port : traffic.ports) bus_bytes.push_back(port.bus_bytes);
    checker = std::make_unique<TlmChecker>(("checker_" + name).c_str(), bus_bytes);
    target = std::make_unique<MemoryTarget>(("memory_" + name).c_str(), behind,
                                            int(bus_bytes.size()), period);
    for (std::size_t i = 0; i < bus_bytes.size(); ++i) {
      checker->to[i]->bind(*target->sockets[i]);
    }
  }

  const Traffic& traffic;
  Memory direct;
  Memory behind;
  std::unique_ptr<TlmChecker> checker;
  std::unique_ptr<MemoryTarget> target;
};

/// Masters that take at most a beat a cycle, as ports do, on both ways at once.
struct Masters {
  struct Master {
    std::size_t sent = 0;
    std::uint64_t taken = 0;
    int slowness = 1;  ///< takes an answer in one of so many cycles
  };

  Masters(Draw& draw, const Traffic& traffic, Twins& twins, sc_core::sc_time period,
          const std::string& name)
      : draw(draw), traffic(traffic), twins(twins), masters(traffic.ports.size()) {
    for (std::size_t i = 0; i < traffic.ports.size(); ++i) {
      initiators.push_back(
          std::make_unique<AxiInitiator>(("axi_" + name + "_" + std::to_string(i)).c_str(), int(i),
                                         traffic.ports[i].bus_bytes, period));
      initiators.back()->socket.bind(*twins.checker->from[i]);
      masters[i].slowness = draw.pick({1, 1, 5});
    }
  }

  bool step(Cycle now) {
    bool under_way = false;
    const bool reverse = draw.one_in(2);
    for (std::size_t i = 0; i < masters.size(); ++i) {
      under_way |= step_master(reverse ? masters.size() - 1 - i : i, now);
    }
    return under_way && now < 200'000 && !testing::Test::HasFailure();
  }

  bool step_master(std::size_t at, Cycle now) {
    Master& master = masters[at];
    const TrafficPort& port = traffic.ports[at];
    AxiInitiator& initiator = *initiators[at];
    const std::uint64_t expected = twins.direct.answered(int(at), now);
    const std::uint64_t answered = initiator.answered(now);
    EXPECT_EQ(answered > master.taken, expected > master.taken) << "port " << at << " at " << now;
    EXPECT_LE(answered, expected);
    if (expected > master.taken && draw.one_in(master.slowness)) ++master.taken;
    const bool room = twins.direct.can_send(int(at), now);
    EXPECT_EQ(initiator.can_send(now), room) << "port " << at << " at " << now;
    if (room && master.sent < port.items.size() && port.items[master.sent].not_before <= now) {
      twins.direct.send(int(at), port.items[master.sent].burst, now);
      initiator.send(port.items[master.sent].burst, now);
      ++master.sent;
    }
    return master.taken < port.amount();
  }

  Draw& draw;
  const Traffic& traffic;
  Twins& twins;
  std::vector<Master> masters;
  std::vector<std::unique_ptr<AxiInitiator>> initiators;
};

void expect_no_faults(const TlmChecker& checker) {
  for (std::size_t i = 0; i < checker.faults().size() && i < 5; ++i) {
    ADD_FAILURE() << checker.faults()[i];
  }
}

void expect_same(const Memory& a, const Memory& b) {
  for (int i = 0; i < a.ports(); ++i) {
    EXPECT_EQ(a.counts(i).bursts, b.counts(i).bursts);
    EXPECT_EQ(a.counts(i).accesses, b.counts(i).accesses);
    EXPECT_EQ(a.counts(i).latency, b.counts(i).latency);
    EXPECT_EQ(a.counts(i).latency_sum, b.counts(i).latency_sum);
    EXPECT_EQ(a.counts(i).latency_max, b.counts(i).latency_max);
  }
}

class AxiTlm : public testing::TestWithParam<int> {};

TEST_P(AxiTlm, CallsAreLegalAndAnswersAreThoseWithoutSockets) {
  // Many systems beside each other, for there is one elaboration only.
  constexpr int kSystems = 12;
  Draw draw(GetParam());
  std::vector<Traffic> traffics;
  for (int i = 0; i < kSystems; ++i) traffics.push_back(draw_traffic(draw, 30));
  std::vector<std::unique_ptr<Twins>> twins;
  std::vector<std::unique_ptr<Masters>> masters;
  std::vector<std::unique_ptr<Cycles>> cycles;
  for (int i = 0; i < kSystems; ++i) {
    const std::string name = std::to_string(i);
    const sc_core::sc_time period(1e12 / double(traffics[i].fabric_hz), sc_core::SC_PS);
    twins.push_back(std::make_unique<Twins>(traffics[i], period, name));
    masters.push_back(std::make_unique<Masters>(draw, traffics[i], *twins[i], period, name));
    Masters& system = *masters.back();
    cycles.push_back(std::make_unique<Cycles>(("cycles_" + name).c_str(), period,
                                              [&system](Cycle now) { return system.step(now); }));
  }
  sc_core::sc_start(sc_core::sc_time(20, sc_core::SC_MS));
  for (int i = 0; i < kSystems; ++i) {
    SCOPED_TRACE(i);
    expect_no_faults(*twins[i]->checker);
    EXPECT_TRUE(cycles[i]->done());
    EXPECT_TRUE(twins[i]->checker->is_idle());
    expect_same(twins[i]->direct, twins[i]->behind);
    std::uint64_t bursts = 0;
    for (const TrafficPort& port : traffics[i].ports) bursts += port.items.size();
    EXPECT_EQ(twins[i]->checker->count(tlm::BEGIN_REQ), bursts);
    EXPECT_EQ(twins[i]->checker->count(tlm::BEGIN_RESP), bursts);
    EXPECT_EQ(twins[i]->checker->count(tlm::END_RESP), bursts);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AxiTlm, testing::Range(1, 9));

/// Sends bursts by b_transport.
class Blocking final : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Blocking> socket{"socket"};

  explicit Blocking(const sc_core::sc_module_name& name) : sc_module(name), data_(32768) {}

  /// Returns how much later than `delay` it has been answered.
  sc_core::sc_time send(const AxiBurst& burst, int bus_bytes, sc_core::sc_time delay) {
    tlm::tlm_generic_payload payload;
    payload.set_command(burst.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload.set_address(burst.address);
    payload.set_data_ptr(data_.data());
    payload.set_data_length(burst.beats * bus_bytes);
    payload.set_streaming_width(burst.beats * bus_bytes);
    const sc_core::sc_time before = delay;
    socket->b_transport(payload, delay);
    return delay - before;
  }

 private:
  std::vector<unsigned char> data_;
};

TEST(AxiTlmBlocking, TheDelayIsThatOfAnAccess) {
  Draw draw(7);
  Traffic traffic = draw_traffic(draw, 60);
  traffic.fabric_hz = 187'498'125;
  traffic.ports.resize(1);
  const sc_core::sc_time period(1e12 / double(traffic.fabric_hz), sc_core::SC_PS);
  Twins twins(traffic, period, "m");
  Blocking master("master");
  master.socket.bind(*twins.checker->from[0]);
  sc_core::sc_time ahead = sc_core::SC_ZERO_TIME;
  Cycle now = 0;  // of the initiator's own time
  std::size_t next = 0;
  // Every second burst follows the answer before it at once, ahead of the simulated time; then
  // the time catches up, and some cycles pass.
  Cycles cycles("cycles", period, [&](Cycle cycle) {
    if (cycle < now) return true;
    ahead = sc_core::SC_ZERO_TIME;
    now = cycle;
    for (int i = 0; i < 2 && next < traffic.ports[0].items.size(); ++i, ++next) {
      const AxiBurst& burst = traffic.ports[0].items[next].burst;
      const Cycle end = twins.direct.access(0, burst, now);
      const sc_core::sc_time took = master.send(burst, traffic.ports[0].bus_bytes, ahead);
      EXPECT_EQ(took.value(), (end - now) * period.value());
      ahead += took;
      now = end;
    }
    now += Cycle(draw.between(0, 50));
    return next < traffic.ports[0].items.size();
  });
  sc_core::sc_start(sc_core::sc_time(20, sc_core::SC_MS));
  EXPECT_TRUE(cycles.done());
  EXPECT_EQ(twins.behind.counts(0).bursts, 60u);
  expect_same(twins.direct, twins.behind);
  expect_no_faults(*twins.checker);
}

TEST(AxiTlmBlocking, GoesWithMastersThatDoNotBlock) {
  Draw draw(9);
  Traffic traffic = draw_traffic(draw, 40);
  traffic.fabric_hz = 200'000'000;
  traffic.ports.resize(2);
  traffic.ports[0].bus_bytes = traffic.ports[1].bus_bytes = 8;
  traffic.ports[0].writes = traffic.ports[1].writes = false;
  traffic.spec = mapped_dram();
  traffic.way = {};
  for (TrafficPort& port : traffic.ports) {
    for (TrafficPort::Item& item : port.items)
      item.burst = draw_burst(draw, traffic.spec, 8, false);
  }
  const sc_core::sc_time period(5, sc_core::SC_NS);
  Twins twins(traffic, period, "m");
  Blocking blocking("blocking");
  blocking.socket.bind(*twins.checker->from[0]);
  AxiInitiator initiator("axi", 1, 8, period);
  initiator.socket.bind(*twins.checker->from[1]);
  std::size_t blocked = 0;
  std::size_t sent = 0;
  Cycles cycles("cycles", period, [&](Cycle now) {
    if (now % 100 == 50 && blocked < 40) {
      const AxiBurst& burst = traffic.ports[0].items[blocked++].burst;
      EXPECT_GT(blocking.send(burst, 8, sc_core::SC_ZERO_TIME), 8 * period);
    }
    const std::uint64_t answered = initiator.answered(now);
    if (sent < 40 && initiator.can_send(now))
      initiator.send(traffic.ports[1].items[sent++].burst, now);
    return blocked < 40 || answered < traffic.ports[1].amount();
  });
  sc_core::sc_start(sc_core::sc_time(20, sc_core::SC_MS));
  EXPECT_TRUE(cycles.done());
  EXPECT_EQ(twins.behind.counts(0).bursts, 40u);
  EXPECT_EQ(twins.behind.counts(1).bursts, 40u);
  EXPECT_TRUE(twins.checker->is_idle());
  expect_no_faults(*twins.checker);
}

}  // namespace
}  // namespace qnnsim::test
