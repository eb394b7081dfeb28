// SPDX-License-Identifier: Apache-2.0
#include "analysis/point_search.h"

#include <gtest/gtest.h>

#include <memory>

#include "models/mvu.h"
#include "models/pad.h"
#include "models/sliding_window.h"
#include "models/thresholding.h"

namespace qnnsim {
namespace {

constexpr std::uint64_t kSeed = 3;
constexpr std::uint64_t kFrames = 8;

std::shared_ptr<Kernel> mvu(int rows) {
  MvuParams p;
  p.rows = rows;
  p.columns = 12;
  p.pe = 2;
  p.simd = 3;
  p.vectors = 4;
  return std::make_shared<Mvu>(p);
}

std::shared_ptr<Kernel> thresholding() {
  ThresholdingParams p;
  p.channels = 6;
  p.pixels = 4;
  return std::make_shared<Thresholding>(p);
}

std::shared_ptr<Kernel> pad() {
  PadParams p;
  p.height = p.width = 3;
  p.top = p.bottom = p.left = 1;
  p.type = DataType::signed_integer(4);
  return std::make_shared<Pad>(p);
}

std::shared_ptr<Kernel> sliding_window() {
  SlidingWindowParams p;
  p.height = 6;
  p.width = 5;
  p.channels = 2;
  p.kernel_h = p.kernel_w = 3;
  return std::make_shared<SlidingWindow>(p);
}

/// What a kernel of that timing does under every pressure: what RTL would be recorded to do.
PointTrace record(const Kernel& model, const KernelTiming& timing) {
  constexpr Cycle kMost = 1 << 16;
  PointTrace point;
  for (const CalibrationPressure& pressure : calibration_pressures(model, kSeed, {})) {
    RunTrace empty{pressure.name, "", 0, {}};
    for (const Port& port : model.inputs()) {
      empty.streams.push_back({"in", true, port.beats * kFrames, {}});
    }
    for (const Port& port : model.outputs()) {
      empty.streams.push_back({"out", false, port.beats * kFrames, {}});
    }
    TimedSchedule schedule(model.schedule().value(), timing, model.inputs(), model.outputs());
    point.runs.push_back(simulate_beats(schedule, pressure, empty, kMost));
    EXPECT_EQ(point.runs.back().status, "done") << pressure.name;
  }
  return point;
}

/// A file of one point.
CalibrationFile file_of(std::shared_ptr<Kernel> model) {
  CalibrationFile file;
  file.seed = kSeed;
  file.points.emplace_back();
  file.points[0].model = std::move(model);
  file.points[0].frames = kFrames;
  return file;
}

/// Is the timing among those that the search finds from its beats?
void expect_found(const std::shared_ptr<Kernel>& model, const KernelTiming& timing) {
  const CalibrationFile file = file_of(model);
  const PointTrace traces = record(*model, timing);
  PointSearch search(file, 0, traces, 0, nullptr);
  EXPECT_FALSE(search.check(timing)) << "the search does not drive as the recording did";
  bool found = false;
  for (const PointTiming& point : search.solve({}, false)) {
    EXPECT_FALSE(search.check(point.timing));
    found = found || point.timing == timing;
  }
  EXPECT_TRUE(found) << style_text(timing) << ", latency " << timing.latency << ", queue "
                     << timing.queue << ", capacity " << timing.capacity;
}

KernelTiming timing_with(FlowControl flow, std::int64_t latency, std::int64_t queue) {
  KernelTiming timing;
  timing.flow = flow;
  timing.latency = latency;
  timing.queue = queue;
  return timing;
}

TEST(PointSearch, FindsEveryFlowOfAPipelineWithoutABuffer) {
  expect_found(thresholding(), timing_with(FlowControl::kCredits, 3, 3));
  expect_found(thresholding(), timing_with(FlowControl::kCredits, 7, 12));
  expect_found(thresholding(), timing_with(FlowControl::kFrozen, 5, 1));
  expect_found(thresholding(), timing_with(FlowControl::kLocked, 6, 1));
  KernelTiming late = timing_with(FlowControl::kFrozen, 6, 2);
  late.room_after = 1;
  expect_found(thresholding(), late);
}

TEST(PointSearch, FindsAQueueThatThrottlesFreeFlow) {
  expect_found(thresholding(), timing_with(FlowControl::kCredits, 6, 2));
}

TEST(PointSearch, FindsBuffersAndHowTheyGiveTheirPlacesBack) {
  KernelTiming timing = timing_with(FlowControl::kCredits, 6, 6);
  timing.capacity = 8;
  expect_found(mvu(8), timing);
  timing.capacity = 5;
  timing.intake = 2;
  expect_found(mvu(8), timing);
  timing.release = 0;
  expect_found(mvu(8), timing);
  timing.intake = 1;
  timing.release = 2;
  expect_found(mvu(8), timing);
  timing.release = 1;
  timing.fetch = 1;
  expect_found(mvu(8), timing);
}

TEST(PointSearch, FindsABufferWhereTheModelHasNone) {
  // A beat enters while padding leaves: no queue does that.
  KernelTiming timing = timing_with(FlowControl::kCredits, 1, 1);
  timing.capacity = 1;
  timing.intake = 0;
  expect_found(pad(), timing);
}

TEST(PointSearch, FindsThatTheModelsBufferIsNotThere) {
  expect_found(mvu(8), timing_with(FlowControl::kFrozen, 4, 1));
}

TEST(PointSearch, FindsPausesBetweenFramesAndFramesThatDoNotOverlap) {
  KernelTiming timing = timing_with(FlowControl::kCredits, 2, 2);
  timing.frame_gap = 3;
  expect_found(thresholding(), timing);
  timing.frame_gap = 0;
  timing.frames_overlap = false;
  expect_found(thresholding(), timing);
  timing.latency = timing.queue = 1;
  timing.capacity = 26;
  expect_found(sliding_window(), timing);
}

TEST(PointSearch, FindsSlowIssues) {
  KernelTiming timing = timing_with(FlowControl::kCredits, 4, 4);
  timing.interval = 2;
  expect_found(thresholding(), timing);
}

TEST(PointSearch, SaysWhichBeatPartsFirst) {
  const std::shared_ptr<Kernel> model = thresholding();
  const CalibrationFile file = file_of(model);
  PointTrace traces = record(*model, timing_with(FlowControl::kCredits, 3, 3));
  // From beat 10 on, what the RTL gives comes a cycle later.
  for (RunTrace& run : traces.runs) {
    for (std::size_t i = 10; i < run.streams[1].moved.size(); ++i) ++run.streams[1].moved[i];
    ++run.cycles;
  }
  PointSearch search(file, 0, traces, 0, nullptr);
  const auto attempt = search.check(timing_with(FlowControl::kCredits, 3, 3));
  ASSERT_TRUE(attempt);
  EXPECT_EQ(search.pressure(attempt->pressure).name, "free");
  EXPECT_EQ(attempt->difference.stream, 1u);
  EXPECT_EQ(attempt->difference.beat, 10u);
  EXPECT_EQ(attempt->difference.model, 13u);
  EXPECT_EQ(attempt->difference.rtl, 14u);
  EXPECT_TRUE(search.solve({}, false).empty());
  EXPECT_FALSE(search.best().empty());
}

}  // namespace
}  // namespace qnnsim
