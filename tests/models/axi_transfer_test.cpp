// SPDX-License-Identifier: Apache-2.0
#include "models/axi_transfer.h"

#include <gtest/gtest.h>

#include "tests/models/axi_cases.h"

namespace qnnsim::test {
namespace {

TEST(BurstWalk, CoversExactlyThePassesInOrderWithoutCrossingFourKilobytes) {
  for (int seed = 1; seed <= 500 && !testing::Test::HasFailure(); ++seed) {
    Draw draw(static_cast<std::uint64_t>(seed));
    const AxiTransferParams p = draw_transfer(draw);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + describe(p));
    const std::uint64_t bus_bytes = p.bus_bits / 8;
    const std::uint64_t containers = p.bus_bits / p.container_bits();
    BurstWalk walk(p);
    for (std::uint64_t pass = 0; pass < 3 * p.buffers + 1; ++pass) {
      std::uint64_t byte = p.base + pass % p.buffers * p.stride;
      std::uint64_t left = (p.elements + containers - 1) / containers;
      std::uint64_t bursts = 0;
      while (left > 0) {
        ++bursts;
        const auto beats = static_cast<std::uint64_t>(walk.beats());
        ASSERT_EQ(walk.beat() * bus_bytes, byte) << "pass " << pass;
        ASSERT_GE(beats, 1u);
        ASSERT_LE(beats, std::uint64_t(p.max_burst));
        ASSERT_LE(beats, left);
        ASSERT_EQ(byte / 4096, (byte + beats * bus_bytes - 1) / 4096) << "crosses 4 KB";
        // As long as it may be: one beat more would break a rule.
        byte += beats * bus_bytes;
        left -= beats;
        ASSERT_TRUE(left == 0 || beats == std::uint64_t(p.max_burst) || byte % 4096 == 0);
        ASSERT_EQ(walk.is_last(), left == 0);
        walk.step();
      }
      if (pass == 0) {
        EXPECT_EQ(p.frame_bursts(), p.passes * bursts);
      }
    }
  }
}

TEST(BurstWalk, GoesThroughPassesThatAreNotAllAlike) {
  for (int seed = 1; seed <= 200 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Draw draw(static_cast<std::uint64_t>(seed));
    AxiTransferParams p = draw_transfer(draw);
    p.buffers = 1;
    auto segments = std::make_shared<std::vector<AxiSegment>>(draw.between(1, 6));
    for (AxiSegment& segment : *segments) {
      segment = {std::uint64_t(draw.between(0, 5000)), std::uint64_t(draw.between(1, 700))};
    }
    p.segments = segments;
    BurstWalk walk(p);
    std::uint64_t beats = 0;
    std::uint64_t bursts = 0;
    for (int round = 0; round < 2; ++round) {
      for (const AxiSegment& segment : *segments) {
        // Beat after beat: a burst ends when it is full, at a page and with its pass.
        for (std::uint64_t beat = segment.beat; beat < segment.beat + segment.beats;) {
          ASSERT_EQ(walk.beat(), beat);
          ASSERT_EQ(walk.pass_beats(), segment.beats);
          int length = 0;
          do {
            ++length;
            ++beat;
          } while (beat < segment.beat + segment.beats && length < p.max_burst &&
                   beat * p.bus_bytes() % 4096 != 0);
          ASSERT_EQ(walk.beats(), length);
          ASSERT_EQ(walk.is_last(), beat == segment.beat + segment.beats);
          beats += std::uint64_t(length);
          ++bursts;
          walk.step();
        }
      }
    }
    EXPECT_EQ(2 * p.frame_bus_beats(), beats);
    EXPECT_EQ(2 * p.frame_bursts(), bursts);
    EXPECT_EQ(p.first_stream_beats(), segments->front().beats);
  }
}

TEST(BurstWalk, GoesThroughTheBuffersAndBackToTheBase) {
  AxiTransferParams p;
  p.bus_bits = 64;
  p.max_burst = 4;
  p.base = 4096 - 16;
  p.stride = 256;
  p.buffers = 2;
  p.elements = 7;
  p.type = DataType::signed_integer(32);
  // 4 bus beats a pass: 2 up to the page and 2 behind it, then 4 at 4336.
  BurstWalk walk(p);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(walk.beat(), 510u);
    EXPECT_EQ(walk.beats(), 2);
    EXPECT_FALSE(walk.is_last());
    walk.step();
    EXPECT_EQ(walk.beat(), 512u);
    EXPECT_EQ(walk.beats(), 2);
    EXPECT_TRUE(walk.is_last());
    walk.step();
    EXPECT_EQ(walk.beat(), 542u);
    EXPECT_EQ(walk.beats(), 4);
    EXPECT_TRUE(walk.is_last());
    walk.step();
  }
}

TEST(AxiTransfer, AnElementStandsInTheNextPowerOfTwoOfBits) {
  const auto bits = [](DataType type) {
    AxiTransferParams p;
    p.type = type;
    return p.container_bits();
  };
  EXPECT_EQ(bits(DataType::bipolar()), 1);
  EXPECT_EQ(bits(DataType::unsigned_integer(1)), 1);
  EXPECT_EQ(bits(DataType::signed_integer(2)), 2);
  EXPECT_EQ(bits(DataType::signed_integer(3)), 4);
  EXPECT_EQ(bits(DataType::unsigned_integer(5)), 8);
  EXPECT_EQ(bits(DataType::signed_integer(9)), 16);
  EXPECT_EQ(bits(DataType::signed_integer(17)), 32);
  EXPECT_EQ(bits(DataType::unsigned_integer(32)), 32);
}

TEST(AxiTransfer, TheContainerIsOfTheSameKind) {
  AxiTransferParams p;
  EXPECT_EQ(p.container_type(), DataType::bipolar());
  p.type = DataType::signed_integer(3);
  EXPECT_EQ(p.container_type(), DataType::signed_integer(4));
  p.type = DataType::unsigned_integer(17);
  EXPECT_EQ(p.container_type(), DataType::unsigned_integer(32));
}

TEST(AxiTransfer, AStreamBeatDividesTheBusBeatAndThePass) {
  AxiTransferParams p;
  p.bus_bits = 64;
  p.type = DataType::signed_integer(3);  // 16 on the bus
  p.elements = 36;
  EXPECT_EQ(p.lanes_of_bus(), 16);
  EXPECT_EQ(p.lanes(), 4);
  EXPECT_EQ(p.slices(), 4);
  EXPECT_EQ(p.stream_beats(), 9u);
  EXPECT_EQ(p.bus_beats(), 3u);
  EXPECT_EQ(p.bytes(), 24u);
  p.elements = 48;
  EXPECT_EQ(p.lanes(), 16);
  EXPECT_EQ(p.slices(), 1);
  EXPECT_EQ(p.bus_beats(), 3u);
  p.elements = 1;
  EXPECT_EQ(p.lanes(), 1);
  EXPECT_EQ(p.bus_beats(), 1u);
}

TEST(AxiTransfer, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      AxiTransferParams p;
      change(p);
      p.check("axi reader");
    };
  };
  using P = AxiTransferParams;
  expect_refused("bus_bits 16", with([](P& p) { p.bus_bits = 16; }));
  expect_refused("bus_bits 96", with([](P& p) { p.bus_bits = 96; }));
  expect_refused("bus_bits 2048", with([](P& p) { p.bus_bits = 2048; }));
  expect_refused("max_burst 0", with([](P& p) { p.max_burst = 0; }));
  expect_refused("max_burst 257", with([](P& p) { p.max_burst = 257; }));
  expect_refused("outstanding 0", with([](P& p) { p.outstanding = 0; }));
  expect_refused("base 4", with([](P& p) { p.base = 4; }));
  expect_refused("stride 12", with([](P& p) { p.stride = 12; }));
  expect_refused("buffers 0", with([](P& p) { p.buffers = 0; }));
  expect_refused("elements 0", with([](P& p) { p.elements = 0; }));
  expect_refused("passes 0", with([](P& p) { p.passes = 0; }));
}

TEST(AxiTransfer, EveryAddressFitsThirtyTwoBitsOfBusBeats) {
  AxiTransferParams p;
  p.bus_bits = 32;
  p.elements = 32;
  p.base = (std::uint64_t{1} << 34) - 4;  // the last bus beat
  EXPECT_NO_THROW(p.check("axi reader"));
  p.elements = 33;
  expect_refused("base", [&] { p.check("axi reader"); });
  p.elements = 32;
  p.base = 0;
  p.stride = 1u << 20;
  p.buffers = 1u << 14;
  EXPECT_NO_THROW(p.check("axi reader"));
  p.buffers += 1;
  expect_refused("stride", [&] { p.check("axi reader"); });
}

}  // namespace
}  // namespace qnnsim::test
