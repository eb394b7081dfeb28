// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dramsim3_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/sim/memory/memory_files.h"
#include "tests/sim/memory/reference_data.h"

namespace qnnsim::test {
namespace {

const std::string kHbm =
    "; a comment\n"
    "[dram_structure]\n"
    "protocol = HBM\n"
    "bankgroups = 4\nbanks_per_group = 4\nrows = 32768\ncolumns = 64\n"
    "device_width = 128\nBL = 4\nnum_dies = 4\n"
    "[timing]\n"
    "tCK = 1   ; ns\n"
    "CL = 14\nCWL = 4\ntRCDRD = 14\ntRCDWR = 12\ntRP = 14\ntRAS = 34\ntRFC = 260\ntREFI = 3900\n"
    "tRRD_S = 4\ntRRD_L = 6\ntWTR_S = 6\ntWTR_L = 8\ntFAW = 30\ntWR = 16\ntCCD_S = 1\ntCCD_L = 2\n"
    "tRTP_L = 6\ntRTP_S = 4\n"
    "[power]\n"
    "VDD = 1.2\nIDD0 = 65\nIDD2N = 40\nIDD3N = 55\nIDD4W = 500\nIDD4R = 390\nIDD5AB = 250\n"
    "[system]\n"
    "channel_size = 1024\nchannels = 8\nbus_width = 128\naddress_mapping = rorabgbachco\n";

DramSpec load_ini(const std::string& text) { return load_sound(write_temporary("dram.ini", text)); }

std::string findings_in(const std::string& text) {
  Findings findings;
  load_dramsim3(write_temporary("dram.ini", text), {"test", 0, 0}, findings);
  std::string result;
  for (const Finding& finding : findings.all()) {
    result += fmt::format("{}:{}: {}{}\n", finding.place.line, finding.place.column,
                          finding.message, finding.hint.empty() ? "" : " | " + finding.hint);
  }
  return result;
}

TEST(Dramsim3File, ReadsWhatDramsim3MeansWhereTheFileIsSilent) {
  const DramSpec spec = load_ini(kHbm);
  EXPECT_EQ(spec.columns, 128);
  EXPECT_EQ(spec.ranks, 1);
  EXPECT_EQ(spec.bytes(), std::int64_t{8} << 30);
  EXPECT_EQ(spec.timing.rtp, 5);
  EXPECT_EQ(spec.timing.rtrs, 2);
  EXPECT_EQ(spec.timing.rcd_rd, 14);
  EXPECT_EQ(spec.timing.rcd_wr, 12);
  EXPECT_EQ(spec.policy.bank_queue, 16);
  EXPECT_EQ(spec.policy.read_queue, 32);
  EXPECT_TRUE(spec.policy.separate_column_bus);
  EXPECT_EQ(spec.standard, "HBM-2000");
  EXPECT_NE(spec.source.find("its defaults: tRTP 5, tRTRS 2"), std::string::npos) << spec.source;
}

TEST(Dramsim3File, AdditiveLatencyMovesColumnCommands) {
  const DramSpec spec = load_ini(with(kHbm, "CL = 14\n", "CL = 14\nAL = 3\n"));
  EXPECT_EQ(spec.timing.cl, 17);
  EXPECT_EQ(spec.timing.cwl, 7);
  EXPECT_EQ(spec.timing.rcd_rd, 11);
  EXPECT_EQ(spec.timing.rtp, 8);
}

TEST(Dramsim3File, RanksFollowFromTheSizeOfAChannel) {
  EXPECT_EQ(load_ini(with(kHbm, "channel_size = 1024", "channel_size = 4096")).ranks, 4);
  EXPECT_EQ(findings_in(with(kHbm, "channel_size = 1024", "channel_size = 512")),
            "40:16: 'channel_size' (512 MB) must be a multiple of a rank's size, 1024 MB\n");
}

TEST(Dramsim3File, UnknownKeysAndSectionsAreFindings) {
  EXPECT_EQ(findings_in(with(kHbm, "tRAS = 34", "tRSA = 34")),
            "11:1: [timing] needs the key 'tRAS' | 'tRAS' is an integer from 1 to 16777216\n"
            "18:1: unknown key 'tRSA' in [timing] | did you mean 'tRAS'?\n");
  EXPECT_EQ(findings_in(kHbm + "[sytem]\nbus_width = 64\n"),
            "44:1: unknown section [sytem] | did you mean 'system'?\n");
}

TEST(Dramsim3File, WrongValuesAreFindings) {
  EXPECT_EQ(findings_in(with(kHbm, "tRP = 14", "tRP = 14ns")),
            "17:7: 'tRP' must be an integer from 1 to 16777216, not 14ns\n");
  EXPECT_EQ(findings_in(with(kHbm, "protocol = HBM", "protocol = HMC")),
            "3:12: 'protocol' must be one of DDR3, DDR4, LPDDR3, LPDDR4, HBM, HBM2, not HMC | GDDR "
            "and HMC are not modelled\n");
  EXPECT_EQ(findings_in(with(kHbm, "rorabgbachco", "rorabgbachch")),
            "43:19: 'address_mapping' must name ch, ra, bg, ba, ro and co once each, not "
            "rorabgbachch | from the most significant on, as in rochrababgco\n");
  EXPECT_EQ(findings_in(kHbm + "queue_structure = PER_RANK\n"),
            "44:19: 'queue_structure' must be PER_BANK, not PER_RANK | qnnsim has no other\n");
  EXPECT_EQ(findings_in(kHbm + "channels = 4\n"),
            "44:1: 'channels' stands in [system] twice | it stands in line 41 already\n");
  EXPECT_EQ(findings_in(kHbm + "channels\n"),
            "44:1: 'channels' is not 'key = value' in a [section]\n");
}

TEST(Dramsim3File, ContradictionsStandAtTheirKey) {
  EXPECT_EQ(findings_in(with(kHbm, "tRAS = 34", "tRAS = 13")),
            "18:8: 'tRAS' (13 cycles) is below 'tRCDRD' (14 cycles)\n");
  EXPECT_EQ(findings_in(with(kHbm, "channels = 8", "channels = 7")),
            "41:12: 'channels' must be a power of two, not 7\n");
}

TEST(Dramsim3File, EveryFileOfTheReferenceIsReadAsItIs) {
  if (!have_reference()) GTEST_SKIP() << "skipped: no reference data of DRAMsim3";
  int files = 0;
  for (const char* directory : {"config", "../presets/dramsim3"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(reference_directory() + directory)) {
      if (entry.path().extension() != ".ini") continue;
      const DramSpec spec = load_sound(entry.path().string());
      EXPECT_GE(spec.bytes(), std::int64_t{1} << 30) << entry.path();
      ++files;
    }
  }
  EXPECT_GE(files, 18);
}

}  // namespace
}  // namespace qnnsim::test
