// SPDX-License-Identifier: Apache-2.0
//
// Fits to recordings of kernels whose timing is known: those of our model with a timing that the
// test sets. What calibrates RTL is tested in tests/cli/calibrate_test.cpp.
#include "analysis/calibration_fit.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "models/mvu.h"

namespace qnnsim {
namespace {

constexpr std::uint64_t kFrames = 4;

std::shared_ptr<Kernel> matrix_unit(int simd) {
  MvuParams p;
  p.rows = p.pe = 2;
  p.columns = 24;
  p.simd = simd;
  p.vectors = 4;
  return std::make_shared<Mvu>(p);
}

KernelTiming with_latency(std::int64_t latency) {
  KernelTiming timing;
  timing.latency = timing.queue = latency;
  return timing;
}

/// A kernel file with one point for each SIMD, and what its kernels did.
struct Study {
  CalibrationFile file;
  Recording recording;

  Study() { file.seed = recording.traces.seed = 5; }

  /// The kernel of the point has a latency of 2 + simd and `more` cycles.
  void add(int simd, bool held_out = false, std::int64_t more = 0) {
    CalibrationPoint point;
    point.name = "simd=" + std::to_string(simd);
    point.model = matrix_unit(simd);
    point.frames = kFrames;
    point.held_out = held_out;
    PointTrace trace{point.name, "", {}};
    for (const CalibrationPressure& pressure : pressures(*point.model)) {
      const std::uint64_t in = point.model->inputs()[0].beats * kFrames;
      const std::uint64_t out = point.model->outputs()[0].beats * kFrames;
      const RunTrace offered{pressure.name, "", 0, {{"in", true, in, {}}, {"out", false, out, {}}}};
      TimedSchedule schedule(point.model->schedule().value(), with_latency(2 + simd + more),
                             point.model->inputs(), point.model->outputs());
      trace.runs.push_back(simulate_beats(schedule, pressure, offered, 1 << 16));
    }
    file.points.push_back(std::move(point));
    recording.traces.points.push_back(std::move(trace));
    recording.refusals.emplace_back();
  }
  /// The RTL of the point does not run.
  void add_refused(int simd) {
    add(simd);
    recording.traces.points.back().runs.clear();
    recording.refusals.back() = "refused";
  }

  std::vector<CalibrationPressure> pressures(const Kernel& model) const {
    return calibration_pressures(model, file.seed, {});
  }
  CalibrationFit fit(Cycle tolerance = 0) const {
    FitOptions options;
    options.tolerance = tolerance;
    return fit_timing(file, recording, options);
  }
};

/// Of 2 + simd and nothing else.
void expect_the_formula(const std::vector<TimingFit>& entries) {
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].when, "");
  EXPECT_EQ(entries[0].fields.at("latency").formula, "2 + simd");
  EXPECT_EQ(entries[0].fields.at("queue").formula, "2 + simd");
}

TEST(CalibrationFit, FindsTheFormulaAndComparesEveryBeatOfEveryPoint) {
  Study study;
  for (int simd : {1, 2, 3, 6, 8}) study.add(simd);
  study.add(12, true);
  const CalibrationFit fit = study.fit();
  expect_the_formula(fit.entries);
  EXPECT_FALSE(fit.refusal);
  EXPECT_EQ(fit.tolerance, 0u);
  std::size_t next = 0;
  for (std::size_t i = 0; i < study.file.points.size(); ++i) {
    for (const RunTrace& run : study.recording.traces.points[i].runs) {
      ASSERT_LT(next, fit.residuals.size());
      const Residual& residual = fit.residuals[next++];
      EXPECT_EQ(residual.point, i);
      EXPECT_EQ(residual.pressure, run.pressure);
      EXPECT_EQ(residual.beats, run.streams[0].moved.size() + run.streams[1].moved.size());
      EXPECT_EQ(residual.worst, 0u);
      EXPECT_EQ(residual.error_cycles, 0u);
    }
  }
  EXPECT_EQ(next, fit.residuals.size());
}

TEST(CalibrationFit, APointKeptOutRefutesTheFitAndDoesNotBendIt) {
  Study study;
  for (int simd : {1, 2, 3, 6, 8}) study.add(simd);
  study.add(12, true, 1);
  const CalibrationFit fit = study.fit();
  EXPECT_TRUE(fit.entries.empty());
  expect_the_formula(fit.refused_entries);
  ASSERT_TRUE(fit.refusal);
  EXPECT_EQ(fit.refusal->reason, "the fit fails at a point kept out of it");
  EXPECT_EQ(fit.refusal->point, "simd=12");
  ASSERT_EQ(fit.refusal->details.size(), 1u);
  EXPECT_EQ(fit.refusal->details[0],
            "credits, no buffer, latency 14, queue 14: under 'free' the model moves beat 0 of out "
            "in cycle 15, the RTL in cycle 16");
}

TEST(CalibrationFit, PointsThatTheRtlRefusesArePassedOver) {
  Study study;
  study.add(1);
  study.add_refused(4);
  for (int simd : {2, 3, 6, 8}) study.add(simd);
  const CalibrationFit fit = study.fit();
  expect_the_formula(fit.entries);
  std::vector<std::size_t> points;
  for (const Residual& residual : fit.residuals) {
    if (points.empty() || points.back() != residual.point) points.push_back(residual.point);
  }
  EXPECT_EQ(points, (std::vector<std::size_t>{0, 2, 3, 4, 5}));
}

TEST(CalibrationFit, TheSmallestToleranceIsTakenAndItsErrorsAreCounted) {
  Study study;
  for (int simd : {2, 3, 8}) study.add(simd);
  // Under one pressure the last three results come two cycles late.
  for (PointTrace& point : study.recording.traces.points) {
    RunTrace& run = point.runs[1];
    for (std::size_t i = 1; i <= 3; ++i) {
      run.streams[1].moved[run.streams[1].moved.size() - i] += 2;
    }
    run.cycles += 2;
  }
  EXPECT_TRUE(study.fit(1).entries.empty());
  const CalibrationFit fit = study.fit(4);
  expect_the_formula(fit.entries);
  EXPECT_EQ(fit.tolerance, 2u);
  for (const Residual& residual : fit.residuals) {
    const bool is_late = residual.pressure == study.recording.traces.points[0].runs[1].pressure;
    EXPECT_EQ(residual.worst, is_late ? 2u : 0u) << residual.pressure;
    EXPECT_EQ(residual.error_cycles, is_late ? 6u : 0u) << residual.pressure;
  }
}

TEST(CalibrationFit, WithoutAPointThatRunsThereIsNothingToFit) {
  Study study;
  study.add_refused(1);
  study.add(2, true);
  const CalibrationFit fit = study.fit();
  EXPECT_TRUE(fit.entries.empty());
  ASSERT_TRUE(fit.refusal);
  EXPECT_EQ(fit.refusal->reason, "there is no point to fit");
}

}  // namespace
}  // namespace qnnsim
