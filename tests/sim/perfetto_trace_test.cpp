// SPDX-License-Identifier: Apache-2.0
//
// The timeline is read back and compared with samples taken beside it.
#include "sim/perfetto_trace.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/result_text.h"
#include "tests/sim/small_dataflow.h"

namespace qnnsim::test {
namespace {

using Json = nlohmann::json;

struct Slice {
  std::string activity;
  Cycle start = 0;
  Cycle end = 0;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
};

std::int64_t to_ns(const Json& microseconds) {
  return std::llround(microseconds.get<double>() * 1e3);
}

std::int64_t start_of(Cycle cycle) { return std::llround(double(cycle) * 1e3 / 187.5); }

/// A timeline by the names of kernels and FIFOs.
struct Timeline {
  explicit Timeline(const std::string& path) {
    const Json json = Json::parse(std::ifstream(path));
    std::map<int, std::string> threads;
    for (const Json& event : json.at("traceEvents")) {
      const std::string phase = event.at("ph");
      if (phase == "M" && event.at("name") == "thread_name") {
        threads[event.at("tid")] = event.at("args").at("name");
        slices[event.at("args").at("name")];
      } else if (phase == "X") {
        add_slice(threads.at(event.at("tid")), event);
      } else if (phase == "C") {
        counters[event.at("name")][to_ns(event.at("ts"))] = event.at("args").at("beats");
      } else if (phase == "i") {
        EXPECT_EQ(to_ns(event.at("ts")), start_of(event.at("args").at("cycle")));
        instants[event.at("name")] = event.at("args").at("cycle");
      }
    }
  }

  void add_slice(const std::string& kernel, const Json& event) {
    const Json& args = event.at("args");
    const Cycle start = args.at("cycle");
    const std::int64_t start_ns = to_ns(event.at("ts"));
    slices[kernel].push_back({event.at("name"), start, start + args.at("cycles").get<Cycle>(),
                              start_ns, start_ns + to_ns(event.at("dur"))});
  }

  std::map<std::string, std::vector<Slice>> slices;
  std::map<std::string, std::map<std::int64_t, std::uint64_t>> counters;
  std::map<std::string, Cycle> instants;
};

/// The slices of every kernel tile the cycles [first, end): no gap, no overlap, no two alike in a
/// row, and in each cycle what was sampled.
void expect_slices(const Timeline& timeline, const Samples& samples, const Dataflow& dataflow,
                   Cycle first, Cycle end) {
  ASSERT_EQ(timeline.slices.size(), dataflow.nodes.size());
  for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
    const std::string& name = dataflow.nodes[i].name;
    Cycle at = first;
    std::string last;
    for (const Slice& slice : timeline.slices.at(name)) {
      ASSERT_EQ(slice.start, at) << name;
      ASSERT_GT(slice.end, slice.start) << name;
      EXPECT_EQ(slice.start_ns, start_of(slice.start)) << name;
      EXPECT_EQ(slice.end_ns, start_of(slice.end)) << name;
      EXPECT_NE(slice.activity, last) << name << ": runs are merged";
      for (; at < slice.end; ++at) {
        ASSERT_EQ(slice.activity, to_string(samples.activities.at(at)[i])) << name << ", " << at;
      }
      last = slice.activity;
    }
    EXPECT_EQ(at, end) << name;
  }
}

void expect_counters(const Timeline& timeline, const Samples& samples, const Dataflow& dataflow,
                     Cycle first, Cycle end) {
  ASSERT_EQ(timeline.counters.size(), dataflow.edges.size());
  for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
    const auto& counter = timeline.counters.at(dataflow.edges[i].name);
    EXPECT_EQ(counter.begin()->first, start_of(first));
    EXPECT_LT(counter.rbegin()->first, start_of(end));
    for (Cycle cycle = first; cycle < end; ++cycle) {
      ASSERT_EQ(std::prev(counter.upper_bound(start_of(cycle)))->second,
                samples.occupancies[cycle][i])
          << dataflow.edges[i].name << ", cycle " << cycle;
    }
  }
}

TEST(PerfettoTrace, SlicesTileTheRunAndSumUpToTheCycleCounts) {
  const std::string path = fresh_path("json");
  const Samples samples = run_traced(TraceFormat::kPerfetto, path, small_scenario());
  const Timeline timeline(path);
  const Dataflow dataflow = small_dataflow();
  expect_slices(timeline, samples, dataflow, 0, samples.end());
  for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
    std::map<std::string, std::uint64_t> sums;
    for (const Slice& slice : timeline.slices.at(dataflow.nodes[i].name)) {
      sums[slice.activity] += slice.end - slice.start;
    }
    EXPECT_EQ(sums["busy"], samples.counts[i].busy) << dataflow.nodes[i].name;
    EXPECT_EQ(sums["starved"], samples.counts[i].starved) << dataflow.nodes[i].name;
    EXPECT_EQ(sums["blocked"], samples.counts[i].blocked) << dataflow.nodes[i].name;
  }
}

TEST(PerfettoTrace, CountersFollowTheFillOfEveryFifo) {
  const std::string path = fresh_path("json");
  const Samples samples = run_traced(TraceFormat::kPerfetto, path, small_scenario());
  expect_counters(Timeline(path), samples, small_dataflow(), 0, samples.end());
}

TEST(PerfettoTrace, MarksTheEndOfEveryFrame) {
  const std::string path = fresh_path("json");
  const Samples samples = run_traced(TraceFormat::kPerfetto, path, small_scenario());
  const Timeline timeline(path);
  ASSERT_EQ(timeline.instants.size(), samples.frame_ends.size());
  for (std::size_t i = 0; i < samples.frame_ends.size(); ++i) {
    EXPECT_EQ(timeline.instants.at("end of frame " + std::to_string(i)), samples.frame_ends[i]);
  }
}

TEST(PerfettoTrace, KeepsAWindowOfCycles) {
  Scenario scenario = small_scenario();
  scenario.record.cycles = {20, 41};
  const std::string path = fresh_path("json");
  const Samples samples = run_traced(TraceFormat::kPerfetto, path, scenario);
  const Timeline timeline(path);
  expect_slices(timeline, samples, small_dataflow(), 20, 42);
  expect_counters(timeline, samples, small_dataflow(), 20, 42);
}

TEST(PerfettoTrace, KeepsAWindowOfFrames) {
  Scenario scenario = small_scenario();
  scenario.record.frames = {1, 2};
  const std::string path = fresh_path("json");
  const Samples samples = run_traced(TraceFormat::kPerfetto, path, scenario);
  const Timeline timeline(path);
  // From the beat that begins frame 1 (8 beats a frame) to the sink's last beat of frame 2.
  const Cycle first = samples.source_beats.at(8);
  expect_slices(timeline, samples, small_dataflow(), first, samples.frame_ends.at(2) + 1);
  EXPECT_EQ(timeline.instants.at("end of frame 2"), samples.frame_ends[2]);
  EXPECT_EQ(timeline.instants.count("end of frame 3"), 0U);
}

TEST(PerfettoTrace, KeepsTheNamedLayersAndTheFifosAroundThem) {
  Scenario scenario = small_scenario();
  scenario.record.layers = {"a"};
  const std::string path = fresh_path("json");
  run_traced(TraceFormat::kPerfetto, path, scenario);
  const Timeline timeline(path);
  EXPECT_EQ(timeline.slices.size(), 2U);
  EXPECT_EQ(timeline.slices.count("a.thresh"), 1U);
  EXPECT_EQ(timeline.slices.count("a.thresh_dwc"), 1U);
  EXPECT_EQ(timeline.counters.size(), 3U);
}

TEST(PerfettoTrace, AWindowThatNeverComesLeavesAnEmptyTimeline) {
  Scenario scenario = small_scenario();
  scenario.record.cycles = {1000000, 1000001};
  const std::string path = fresh_path("json");
  run_traced(TraceFormat::kPerfetto, path, scenario);
  const Timeline timeline(path);
  EXPECT_TRUE(timeline.slices.at("source").empty());
  EXPECT_TRUE(timeline.counters.empty());
}

}  // namespace
}  // namespace qnnsim::test
