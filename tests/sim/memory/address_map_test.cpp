// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/address_map.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <tuple>

namespace qnnsim::test {
namespace {

/// 2 channels of 2 ranks of 4 x 4 banks of 8 rows of 16 bursts of 64 bytes: 512 KiB.
DramSpec small_dram() {
  DramSpec spec;
  spec.channels = 2;
  spec.ranks = 2;
  spec.bank_groups = 4;
  spec.banks_per_group = 4;
  spec.rows = 8;
  spec.columns = 128;
  spec.bus_bits = 64;
  spec.device_bits = 8;
  spec.burst_length = 8;
  return spec;
}

const AddressFieldName* field(const std::string& name) {
  for (const AddressFieldName& known : address_fields()) {
    if (name == known.name) return &known;
  }
  return nullptr;
}

AddressMap ordered(const std::vector<std::pair<std::string, int>>& words) {
  std::vector<AddressPart> parts;
  for (const auto& [name, bits] : words) parts.push_back({field(name), bits});
  return ordered_map(parts, small_dram());
}

auto tied(const DramAddress& a) {
  return std::tie(a.channel, a.rank, a.bank_group, a.bank, a.row, a.column);
}

TEST(AddressMap, FieldsFollowEachOtherAboveTheBurst) {
  const AddressMap map = ordered(
      {{"row", 0}, {"rank", 0}, {"bank", 0}, {"channel", 0}, {"column", 0}, {"bank_group", 0}});
  EXPECT_EQ(map.decode(63).bank_group, 0);
  EXPECT_EQ(map.decode(64).bank_group, 1);
  EXPECT_EQ(map.decode(64 << 2).column, 1);
  EXPECT_EQ(map.decode(64 << 6).channel, 1);
  EXPECT_EQ(map.decode(64 << 7).bank, 1);
  EXPECT_EQ(map.decode(64 << 9).rank, 1);
  EXPECT_EQ(map.decode(64 << 10).row, 1);
  const DramAddress last = map.decode((1 << 19) - 1);
  EXPECT_EQ(tied(last), std::make_tuple(1, 1, 3, 3, 7, 15));
}

TEST(AddressMap, PartsOfAFieldTakeItsBitsFromTheLeastSignificantOn) {
  const AddressMap map = ordered({{"rank", 0},
                                  {"row", 0},
                                  {"column", 0},
                                  {"bank", 0},
                                  {"column", 1},
                                  {"bank", 1},
                                  {"bank_group", 0},
                                  {"channel", 0}});
  EXPECT_EQ(map.bank.bits, (std::vector<std::vector<int>>{{9}, {11}}));
  EXPECT_EQ(map.column.bits, (std::vector<std::vector<int>>{{10}, {12}, {13}, {14}}));
  EXPECT_EQ(map.row.bits, (std::vector<std::vector<int>>{{15}, {16}, {17}}));
}

TEST(AddressMap, BitsAboveTheMemoryAreIgnored) {
  const AddressMap map = ordered(
      {{"row", 0}, {"rank", 0}, {"bank", 0}, {"channel", 0}, {"column", 0}, {"bank_group", 0}});
  const DramAddress low = map.decode(0x12345), high = map.decode(0xfff12345);
  EXPECT_EQ(tied(low), tied(high));
}

TEST(AddressMap, AListOfBitsIsTheirExclusiveOr) {
  AddressMap map;
  map.bank.bits = {{6, 13}, {7}};
  EXPECT_EQ(map.decode(1 << 6).bank, 1);
  EXPECT_EQ(map.decode(1 << 13).bank, 1);
  EXPECT_EQ(map.decode((1 << 13) | (1 << 6)).bank, 0);
  EXPECT_EQ(map.decode((1 << 13) | (1 << 7)).bank, 3);
}

TEST(AddressMap, EveryBurstHasAPlaceOfItsOwn) {
  const AddressMap map = ordered({{"rank", 0},
                                  {"row", 2},
                                  {"column", 0},
                                  {"bank", 0},
                                  {"row", 1},
                                  {"column", 1},
                                  {"bank", 1},
                                  {"bank_group", 0},
                                  {"channel", 0}});
  std::set<std::tuple<int, int, int, int, std::int64_t, std::int64_t>> places;
  for (std::uint64_t address = 0; address < (1 << 19); address += 64) {
    const DramAddress place = map.decode(address);
    places.insert(tied(place));
  }
  EXPECT_EQ(places.size(), std::size_t{1} << 13);
}

TEST(AddressDecoder, SaysWhatTheMapSaysForEveryMap) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    AddressMap map;
    for (const AddressFieldName& name : address_fields()) {
      auto& bits = (map.*name.field).bits;
      bits.resize(random() % 12);
      int next = static_cast<int>(random() % 40);
      for (auto& sources : bits) {
        // Runs, jumps and lists in turn.
        if (random() % 4 == 0) next = static_cast<int>(random() % 63);
        sources.push_back(next);
        if (random() % 5 == 0) sources.push_back(static_cast<int>(random() % 64));
        next = (next + 1) % 64;
      }
    }
    const AddressDecoder decoder(map);
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t address = random();
      const DramAddress expected = map.decode(address), found = decoder.decode(address);
      ASSERT_EQ(tied(found), tied(expected)) << "round " << round << ", address " << address;
    }
  }
}

TEST(ExactLog2, KnowsPowersOfTwo) {
  EXPECT_EQ(exact_log2(1), 0);
  EXPECT_EQ(exact_log2(4096), 12);
  EXPECT_EQ(exact_log2(std::int64_t{1} << 40), 40);
  for (const std::int64_t value : {-4, 0, 3, 6, 1000}) EXPECT_EQ(exact_log2(value), -1) << value;
}

}  // namespace
}  // namespace qnnsim::test
