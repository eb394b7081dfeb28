// SPDX-License-Identifier: Apache-2.0
#include "models/kraken/kraken_params.h"

#include <gtest/gtest.h>

#include "tests/models/kernel_bench.h"

namespace qnnsim::test {
namespace {

KrakenPacket five_by_three() {
  KrakenPacket packet;
  packet.kernel_h = 5;
  packet.kernel_w = 3;
  packet.channels = 7;
  packet.width = 20;
  packet.blocks = 3;
  packet.images = 2;
  return packet;
}

// 3 + 3 + 9 + 9 + 6 + 9 + 9 bits.
TEST(KrakenHeader, HasItsFieldsFromTheLeastSignificantBitOn) {
  constexpr std::uint64_t kHeader =
      2 | 1u << 3 | 6u << 6 | 19ull << 15 | 2ull << 24 | 1ull << 30 | 34ull << 39;
  for (const auto& [axi_width, beats] : {std::pair(32, 2), {64, 1}, {128, 1}}) {
    for (int bits : {2, 4, 8, 16}) {
      SCOPED_TRACE("axi " + std::to_string(axi_width) + ", bits " + std::to_string(bits));
      KrakenParams p;
      p.axi_width = axi_width;
      EXPECT_EQ(kraken_header_beats(p), beats);
      const DataType type = DataType::signed_integer(bits);
      const std::vector<Value> values = kraken_header_values(p, five_by_three(), type);
      ASSERT_EQ(values.size(), std::size_t(beats) * axi_width / bits);
      for (std::size_t lane = 0; lane < values.size(); ++lane) {
        const std::size_t from = lane * bits;
        const std::uint64_t wire = from < 64 ? kHeader >> from & ((1u << bits) - 1) : 0;
        EXPECT_EQ(values[lane], from_wire(static_cast<std::uint32_t>(wire), type)) << lane;
      }
    }
  }
}

// 2 images of 3 blocks, 20 columns, 7 channels: 840 vectors of 8 + 6 pixels, 8 a beat, and a
// header. 35 words of 24 weights. 8 groups of 3: 64 sums a column, 2 a beat; the first column of a
// block gives none and the last one two.
TEST(KrakenPacket, TakesSoManyBeats) {
  const KrakenParams p;
  const KrakenPacket packet = five_by_three();
  EXPECT_EQ(kraken_pixel_beats(p, packet), 1u + 840 * 14 / 8);
  EXPECT_EQ(kraken_weight_beats(p, packet), 1u + 35 * 24 / 8);
  EXPECT_EQ(kraken_sum_columns(packet, 0), 0);
  EXPECT_EQ(kraken_sum_columns(packet, 1), 1);
  EXPECT_EQ(kraken_sum_columns(packet, 19), 2);
  EXPECT_EQ(kraken_sum_beats(p, packet, 1), 32u);
  EXPECT_EQ(kraken_sum_beats(p, packet), 2u * 3 * 20 * 32);
}

TEST(KrakenParams, RefusesWhatCannotBe) {
  const auto with = [](auto change) {
    return [change] {
      KrakenParams p;
      change(p);
      p.check();
    };
  };
  expect_refused("rows", with([](KrakenParams& p) { p.rows = 0; }));
  expect_refused("columns", with([](KrakenParams& p) { p.columns = 0; }));
  expect_refused("bits_input 3", with([](KrakenParams& p) { p.bits_input = 3; }));
  expect_refused("bits_weights 32", with([](KrakenParams& p) { p.bits_weights = 32; }));
  expect_refused("bits_sum 1", with([](KrakenParams& p) { p.bits_sum = 1; }));
  expect_refused("max_kernel_size 4", with([](KrakenParams& p) { p.max_kernel_size = 4; }));
  expect_refused("max_kernel_size 25", with([](KrakenParams& p) { p.max_kernel_size = 25; }));
  expect_refused("ram_weights_depth", with([](KrakenParams& p) { p.ram_weights_depth = 0; }));
  expect_refused("axi_width 48", with([](KrakenParams& p) { p.axi_width = 48; }));
}

}  // namespace
}  // namespace qnnsim::test
