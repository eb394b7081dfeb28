// SPDX-License-Identifier: Apache-2.0
#include "models/sink.h"

#include <gtest/gtest.h>

#include "tests/models/kernel_bench.h"

namespace qnnsim::test {
namespace {

/// A free source in front of a FIFO and a sink of some pressure.
struct SinkRun {
  SinkRun(std::uint64_t beats, std::uint64_t frames, const Pressure& pressure)
      : source(circuit.add(std::make_unique<Source>(port(beats), frames, Pressure()))),
        sink(circuit.add(std::make_unique<Sink>(port(beats), frames, pressure))),
        wire(circuit.connect(source, 0, sink, 0, kDeep)) {}
  static Port port(std::uint64_t beats) { return {1, DataType::bipolar(), beats}; }

  Circuit circuit;
  Source& source;
  Sink& sink;
  Wire& wire;
};

TEST(Sink, TakesABeatEveryInterval) {
  for (std::uint64_t interval : {1u, 2u, 7u}) {
    SinkRun run(4, 5, Pressure::every(interval));
    run.circuit.run();
    EXPECT_EQ(run.sink.frame_interval(), 4 * interval);
    ASSERT_EQ(run.wire.popped.size(), 20u);
    for (std::size_t beat = 0; beat < 20; ++beat) {
      EXPECT_EQ(run.wire.popped[beat], 1 + beat * interval);
    }
  }
}

TEST(Sink, TakesNothingInTheCyclesThatItsPressureStalls) {
  for (int seed = 1; seed <= 100; ++seed) {
    const Pressure pressure = Pressure::random(0.5, seed);
    SinkRun run(30, 1, pressure);
    run.circuit.run();
    std::vector<Cycle> willing;
    for (Cycle now = 1; willing.size() < 30; ++now) {
      if (!pressure.stalls(now)) willing.push_back(now);
    }
    // A free source is ahead of a sink that stalls, so every willing cycle finds a beat.
    EXPECT_EQ(first_difference(run.wire.popped, willing), "") << "seed " << seed;
  }
}

TEST(Sink, NotesTheFirstBeatAndTheLastOfEveryFrameAndIsThenDone) {
  SinkRun run(3, 2, Pressure());
  EXPECT_EQ(run.sink.first_output(), kNever);
  for (Cycle now = 0; now < 6; ++now) {
    run.circuit.cycle();
    EXPECT_EQ(run.sink.beats(), now);
    EXPECT_FALSE(run.sink.done()) << "cycle " << now;
  }
  run.circuit.cycle();
  EXPECT_TRUE(run.sink.done());
  EXPECT_EQ(run.sink.first_output(), 1u);
  EXPECT_EQ(run.sink.frame_ends(), (std::vector<Cycle>{3, 6}));
  EXPECT_TRUE(run.sink.values().empty()) << "no values were carried";
}

}  // namespace
}  // namespace qnnsim::test
