// SPDX-License-Identifier: Apache-2.0
#include "models/axi_reader.h"

#include "tests/models/axi_cases.h"

namespace qnnsim::test {
namespace {

constexpr int kCases = 60;

TEST(AxiReader, DeliversEveryElementInOrderUnderAnyStalls) {
  for_axi_cases(kCases, 1, read_case,
                [](const AxiTransferParams&, const KernelCase& c, Draw& draw) {
                  expect_all_beats(c, drive(c, {}));
                  expect_all_beats(c, drive(c, draw_stalls(c, draw)));
                });
}

TEST(AxiReader, MovesInTheSameCyclesInAnyOrderAsleepAndWithoutValues) {
  for_axi_cases(kCases, 1, read_case,
                [](const AxiTransferParams&, const KernelCase& c, Draw& draw) {
                  expect_one_schedule(c, draw_stalls(c, draw));
                });
}

TEST(AxiReader, KeepsTheOutstandingLimit) {
  for_axi_cases(kCases, 1, read_case,
                [](const AxiTransferParams& p, const KernelCase& c, Draw& draw) {
                  for (const Conditions& conditions : {Conditions{}, draw_stalls(c, draw)}) {
                    const Trace trace = drive(c, conditions);
                    expect_outstanding_limit(
                        trace.emitted[1], burst_ends(p, c.frames, trace.taken[1]), p.outstanding);
                  }
                });
}

TEST(AxiReader, KeepsTheIntervalOfItsClosedFormWhereMemoryAnswersAtOnce) {
  // Three bursts hide the two cycles from an address to its data, however short they are.
  for_axi_cases(kCases, 3, read_case, [](const AxiTransferParams&, const KernelCase& c, Draw&) {
    expect_interval(c, drive(c, {}).emitted[0]);
  });
}

TEST(AxiReader, SendsTheFirstAddressOneEdgeBehindTheToken) {
  Draw draw(1);
  const KernelCase c = read_case(sixteen_beats(4, 8), draw);
  const Trace trace = drive(c, {});
  EXPECT_EQ(trace.taken[0][0], 1u);
  // Four bursts of one pass, then those of the next, without a gap.
  for (std::size_t burst = 0; burst < 8; ++burst) EXPECT_EQ(trace.emitted[1][burst], 2 + burst);
  EXPECT_EQ(trace.emitted[0][0], 4u) << "memory answers at 3";
}

TEST(AxiReader, TakesNoThirdTokenBeforeTheFirstPassHasItsAddresses) {
  Draw draw(1);
  const KernelCase c = read_case(sixteen_beats(4, 8), draw);
  const Trace trace = drive(c, {});
  EXPECT_EQ(trace.taken[0][1], 2u);
  EXPECT_EQ(trace.taken[0][2], trace.emitted[1][3] + 1);
}

TEST(AxiReader, WaitsForMemoryWhereTooFewBurstsAreUnderWay) {
  const auto interval = [](int max_burst, int outstanding) {
    Draw draw(1);
    const KernelCase c = read_case(sixteen_beats(max_burst, outstanding), draw);
    const std::vector<Cycle> emitted = drive(c, {}).emitted[0];
    return emitted[95] - emitted[63];
  };
  // n beats of a burst, then two cycles for the next address and its first beat.
  EXPECT_EQ(interval(4, 1), 2 * 4 * (4 + 2u));
  EXPECT_EQ(interval(4, 2), 32u);
  EXPECT_EQ(interval(1, 1), 2 * 16 * 3u);
  EXPECT_EQ(interval(1, 2), 2 * 8 * 3u);
  EXPECT_EQ(interval(1, 3), 32u);
}

TEST(AxiReader, TakesPassesOfASingleBeatWithoutAGap) {
  AxiTransferParams p = sixteen_beats(4, 4);
  p.elements = 4;
  p.passes = 16;
  Draw draw(1);
  const KernelCase c = read_case(p, draw);
  expect_interval(c, drive(c, {}).emitted[0]);
}

TEST(AxiReader, RefusesIllegalParameters) {
  AxiTransferParams p;
  p.max_burst = 0;
  expect_refused("axi reader: max_burst", [&] { AxiReader reader(p); });
}

}  // namespace
}  // namespace qnnsim::test
