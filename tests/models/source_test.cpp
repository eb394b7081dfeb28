// SPDX-License-Identifier: Apache-2.0
#include "models/source.h"

#include <gtest/gtest.h>

#include "tests/models/kernel_bench.h"

namespace qnnsim::test {
namespace {

/// A source in front of a FIFO and a sink of their own pressures.
struct SourceRun {
  SourceRun(const Port& port, std::uint64_t frames, const Pressure& source_pressure,
            const Pressure& sink_pressure, std::uint64_t depth, std::vector<Value> values = {},
            Order order = Order::kForward, bool sleeps = false)
      : circuit(order, sleeps),
        source(circuit.add(std::make_unique<Source>(port, frames, source_pressure, values))),
        sink(circuit.add(std::make_unique<Sink>(port, frames, sink_pressure))),
        wire(circuit.connect(source, 0, sink, 0, depth)) {
    if (!values.empty()) circuit.carry_data();
    circuit.run();
  }

  Circuit circuit;
  Source& source;
  Sink& sink;
  Wire& wire;
};

Port port(std::uint64_t beats) { return {1, DataType::signed_integer(8), beats}; }

TEST(Source, OffersABeatEveryIntervalFromTheFirstCycleOn) {
  for (std::uint64_t interval : {1u, 2u, 7u}) {
    const SourceRun run(port(4), 5, Pressure::every(interval), {}, kDeep);
    EXPECT_EQ(run.source.frame_interval(), 4 * interval);
    ASSERT_EQ(run.wire.pushed.size(), 20u);
    for (std::size_t beat = 0; beat < 20; ++beat) EXPECT_EQ(run.wire.pushed[beat], beat * interval);
    EXPECT_EQ(run.source.first_accepted(), 0u);
  }
}

TEST(Source, PausesInTheCyclesThatItsPressureStalls) {
  const Pressure pressure = Pressure::recorded({0, 1, 4, 6}, 8);
  const SourceRun run(port(30), 1, pressure, {}, kDeep);
  std::vector<Cycle> willing;
  for (Cycle now = 0; willing.size() < 30; ++now) {
    if (!pressure.stalls(now)) willing.push_back(now);
  }
  EXPECT_EQ(first_difference(run.wire.pushed, willing), "");
  EXPECT_EQ(run.source.first_accepted(), 2u);
}

TEST(Source, KeepsAnOfferedBeatOfferedThroughLaterStalls) {
  // Offered in cycle 1 to a FIFO full until cycle 10; the stalls of cycles 2..40 do not withdraw
  // it.
  std::vector<Cycle> stalls;
  for (Cycle now = 2; now <= 40; ++now) stalls.push_back(now);
  const SourceRun run(port(3), 1, Pressure::recorded(stalls, 0),
                      Pressure::recorded({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 0), 1);
  EXPECT_EQ(run.wire.pushed, (std::vector<Cycle>{0, 11, 41}));
}

TEST(Source, GoesOnWithItsCadenceWhileABeatWaits) {
  // Every 4 cycles; the beat offered in cycle 4 waits until 10, the next one is due since 8.
  const SourceRun run(port(4), 1, Pressure::every(4),
                      Pressure::recorded({0, 1, 2, 3, 4, 5, 6, 7, 8}, 0), 1);
  EXPECT_EQ(run.wire.pushed, (std::vector<Cycle>{0, 10, 12, 15}));
}

TEST(Source, SendsTheSameValuesInTheSameCyclesInAnyOrderAwakeOrAsleep) {
  for (int seed = 1; seed <= 200 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Draw draw(seed);
    const Port port{draw.between(1, 4), DataType::signed_integer(8),
                    std::uint64_t(draw.between(1, 30))};
    const auto frames = std::uint64_t(draw.between(1, 4));
    const std::vector<Value> values = draw.values(frames * port.beats * port.lanes, port.type);
    const Pressure source = draw.pressure();
    const Pressure sink = draw.pressure();
    const auto depth = draw.pick<std::uint64_t>({1, 2, 5, kDeep});
    const SourceRun expected(port, frames, source, sink, depth, values);
    EXPECT_EQ(first_difference(expected.sink.values(), values), "");
    for (Order order : {Order::kForward, Order::kReverse, Order::kShuffled}) {
      const SourceRun run(port, frames, source, sink, depth, values, order, true);
      EXPECT_EQ(first_difference(run.wire.pushed, expected.wire.pushed), "");
      EXPECT_EQ(first_difference(run.wire.popped, expected.wire.popped), "");
      EXPECT_EQ(first_difference(run.sink.values(), values), "");
      EXPECT_EQ(run.circuit.now(), expected.circuit.now());
    }
  }
}

TEST(Source, RefusesTheWrongNumberOfValues) {
  Source source(port(3), 2, Pressure(), std::vector<Value>(5, 0));
  expect_refused("values", [&] { source.carry_data(); });
}

}  // namespace
}  // namespace qnnsim::test
