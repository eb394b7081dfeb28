// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/wire_bits.h"

#include <gtest/gtest.h>

#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

TEST(WireBits, LaneZeroStandsInTheLeastSignificantBits) {
  std::uint64_t word = 0;
  const std::vector<Value> values = {1, -2, 3};
  pack_lanes(values.data(), 3, DataType::signed_integer(4), &word);
  EXPECT_EQ(word, 0x3e1u);
  EXPECT_EQ(hex_text(&word, 12), "3e1");
  EXPECT_EQ(hex_text(&word, 10), "3e1");
  EXPECT_EQ(hex_text(&word, 9), "1e1");
}

TEST(WireBits, BipolarElementsAreOneBit) {
  std::uint64_t word = 0;
  const std::vector<Value> values = {1, -1, -1, 1};
  pack_lanes(values.data(), 4, DataType::bipolar(), &word);
  EXPECT_EQ(word, 0b1001u);
}

TEST(WireBits, WhatIsPackedIsUnpackedWhateverTheWidth) {
  for (int seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    Draw draw(seed);
    const int bits = draw.between(2, 32);
    const DataType type = draw.pick({DataType::bipolar(), DataType::signed_integer(bits),
                                     DataType::unsigned_integer(std::min(bits, 31))});
    const int lanes = draw.between(1, 70);
    const std::vector<Value> values = draw.values(lanes, type);
    const std::int64_t width = std::int64_t{lanes} * type.bits();
    std::vector<std::uint64_t> words(words_for(width), ~std::uint64_t{0});
    pack_lanes(values.data(), lanes, type, words.data());
    std::vector<Value> unpacked(lanes);
    unpack_lanes(words.data(), lanes, type, unpacked.data());
    EXPECT_EQ(unpacked, values) << type.name() << " x " << lanes;
    if (width % 64 != 0) {
      EXPECT_EQ(words.back() >> (width % 64), 0u) << "bits above the beat";
    }
    // One bit at a time, by the definition.
    for (int lane = 0; lane < lanes; ++lane) {
      for (int bit = 0; bit < type.bits(); ++bit) {
        const std::int64_t place = std::int64_t{lane} * type.bits() + bit;
        ASSERT_EQ(words[place / 64] >> (place % 64) & 1, to_wire(values[lane], type) >> bit & 1u);
      }
    }
  }
}

}  // namespace
}  // namespace qnnsim::test
