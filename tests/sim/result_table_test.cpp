// SPDX-License-Identifier: Apache-2.0
#include "sim/result_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/sim/small_result.h"
#include "version.h"

namespace qnnsim::test {
namespace {

/// The lines of `text` that contain `part`.
std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
  std::vector<std::string> found;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.find(part) != std::string::npos) found.push_back(line);
  }
  return found;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ResultTable, ShowsARun) {
  Result result = small_result();
  result.published = {{101, 200000, 50, "paper, table 2"}};
  result.notes = {"conv0.mvu: this; do that"};
  result.warnings = {"one thing; do another"};
  EXPECT_EQ(result_table(result), fmt::format(R"(scenario    small
platform    pynq-z1, 100 MHz
engine      fast, data: none, seed 7, qnnsim {}
frames      3 of 3

latency     400 cycles, 4.000 us (first beat of frame 0 in to its last beat out)
interval    250 cycles, 2.500 us (between the ends of the last two frames)
throughput  400000.0 frames/s
total       1000 cycles, 10.00 us

kernels, busiest first (load: closed form / interval)
  kernel         busy  busy  starved  blocked     closed form   load  DSP
             [cycles]   [%]      [%]      [%]  [cycles/frame]    [%]
  conv0.mvu       900  90.0     10.0      0.0             250  100.0   12  <- bottleneck
  conv0.swg       600  60.0     10.0     30.0             150   60.0    0

bottleneck  conv0.mvu: 100.0 % busy; next: conv0.swg at 60.0 %

FIFOs, longest full first (1 in all)
  FIFO                   width    depth      max     mean  full
                        [bits]  [beats]  [beats]  [beats]   [%]
  conv0.swg->conv0.mvu      16        2        2     0.50  40.5

resources, estimated (cost model: measured)
                     LUT      FF  DSP  BRAM18  URAM
  kernels            380     450   12       3     0
  FIFOs               20      34    0       0     0
  together           400     484   12       3     0
  pynq-z1          53200  106400  220     280     0
  utilisation [%]    0.8     0.5  5.5     1.1     -

published figures, and the prediction for the same batch
     batch  clock    measured  measured  predicted  deviation  source
  [frames]  [MHz]  [frames/s]  [cycles]   [cycles]        [%]
       101     50    200000.0     25250      25400       +0.6  paper, table 2

note: conv0.mvu: this; do that

warning: one thing; do another
)",
                                              kVersion));
}

TEST(ResultTable, ExplainsADeadlockAtTheEnd) {
  const std::string text = result_table(deadlocked_result());
  EXPECT_EQ(lines_with(text, "frames  ").front(),
            "frames      1 of 3: deadlock, the figures are partial");
  EXPECT_EQ(lines_with(text, "interval ").front(),
            "interval    unknown: needs two complete frames");
  EXPECT_FALSE(contains(text, "throughput"));
  EXPECT_EQ(text.substr(text.find("deadlock: nothing")),
            R"(deadlock: nothing moves from cycle 1000 on
these kernels wait for each other in a circle
  kernel     is       by FIFO            holds    depth    since  at beat
                                       [beats]  [beats]  [cycle]
  fork       blocked  fork->add              2        2      950       57
  add        starved  conv0.mvu->add         0        2      960       55
  conv0.mvu  starved  fork->conv0.mvu        0        2      970       56
and these behind them
  kernel  is       by FIFO         holds    depth    since  at beat
                                 [beats]  [beats]  [cycle]
  source  blocked  source->fork        4        4      955       60
remedy: the smallest change of depths that frees it, for the scenario file
fifos: {edges: {fork->add: 57}}
)");
}

TEST(ResultTable, ARemedyOfSeveralDepthsIsABlockToPaste) {
  Result result = deadlocked_result();
  result.deadlock->remedy.push_back({"a.mvu->b.add", 2, 9});
  EXPECT_TRUE(contains(result_table(result), R"(
fifos:
  edges:
    fork->add: 57
    a.mvu->b.add: 9
)"));
}

TEST(ResultTable, SaysThatNoDepthsFreeADeadlock) {
  Result result = deadlocked_result();
  result.deadlock->remedy.clear();
  EXPECT_TRUE(contains(result_table(result), "remedy: none: no FIFO depths free it\n"));
}

TEST(ResultTable, SaysThatARunWasInterrupted) {
  Result result = small_result();
  result.status = RunStatus::kInterrupted;
  result.frames_done = 2;
  EXPECT_TRUE(
      contains(result_table(result), "frames      2 of 3: interrupted, the figures are partial"));
}

TEST(ResultTable, SaysHowTheOutputCompares) {
  Result result = small_result();
  EXPECT_FALSE(contains(result_table(result), "output"));
  result.outputs = OutputCheck{"ab12", true, ""};
  EXPECT_TRUE(contains(result_table(result), "output      equals the reference, sha256 ab12\n"));
  result.outputs->matches = false;
  EXPECT_TRUE(
      contains(result_table(result), "output      differs from the reference, sha256 ab12\n"));
}

TEST(ResultTable, ShowsWhatMattersMostOfALargeNetwork) {
  Result result = small_result();
  result.kernels.clear();
  result.fifos.clear();
  for (std::uint64_t i = 0; i < 40; ++i) {
    const std::string name = fmt::format("layer{:02}", i);
    result.kernels.push_back(kernel(name, "mvu", {5 * i + 1, 999 - 5 * i, 0}, 5 * i + 1));
    result.fifos.push_back(fifo(name, "next", 2, i < 20 ? 0 : i));
  }
  const std::string text = result_table(result);
  const auto kernels = lines_with(text, ".mvu  ");
  ASSERT_EQ(kernels.size(), 25U);
  EXPECT_TRUE(contains(kernels.front(), "layer39.mvu"));
  EXPECT_TRUE(contains(kernels.back(), "layer15.mvu"));
  EXPECT_TRUE(contains(text, "\n  ... 15 more kernels: --all-layers prints them\n"));
  const auto fifos = lines_with(text, "->next");
  ASSERT_EQ(fifos.size(), 10U);
  EXPECT_TRUE(contains(fifos.front(), "layer39->next"));
  EXPECT_TRUE(
      contains(text, "\n  ... 10 more FIFOs were full at times: --all-layers prints them\n"));

  TableOptions all;
  all.all_layers = true;
  EXPECT_EQ(lines_with(result_table(result, all), ".mvu  ").size(), 40U);
  EXPECT_EQ(lines_with(result_table(result, all), "->next").size(), 40U);
  EXPECT_FALSE(contains(result_table(result, all), "--all-layers"));
}

TEST(ResultTable, ShowsTheFirstNotes) {
  Result result = small_result();
  for (int i = 1; i <= 7; ++i) result.notes.push_back(fmt::format("layer{}: remark", i));
  const std::string text = result_table(result);
  EXPECT_EQ(lines_with(text, "note: ").size(), 5U);
  EXPECT_TRUE(
      contains(text, "\nnote: layer5: remark\n  ... 2 more notes: --all-layers prints them\n"));
  TableOptions all;
  all.all_layers = true;
  EXPECT_EQ(lines_with(result_table(result, all), "note: ").size(), 7U);
}

TEST(ResultTable, SaysThatNoFifoWasEverFull) {
  Result result = small_result();
  result.fifos[0].full_cycles = 0;
  EXPECT_TRUE(contains(result_table(result), "\nFIFOs: none of 1 was ever full\n"));
}

TEST(ResultTable, HasColoursOnATerminalOnly) {
  TableOptions terminal;
  terminal.colour = true;
  EXPECT_FALSE(contains(result_table(deadlocked_result()), "\x1b["));
  EXPECT_TRUE(contains(result_table(deadlocked_result(), terminal), "\x1b["));
}

}  // namespace
}  // namespace qnnsim::test
