// SPDX-License-Identifier: Apache-2.0
//
// A channel against closed forms of the standard's timing parameters.
#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <string>

#include "tests/sim/memory/small_dram.h"

namespace qnnsim::test {
namespace {

void expect_near(const std::string& what, double measured, double expected, double tolerance) {
  const double deviation = (measured - expected) / expected;
  std::cout << what << ": expected " << expected << ", measured " << measured << ", deviation "
            << 100 * deviation << " %, tolerance " << 100 * tolerance << " %\n";
  EXPECT_LE(std::abs(deviation), tolerance) << what;
}

Cycle latency_of_last(const DramSpec& spec, const std::vector<Access>& accesses) {
  const Served served = serve(spec, accesses);
  for (const DramCompletion& completion : served.completions) {
    if (completion.tag + 1 == accesses.size()) return completion.cycle - accesses.back().cycle;
  }
  ADD_FAILURE() << "never done";
  return 0;
}

/// One cycle from the queue of the channel to that of the bank, then the commands.
TEST(DramFormula, AnIdleChannelsReadTakesActivateColumnAndBurst) {
  for (const int rcd : {10, 17, 22}) {
    DramSpec spec = small_dram();
    spec.timing.rcd_rd = rcd;
    const DramTiming& timing = spec.timing;
    const Cycle closed = 1 + rcd + timing.cl + spec.burst_cycles();
    const Cycle hit = 1 + timing.cl + spec.burst_cycles();
    EXPECT_EQ(latency_of_last(spec, {{false, 0, 0, 0, 5, 0, 100}}), closed);
    EXPECT_EQ(latency_of_last(spec, {{false, 0, 0, 0, 5, 0, 100}, {false, 0, 0, 0, 5, 9, 300}}),
              hit);
    EXPECT_EQ(latency_of_last(spec, {{false, 0, 0, 0, 5, 0, 100}, {false, 0, 0, 0, 6, 9, 300}}),
              closed + timing.rp);
  }
}

/// Bursts in turn over bank groups; a row at a time.
std::vector<Access> stream(int requests, bool writes) {
  std::vector<Access> accesses;
  for (int i = 0; i < requests; ++i) {
    Access access;
    access.write = writes;
    access.bank_group = i % 4;
    access.column = i / 4 % 128;
    access.bank = i / 512 % 4;
    access.row = i / 2048;
    accesses.push_back(access);
  }
  return accesses;
}

TEST(DramFormula, AStreamLosesToItsPeakWhatRefreshTakes) {
  DramSpec spec = small_dram();
  const int requests = 60000;
  for (const bool writes : {false, true}) {
    spec.policy.refresh = false;
    const double free = static_cast<double>(serve(spec, stream(requests, writes)).end) / requests;
    expect_near("cycles a burst without refresh", free, spec.burst_cycles(), 0.002);
    spec.policy.refresh = true;
    const Served served = serve(spec, stream(requests, writes));
    const DramTiming& timing = spec.timing;
    const double lost = timing.rfc + timing.rp + timing.rcd_rd +
                        (writes ? timing.cwl + spec.burst_cycles() + timing.wr : timing.rtp);
    const double bandwidth = 1 - lost / timing.refi;
    expect_near("share of the peak with refresh",
                static_cast<double>(requests) * spec.burst_cycles() / double(served.end), bandwidth,
                0.005);
  }
}

TEST(DramFormula, AStreamInOneBankGroupIsBoundByTheLongColumnDistance) {
  const DramSpec spec = small_dram();
  std::vector<Access> accesses;
  for (int i = 0; i < 20000; ++i) {
    accesses.push_back({false, 0, 0, 0, i / 128, i % 128, 0});
  }
  const DramTiming& timing = spec.timing;
  const double row = timing.ccd_l * 127 + timing.rtp + timing.rp + timing.rcd_rd;
  expect_near("cycles a burst", static_cast<double>(serve(spec, accesses).end) / 20000, row / 128,
              0.005);
}

TEST(DramFormula, NewRowsInAllBanksAreBoundByTheWindowOfFourActivates) {
  for (const int window : {26, 32, 40}) {
    DramSpec spec = small_dram();
    spec.timing.faw = window;
    std::vector<Access> accesses;
    for (int i = 0; i < 4000; ++i) {
      accesses.push_back({false, 0, i % 4, i / 4 % 4, i / 16, 0, 0});
    }
    expect_near("cycles of four rows", static_cast<double>(serve(spec, accesses).end) / 1000,
                window, 0.01);
  }
}

TEST(DramFormula, NewRowsOfOneBankComeOneEachRowCycle) {
  for (const int ras : {39, 45}) {
    DramSpec spec = small_dram();
    spec.timing.ras = ras;
    std::vector<Access> accesses;
    for (int i = 0; i < 1000; ++i) accesses.push_back({false, 0, 0, 0, i, 0, 0});
    const Served served = serve(spec, accesses);
    for (std::size_t i = 1; i < 1000; ++i) {
      ASSERT_EQ(
          served.at(DramCommandKind::kActivate, i) - served.at(DramCommandKind::kActivate, i - 1),
          Cycle(spec.timing.rc()));
    }
  }
}

TEST(DramFormula, EnergyIsCountTimesEnergyOfACommand) {
  DramSpec spec = small_dram();
  spec.tck_ps = 1000;
  spec.power = {1.5, 50, 30, 40, 140, 120, 240};
  DramCounts counts;
  counts.activates = 2;
  counts.reads = 3;
  counts.writes = 5;
  counts.refreshes = 7;
  counts.rank_active_cycles = 11;
  counts.rank_idle_cycles = 13;
  const DramEnergy pj = energy(spec, counts);
  // 1.5 V x 8 devices x 1 ns = 12 pJ for a mA and cycle.
  EXPECT_DOUBLE_EQ(pj.activate, 12 * (50 * 56 - 40 * 39 - 30 * 17) * 2);
  EXPECT_DOUBLE_EQ(pj.read, 12 * 100 * 4 * 3);
  EXPECT_DOUBLE_EQ(pj.write, 12 * 80 * 4 * 5);
  EXPECT_DOUBLE_EQ(pj.refresh, 12. * 200 * 420 * 7);
  EXPECT_DOUBLE_EQ(pj.background, 12 * (40 * 11 + 30 * 13));
}

}  // namespace
}  // namespace qnnsim::test
