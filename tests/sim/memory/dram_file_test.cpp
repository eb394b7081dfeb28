// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_file.h"

#include <gtest/gtest.h>

#include "sim/memory/address_map.h"
#include "sim/memory/address_map_file.h"
#include "sim/platform.h"
#include "tests/sim/memory/memory_files.h"
#include "tests/sim/memory/reference_data.h"

namespace qnnsim::test {
namespace {

using Bits = std::vector<std::vector<int>>;

DramSpec with_map(const std::string& map) { return load_text(kMemoryFile + "address_map: " + map); }

TEST(DramFile, EveryMemoryThatComesWithTheProgramIsSound) {
  const std::vector<std::string> names = config_names("memories");
  EXPECT_GE(names.size(), 7u);
  for (const std::string& name : names) {
    const DramSpec spec = load_sound(name);
    EXPECT_EQ(spec.name, name);
    EXPECT_EQ(contradictions(spec), std::vector<std::string>());
  }
}

TEST(DramFile, NanosecondsAreRoundedUpToCyclesAndTheRefreshIntervalDown) {
  const DramTiming timing = with_map("row_bank_column").timing;
  EXPECT_EQ(timing.rcd_rd, 17);  // 16.999
  EXPECT_EQ(timing.ras, 39);     // 38.415
  EXPECT_EQ(timing.faw, 36);     // 36.014
  EXPECT_EQ(timing.rrd_s, 7);    // 6.363
  EXPECT_EQ(timing.wr, 18);      // 18.007
  EXPECT_EQ(timing.refi, 9363);  // 9363.745
}

TEST(DramFile, ControllerSettingsStandInForTheDefaults) {
  const DramPolicy defaults = with_map("row_bank_column").policy;
  EXPECT_EQ(defaults.bank_queue, 8);
  EXPECT_EQ(defaults.page, PagePolicy::kOpen);
  const DramPolicy policy =
      load_text(kMemoryFile +
                "address_map: row_bank_column\n"
                "controller: {page: closed, unified_queue: true, read_queue: 16, write_queue: 12,\n"
                "  write_drain_idle: 0, bank_queue: 4, row_hit_cap: 2, refresh: false,\n"
                "  separate_column_bus: true}\n")
          .policy;
  EXPECT_EQ(policy.page, PagePolicy::kClosed);
  EXPECT_TRUE(policy.unified_queue);
  EXPECT_EQ(policy.read_queue, 16);
  EXPECT_EQ(policy.write_queue, 12);
  EXPECT_EQ(policy.write_drain_idle, 0);
  EXPECT_EQ(policy.bank_queue, 4);
  EXPECT_EQ(policy.row_hit_cap, 2);
  EXPECT_FALSE(policy.refresh);
  EXPECT_TRUE(policy.separate_column_bus);
}

TEST(DramFile, WithoutBankGroupsThereIsOneDistanceOfEachKind) {
  const DramTiming timing = load_sound("lpddr4-3200-8gb-x16").timing;
  EXPECT_EQ(timing.ccd_s, 8);
  EXPECT_EQ(timing.ccd_l, 8);
  EXPECT_EQ(timing.rrd_l, 16);
  EXPECT_EQ(timing.wtr_l, 16);
}

TEST(DramFile, MapsMayBeNamedListedOrGivenBitByBit) {
  const DramSpec named = with_map("bank_group_interleaved");
  const DramSpec listed = with_map("[row, rank, bank, channel, column, bank_group]");
  const DramSpec bits =
      with_map("{bank_group: 6, column: 7..13, bank: [14, 15], row: [16..30, 31]}");
  EXPECT_EQ(figures_of(named), figures_of(listed));
  EXPECT_EQ(figures_of(named), figures_of(bits));
}

TEST(DramFile, BitsMayBeAnExclusiveOr) {
  const DramSpec spec =
      with_map("{bank_group: [[6, 16]], column: 7..13, bank: [[14, 17], [15, 18]], row: 16..31}");
  EXPECT_EQ(spec.map.bank.bits, (Bits{{14, 17}, {15, 18}}));
  EXPECT_EQ(spec.map.bank_group.bits, (Bits{{6, 16}}));
}

// AMD PG353, x16: row 27:13, column 12:7, 5 and 2:0, bank 6 and 4, bank group 3, in words of the
// bus: 8 bytes. Column bits 2:0 lie within the burst.
TEST(DramFile, TheInterleavedMapIsThatOfAmdForSixteenBitDevices) {
  DramSpec spec = load_text(with(kMemoryFile, "rows: 65536", "rows: 32768") +
                            "address_map: row_column_bank_intlv");
  EXPECT_EQ(spec.map.bank_group.bits, (Bits{{3 + 3}}));
  EXPECT_EQ(spec.map.bank.bits, (Bits{{4 + 3}, {6 + 3}}));
  EXPECT_EQ(spec.map.column.bits,
            (Bits{{5 + 3}, {7 + 3}, {8 + 3}, {9 + 3}, {10 + 3}, {11 + 3}, {12 + 3}}));
  EXPECT_EQ(spec.map.row.bits.front(), std::vector<int>{13 + 3});
  EXPECT_EQ(spec.map.row.bits.back(), std::vector<int>{27 + 3});
}

TEST(DramFile, EveryNamedMapFitsEveryMemory) {
  for (const std::string& memory : config_names("memories")) {
    const std::string path = config_directory() + "/memories/" + memory + ".yaml";
    std::ifstream stream(path);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const std::size_t at = text.find("address_map:");
    ASSERT_NE(at, std::string::npos);
    const std::string line = text.substr(at, text.find('\n', at) - at);
    for (const std::string& map : address_map_names()) {
      load_text(with(text, line, "address_map: " + map));
    }
  }
}

// The memories are written by hand; DRAMsim3's files say the same in their own words.
TEST(DramFile, MemoriesEqualTheirCounterpartsOfDramsim3InEveryFigure) {
  if (!have_reference()) GTEST_SKIP() << "skipped: no reference data of DRAMsim3";
  const std::string presets = reference_directory() + "../presets/dramsim3/";
  const std::string configs = reference_directory() + "config/";
  for (const auto& [memory, file] : std::initializer_list<std::pair<const char*, std::string>>{
           {"ddr4-2400-8gb-x8", configs + "ddr4_2400_8gx8_bgil.ini"},
           {"ddr4-3200-8gb-x16", configs + "ddr4_3200_8gx16_bgil.ini"},
           {"lpddr4-3200-8gb-x16", configs + "lpddr4_3200_8gx16_1dev.ini"},
           {"hbm2-8gb", configs + "hbm2_8g_8ch.ini"}}) {
    EXPECT_EQ(figures_of(load_sound(memory)), figures_of(load_sound(file))) << memory;
  }
  const DramSpec ours = load_sound("ddr4-2400-8gb-x16");
  DramSpec theirs = load_sound(presets + "DDR4_8Gb_x16_2400.ini");
  theirs.ranks = 1;
  theirs.map = ours.map;
  EXPECT_EQ(figures_of(ours), figures_of(theirs));
}

TEST(DramFile, PathsAreRelativeToTheFileThatNamesThem) {
  const std::string path =
      write_temporary("memory.yaml", kMemoryFile + "address_map: row_bank_column");
  Findings findings;
  const std::size_t slash = path.rfind('/');
  const DramSpec spec = load_memory(path.substr(slash + 1),
                                    {path.substr(0, slash) + "/scenario.yaml", 3, 1}, findings);
  EXPECT_EQ(findings.render(), "");
  EXPECT_EQ(spec.name, "small");
}

TEST(DramFile, AnUnknownNameIsToldWithTheNearestOne) {
  Findings findings;
  load_memory("ddr4-2400-8gb-x9", {"scenario.yaml", 0, 0}, findings);
  ASSERT_EQ(findings.all().size(), 1u);
  EXPECT_EQ(findings.all().front().message, "unknown memory 'ddr4-2400-8gb-x9'");
  EXPECT_NE(findings.all().front().hint.find("did you mean 'ddr4-2400-8gb-x8'?"),
            std::string::npos);
}

}  // namespace
}  // namespace qnnsim::test
