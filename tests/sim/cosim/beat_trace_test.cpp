// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/beat_trace.h"

#include <gtest/gtest.h>

#include "models/pressure.h"

namespace qnnsim {
namespace {

BeatTraces traces_of(const std::vector<Cycle>& moved, std::uint64_t cycles) {
  RunTrace run{
      "random 0.3 0.3", "done", cycles, {{"s_axis", true, 8, moved}, {"m_axis", false, 0, {}}}};
  return {"my_kernel", "0123", 7, {{"pe=2 simd=3", "PE=2 beats 8 0", {run}}}};
}

BeatTraces reread(const BeatTraces& traces) {
  Findings findings;
  BeatTraces read = parse_beat_traces(beat_trace_text(traces), "some.trace", findings);
  EXPECT_TRUE(findings.empty()) << findings.render();
  return read;
}

std::string findings_in(const std::string& text) {
  Findings findings;
  parse_beat_traces(text, "some.trace", findings);
  return findings.render();
}

TEST(BeatTrace, EverythingIsReadBack) {
  const BeatTraces read = reread(traces_of({0, 1, 2, 5, 6, 7, 30}, 31));
  EXPECT_EQ(read.kernel, "my_kernel");
  EXPECT_EQ(read.digest, "0123");
  EXPECT_EQ(read.seed, 7u);
  ASSERT_EQ(read.points.size(), 1u);
  EXPECT_EQ(read.points[0].name, "pe=2 simd=3");
  EXPECT_EQ(read.points[0].key, "PE=2 beats 8 0");
  ASSERT_EQ(read.points[0].runs.size(), 1u);
  const RunTrace& run = read.points[0].runs[0];
  EXPECT_EQ(run.pressure, "random 0.3 0.3");
  EXPECT_EQ(run.status, "done");
  EXPECT_EQ(run.cycles, 31u);
  ASSERT_EQ(run.streams.size(), 2u);
  EXPECT_EQ(run.streams[0].name, "s_axis");
  EXPECT_TRUE(run.streams[0].is_input);
  EXPECT_EQ(run.streams[0].offered, 8u);
  EXPECT_EQ(run.streams[0].moved, (std::vector<Cycle>{0, 1, 2, 5, 6, 7, 30}));
  EXPECT_FALSE(run.streams[1].is_input);
  EXPECT_TRUE(run.streams[1].moved.empty());
}

TEST(BeatTrace, CyclesOfAnySortAreReadBack) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    std::vector<Cycle> moved;
    Cycle now = draw(seed, 0) % 3;
    // Small alphabets of steps make repetitions of every sort.
    for (std::uint64_t i = 1; i < 200; ++i) {
      now += 1 + draw(seed, i % (1 + seed % 11)) % (1 + seed % 5);
      moved.push_back(now);
    }
    EXPECT_EQ(reread(traces_of(moved, now + 1)).points[0].runs[0].streams[0].moved, moved) << seed;
  }
}

TEST(BeatTrace, WhatRepeatsTakesNoRoom) {
  std::vector<Cycle> moved;
  for (Cycle i = 0; i < 10000; ++i) moved.push_back(4 * i + (i % 3 == 2 ? 1 : 0));
  EXPECT_LT(beat_trace_text(traces_of(moved, 50000)).size(), 350u);
}

TEST(BeatTrace, DamageIsAFindingWithItsLine) {
  const std::string text = beat_trace_text(traces_of({3, 4, 5}, 9));
  EXPECT_NE(findings_in("something else\n").find("some.trace:1:1"), std::string::npos);
  const std::size_t at = text.find("in s_axis");
  for (const char* damage :
       {"in s_axis 8 3 x", "in s_axis 8 (3 1*2", "in s_axis 8 3 0", "in s_axis", "in s_axis 8 3 99",
        "in s_axis 8 1*999999999999", "zn s_axis 8 3"}) {
    const std::string found = findings_in(text.substr(0, at) + damage + "\n");
    EXPECT_NE(found.find("some.trace:9:1: error: '"), std::string::npos) << damage << "\n" << found;
    EXPECT_NE(found.find("hint: the file is damaged"), std::string::npos) << found;
  }
  const std::string run = findings_in(text.substr(0, text.find("run ")) + "run gone 5 free\n");
  EXPECT_NE(run.find("some.trace:8:1"), std::string::npos) << run;
}

}  // namespace
}  // namespace qnnsim
