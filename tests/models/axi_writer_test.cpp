// SPDX-License-Identifier: Apache-2.0
#include "models/axi_writer.h"

#include "tests/models/axi_cases.h"

namespace qnnsim::test {
namespace {

constexpr int kCases = 60;

TEST(AxiWriter, WritesEveryElementInOrderUnderAnyStalls) {
  for_axi_cases(kCases, 1, write_case,
                [](const AxiTransferParams&, const KernelCase& c, Draw& draw) {
                  expect_all_beats(c, drive(c, {}));
                  expect_all_beats(c, drive(c, draw_stalls(c, draw)));
                });
}

TEST(AxiWriter, MovesInTheSameCyclesInAnyOrderAsleepAndWithoutValues) {
  for_axi_cases(kCases, 1, write_case,
                [](const AxiTransferParams&, const KernelCase& c, Draw& draw) {
                  expect_one_schedule(c, draw_stalls(c, draw));
                });
}

TEST(AxiWriter, KeepsTheOutstandingLimit) {
  for_axi_cases(kCases, 1, write_case,
                [](const AxiTransferParams& p, const KernelCase& c, Draw& draw) {
                  for (const Conditions& conditions : {Conditions{}, draw_stalls(c, draw)}) {
                    const Trace trace = drive(c, conditions);
                    expect_outstanding_limit(trace.emitted[1], trace.taken[1], p.outstanding);
                  }
                });
}

TEST(AxiWriter, GivesATokenAtTheEdgeOfTheLastResponseOfAPass) {
  for_axi_cases(kCases, 1, write_case,
                [](const AxiTransferParams& p, const KernelCase& c, Draw& draw) {
                  const Trace trace = drive(c, draw_stalls(c, draw));
                  std::vector<Cycle> expected;
                  std::size_t bursts = 0;
                  for (std::uint64_t pass = 0; pass < c.frames * p.passes; ++pass) {
                    bursts += expected_bursts(p, pass).size();
                    expected.push_back(trace.taken[1].at(bursts - 1));
                  }
                  EXPECT_EQ(first_difference(trace.emitted[0], expected), "");
                });
}

TEST(AxiWriter, SendsNoDataBeforeItsAddressIsOffered) {
  for_axi_cases(kCases, 1, write_case,
                [](const AxiTransferParams& p, const KernelCase& c, Draw& draw) {
                  // Where addresses always find room, one is offered when it is sent.
                  Conditions conditions = draw_stalls(c, draw);
                  conditions.output_depth = kDeep;
                  const Trace trace = drive(c, conditions);
                  std::size_t beat = 0;
                  std::size_t burst = 0;
                  for (std::uint64_t pass = 0; pass < c.frames * p.passes; ++pass) {
                    for (const ExpectedBurst& expected : expected_bursts(p, pass)) {
                      ASSERT_GE(trace.emitted[2].at(beat), trace.emitted[1].at(burst++));
                      beat += static_cast<std::size_t>(expected.beats);
                    }
                  }
                });
}

TEST(AxiWriter, KeepsTheIntervalOfItsClosedFormWhereMemoryAnswersAtOnce) {
  // Three bursts hide the two cycles from the last beat of a burst to its response, however short
  // they are.
  for_axi_cases(kCases, 3, write_case, [](const AxiTransferParams&, const KernelCase& c, Draw&) {
    expect_interval(c, drive(c, {}).taken[0]);
  });
}

TEST(AxiWriter, SendsAddressAndDataAtTheEdgeOfTheFirstElements) {
  Draw draw(1);
  const KernelCase c = write_case(sixteen_beats(4, 8), draw);
  const Trace trace = drive(c, {});
  EXPECT_EQ(trace.taken[0][0], 1u);
  for (std::size_t burst = 0; burst < 4; ++burst) EXPECT_EQ(trace.emitted[1][burst], 1 + burst);
  for (std::size_t beat = 0; beat < 32; ++beat) EXPECT_EQ(trace.emitted[2][beat], 1 + beat);
  EXPECT_EQ(trace.emitted[1][4], 17u) << "the next pass begins when its elements are there";
  EXPECT_EQ(trace.emitted[0][0], 18u) << "memory has the last beat at 17";
}

TEST(AxiWriter, WaitsForMemoryWhereTooFewBurstsAreUnderWay) {
  const auto interval = [](int max_burst, int outstanding) {
    Draw draw(1);
    const KernelCase c = write_case(sixteen_beats(max_burst, outstanding), draw);
    const std::vector<Cycle> taken = drive(c, {}).taken[0];
    return taken[95] - taken[63];
  };
  // n beats of a burst, then two cycles until its response has come.
  EXPECT_EQ(interval(4, 1), 2 * 4 * (4 + 2u));
  EXPECT_EQ(interval(4, 2), 32u);
  EXPECT_EQ(interval(1, 1), 2 * 16 * 3u);
  EXPECT_EQ(interval(1, 2), 2 * 8 * 3u);
  EXPECT_EQ(interval(1, 3), 32u);
}

TEST(AxiWriter, WritesPassesOfASingleBeatWithoutAGap) {
  AxiTransferParams p = sixteen_beats(4, 4);
  p.elements = 4;
  p.passes = 16;
  Draw draw(1);
  const KernelCase c = write_case(p, draw);
  expect_interval(c, drive(c, {}).taken[0]);
}

TEST(AxiWriter, SendsTheDataOfAnAddressThatIsNotTakenButNoMore) {
  // Memory may wait for data before it takes an address.
  AxiWriter writer(sixteen_beats(4, 8));
  CommitList commits(5);
  Fifo elements(20, 4, commits), responses(1, 1, commits);
  Fifo tokens(1, 1, commits), addresses(1, kAxiAddressLanes, commits), data(20, 4, commits);
  writer.connect_input(0, elements);
  writer.connect_input(1, responses);
  writer.connect_output(0, tokens);
  writer.connect_output(1, addresses);
  writer.connect_output(2, data);
  Cycle now = 0;
  addresses.push();  // in the way
  for (; now < 16; ++now) {
    elements.push();
    commits.commit(now);
  }
  for (; now < 30; ++now) {
    writer.tick(now);
    commits.commit(now);
  }
  EXPECT_EQ(data.occupancy(), 4u) << "one burst";
  addresses.pop();
  commits.commit(now++);
  writer.tick(now);  // sends the first address
  commits.commit(now++);
  EXPECT_EQ(data.occupancy(), 4u);
  for (; now < 50; ++now) {
    writer.tick(now);  // offers the second one
    commits.commit(now);
  }
  EXPECT_EQ(data.occupancy(), 8u);
}

TEST(AxiWriter, RefusesIllegalParameters) {
  AxiTransferParams p;
  p.max_burst = 0;
  expect_refused("axi writer: max_burst", [&] { AxiWriter writer(p); });
}

}  // namespace
}  // namespace qnnsim::test
