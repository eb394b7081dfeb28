// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_spec.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/sim/memory/memory_files.h"

namespace qnnsim::test {
namespace {

class Contradictions : public testing::Test {
 protected:
  /// The one contradiction of a sound memory with `change`.
  static std::string after(const std::function<void(DramSpec&)>& change,
                           const std::string& memory = "ddr4-2400-8gb-x8") {
    DramSpec spec = load_sound(memory);
    change(spec);
    const std::vector<std::string> found = contradictions(spec);
    EXPECT_EQ(found.size(), 1u) << join(found, "\n");
    return found.empty() ? "" : found.front();
  }
};

TEST_F(Contradictions, OfTimingsAreToldWithBothValues) {
  const std::string hbm = "hbm2-8gb";
  const std::string ddr3 = "ddr3-1600-4gb-x16";
  EXPECT_EQ(after([](DramSpec& s) { s.timing.ras = 16; }),
            "'tRAS' (16 cycles) is below 'tRCD' (17 cycles)");
  EXPECT_EQ(after([](DramSpec& s) { s.timing.rcd_rd = 40; }, hbm),
            "'tRAS' (34 cycles) is below 'tRCDRD' (40 cycles)");
  EXPECT_EQ(after([](DramSpec& s) { s.timing.faw = 3; }),
            "'tFAW' (3 cycles) is below 'tRRD_S' (4 cycles)");
  EXPECT_EQ(after([](DramSpec& s) { s.timing.faw = 3; }, ddr3),
            "'tFAW' (3 cycles) is below 'tRRD' (6 cycles)");
  EXPECT_EQ(after([](DramSpec& s) { s.timing.ccd_l = 3; }),
            "'tCCD_L' (3 cycles) is below 'tCCD_S' (4 cycles)");
  EXPECT_EQ(after([](DramSpec& s) { s.timing.rrd_l = 3; }),
            "'tRRD_L' (3 cycles) is below 'tRRD_S' (4 cycles)");
  EXPECT_EQ(after([](DramSpec& s) { s.timing.wtr_l = 2; }),
            "'tWTR_L' (2 cycles) is below 'tWTR_S' (3 cycles)");
  EXPECT_EQ(after([](DramSpec& s) { s.timing.rfc = 9343; }),
            "'tRFC' (9343 cycles) and tRP (17 cycles) leave nothing of 'tREFI' (9360 cycles)");
  EXPECT_EQ(after([](DramSpec& s) { s.timing.rcd_rd = s.timing.rcd_wr = 0; }),
            "'tRCD' must be at least 1, not 0");
  EXPECT_EQ(after([](DramSpec& s) { s.timing.ppd = -1; }), "'tPPD' must be at least 0, not -1");
  EXPECT_EQ(after([](DramSpec& s) { s.timing.ccd_l = 5; }, ddr3),
            "'bank_groups' is 1, but distances within and between bank groups differ");
}

TEST_F(Contradictions, OfTheRefreshDoNotCountWithoutIt) {
  DramSpec spec = load_sound("ddr4-2400-8gb-x8");
  spec.policy.refresh = false;
  spec.timing.rfc = 9400;
  EXPECT_EQ(contradictions(spec), std::vector<std::string>());
}

TEST_F(Contradictions, OfTheOrganisationAreToldWithBothValues) {
  EXPECT_EQ(after([](DramSpec& s) { s.tck_ps = 0; }), "'tck_ps' must be at least 1, not 0");
  EXPECT_EQ(after([](DramSpec& s) { s.rows = 65535; }), "'rows' must be a power of two, not 65535");
  EXPECT_EQ(after([](DramSpec& s) { s.device_bits = 128; }),
            "'bus_bits' (64) is below 'device_bits' (128)");
  EXPECT_EQ(after([](DramSpec& s) { s.bus_bits = 4, s.device_bits = 4; }),
            "'bus_bits' must be whole bytes, not 4");
  EXPECT_EQ(after([](DramSpec& s) { s.burst_length = 1; }),
            "'burst_length' must be even, two transfers a cycle, not 1");
  EXPECT_EQ(after([](DramSpec& s) { s.columns = 4; }),
            "'columns' (4) is below 'burst_length' (8): a burst stays in its row");
  EXPECT_EQ(after([](DramSpec& s) { s.rows = std::int64_t{1} << 40; }),
            "'rows' (1099511627776) and the other counts make 2^57 bytes; 2^48 are possible");
}

TEST_F(Contradictions, OfTheControllerAndItsSupplyAreTold) {
  EXPECT_EQ(after([](DramSpec& s) { s.policy.row_hit_cap = 0; }),
            "'row_hit_cap' must be at least 1, not 0");
  EXPECT_EQ(after([](DramSpec& s) { s.policy.bank_queue = 0; }),
            "'bank_queue' must be at least 1, not 0");
  EXPECT_EQ(after([](DramSpec& s) { s.policy.write_drain_idle = -1; }),
            "'write_drain_idle' must be at least 0, not -1");
  EXPECT_EQ(
      after([](DramSpec& s) { s.power.idd4r = 40; }),
      "'idd4r_ma' (40 mA) is below 'idd3n_ma' (43 mA), which is the current without a command");
}

TEST_F(Contradictions, OfTheAddressMapNameItsBits) {
  EXPECT_EQ(after([](DramSpec& s) { s.map.row.bits.pop_back(); }),
            "'address_map' gives 'row' 15 bits, but 65536 of them need 16");
  EXPECT_EQ(after([](DramSpec& s) { s.map.bank.bits[0] = {6}; }),
            "'address_map' names address bit 6 twice, in 'bank_group' and 'bank'");
  EXPECT_EQ(
      after([](DramSpec& s) { s.map.bank.bits[0] = {3}; }),
      "'address_map' names address bit 3 in 'bank', within a burst of 64 bytes (bits 0 to 5)");
  EXPECT_EQ(
      after([](DramSpec& s) { s.map.row.bits[15] = {33}; }),
      "'address_map' names address bit 33 in 'row', above the memory of 8589934592 bytes (bit 32)");
  EXPECT_EQ(after([](DramSpec& s) {
              s.map.bank.bits[0] = {15, 16}, s.map.bank.bits[1] = {15, 16};
            }),
            "'address_map' sends different addresses to the same place");
}

TEST_F(Contradictions, AreNotInMapsThatMixBitsReversibly) {
  DramSpec spec = load_sound("ddr4-2400-8gb-x8");
  for (std::size_t i = 0; i < 2; ++i) {
    spec.map.bank.bits[i].push_back(spec.map.row.bits[i].front());
    spec.map.bank_group.bits[i].push_back(spec.map.row.bits[i + 2].front());
  }
  EXPECT_EQ(contradictions(spec), std::vector<std::string>());
}

}  // namespace
}  // namespace qnnsim::test
