// SPDX-License-Identifier: Apache-2.0
//
// Edges of two clocks, against products of whole numbers: with the period of the memory in ps and
// the frequency of the fabric in Hz, memory edge m comes at m * period * frequency and fabric edge
// f at f * 1e12, in the same unit.
#include "sim/memory/clock_ratio.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

__extension__ using Wide = __int128;

struct Clocks {
  std::uint64_t fabric_hz;
  std::uint64_t memory_ps;

  Wide fabric(Wide edge) const { return edge * 1'000'000'000'000; }
  Wide memory(Wide edge) const { return edge * memory_ps * fabric_hz; }
};

/// Each answer is an edge that will do, and the one before would not.
void expect_nearest(const Clocks& clocks, Cycle edge) {
  const ClockRatio ratio(clocks.fabric_hz, clocks.memory_ps);
  SCOPED_TRACE(describe({{"fabric_hz", std::int64_t(clocks.fabric_hz)},
                         {"memory_ps", std::int64_t(clocks.memory_ps)},
                         {"edge", std::int64_t(edge)}}));
  const Wide fabric = ratio.fabric_from(edge);
  EXPECT_TRUE(clocks.fabric(fabric) >= clocks.memory(edge));
  EXPECT_TRUE(clocks.fabric(fabric - 1) < clocks.memory(edge));
  const Wide from = ratio.memory_from(edge);
  EXPECT_TRUE(clocks.memory(from) >= clocks.fabric(edge));
  EXPECT_TRUE(clocks.memory(from - 1) < clocks.fabric(edge));
  const Wide after = ratio.memory_after(edge);
  EXPECT_TRUE(clocks.memory(after) > clocks.fabric(edge));
  EXPECT_TRUE(clocks.memory(after - 1) <= clocks.fabric(edge));
}

const std::vector<std::uint64_t> kFabrics = {
    187'498'125, 100'000'000,   200'000'000, 250'000'000,   300'000'000,   333'333'333,
    1,           1'000'000'007, 999'999'999, 2'400'000'000, 10'000'000'000};
const std::vector<std::uint64_t> kMemories = {833, 830, 1250, 625, 1000, 1, 500, 4000, 997, 10'000};

TEST(ClockRatio, EveryEdgeIsTheNearestOne) {
  for (const std::uint64_t fabric : kFabrics) {
    for (const std::uint64_t memory : kMemories) {
      for (Cycle edge = 0; edge < 40 && !HasFailure(); ++edge) {
        expect_nearest({fabric, memory}, edge);
      }
    }
  }
}

TEST(ClockRatio, RandomClocksAndLateEdgesAreExact) {
  Draw draw(1);
  for (int i = 0; i < 20000 && !HasFailure(); ++i) {
    const Clocks clocks{draw.one_in(3) ? draw.pick(kFabrics) : 1 + draw.bits() % 10'000'000'000,
                        draw.one_in(3) ? draw.pick(kMemories) : 1 + draw.bits() % 20'000};
    // A day and more: up to 1e15 cycles, but answers must fit into a Cycle.
    const Cycle most = clocks.fabric_hz > 1000 ? 1'000'000'000'000'000 : 1000;
    expect_nearest(clocks, draw.bits() % most >> draw.between(0, 40));
  }
}

TEST(ClockRatio, EdgesAroundThoseThatCoincideAreExact) {
  // 250 MHz and 833 ps meet every 833 fabric cycles, or 4000 of the memory.
  const ClockRatio ratio(250'000'000, 833);
  for (const Cycle meeting : {0u, 1u, 2u, 1000u}) {
    EXPECT_EQ(ratio.fabric_from(4000 * meeting), 833 * meeting);
    EXPECT_EQ(ratio.fabric_from(4000 * meeting + 1), 833 * meeting + 1);
    EXPECT_EQ(ratio.memory_from(833 * meeting), 4000 * meeting);
    EXPECT_EQ(ratio.memory_after(833 * meeting), 4000 * meeting + 1);
  }
  for (const Cycle meeting : {1u, 2u, 1'000'000'000u}) {
    EXPECT_EQ(ratio.fabric_from(4000 * meeting - 1), 833 * meeting);
    EXPECT_EQ(ratio.memory_from(833 * meeting - 1), 4000 * meeting - 4);
    EXPECT_EQ(ratio.memory_after(833 * meeting - 1), 4000 * meeting - 4);
    expect_nearest({250'000'000, 833}, 833 * meeting);
    expect_nearest({250'000'000, 833}, 4000 * meeting - 1);
    expect_nearest({250'000'000, 833}, 4000 * meeting + 1);
  }
}

TEST(ClockRatio, AClockOfWholePicosecondsNeedsNoRounding) {
  const ClockRatio ratio(200'000'000, 1250);  // 5000 ps: four memory cycles each
  for (Cycle edge = 0; edge < 100; ++edge) {
    EXPECT_EQ(ratio.memory_from(edge), 4 * edge);
    EXPECT_EQ(ratio.memory_after(edge), 4 * edge + 1);
    EXPECT_EQ(ratio.fabric_from(4 * edge), edge);
    EXPECT_EQ(ratio.fabric_from(4 * edge + 1), edge + 1);
  }
}

}  // namespace
}  // namespace qnnsim::test
