// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/calibration_file.h"
#include "analysis/timing_bench.h"
#include "models/kernel_timing.h"

namespace qnnsim {

/// The parts of a KernelTiming that are the same at all points of a kernel; the other numbers are
/// left at what they are by default.
KernelTiming style_of(const KernelTiming& timing);
bool operator==(const KernelTiming& a, const KernelTiming& b);
/// "frozen, intake 1, release 0": what of it is worth telling.
std::string style_text(const KernelTiming& timing);

/// A timing under which the model of a point follows the RTL.
struct PointTiming {
  KernelTiming timing;
  bool or_larger = false;  ///< the buffer was never full: any larger one does as well
};

/// How far a timing follows the RTL of a point.
struct Attempt {
  KernelTiming timing;
  std::size_t pressure = 0;   ///< the first under which it does not
  BeatDifference difference;  ///< there
};

/// Searches the timings under which the model of one point moves every recorded beat in the cycle
/// in which the RTL has moved it.
class PointSearch {
 public:
  PointSearch(const CalibrationFile& file, std::size_t point, const PointTrace& traces,
              Cycle tolerance, const std::atomic<bool>* stop);

  /// Under which pressure, and where, the model parts from the RTL; nothing where it follows it.
  std::optional<Attempt> check(const KernelTiming& timing) const;
  /// The timings found, the simplest first; of `styles` only, unless these are none. A buffer where
  /// the model has none, or none where it has one, is tried only if nothing else does, or
  /// `thorough`.
  std::vector<PointTiming> solve(const std::vector<KernelTiming>& styles, bool thorough);
  /// The attempt that followed the RTL the longest, of each flow.
  const std::map<FlowControl, Attempt>& best() const { return best_; }

  const CalibrationPoint& point() const { return point_; }
  const CalibrationPressure& pressure(std::size_t index) const { return pressures_[index]; }
  const RunTrace& trace(std::size_t index) const { return traces_.runs[index]; }
  std::size_t pressures() const { return pressures_.size(); }
  /// The model's run under pressure `index`, as long as the RTL's and `more` cycles.
  RunTrace model_run(const KernelTiming& timing, std::size_t index, Cycle more) const;

 private:
  std::optional<BeatDifference> run(const KernelTiming& timing, std::size_t pressure) const;
  bool is_early(const KernelTiming& timing, std::size_t pressure) const;
  std::int64_t largest_capacity(KernelTiming timing, std::size_t pressure,
                                std::int64_t too_large) const;
  std::int64_t least_capacity(const KernelTiming& timing) const;
  bool fit_latency(KernelTiming& timing, std::int64_t& gap) const;
  std::vector<std::pair<KernelTiming, bool>> fit_input(KernelTiming timing);
  bool fit_free_flow(KernelTiming& timing, bool& bounded);
  void solve_for(const std::vector<KernelTiming>& inputs, std::vector<PointTiming>& found);
  bool is_own(const KernelTiming& style) const;
  bool fit_capacity(KernelTiming& timing) const;
  void fit_output(KernelTiming timing, bool bounded, const KernelTiming& style,
                  std::vector<PointTiming>& found);
  void fit_throttled(const KernelTiming& style, std::vector<PointTiming>& found);
  bool add_if_it_follows(const KernelTiming& timing, bool or_larger,
                         std::vector<PointTiming>& found);
  void note(const Attempt& attempt);
  bool stopped() const { return stop_ != nullptr && stop_->load(); }

  const CalibrationPoint& point_;
  const PointTrace& traces_;
  const Cycle tolerance_;
  const std::atomic<bool>* stop_;
  const Schedule schedule_;
  const std::vector<CalibrationPressure> pressures_;
  std::size_t free_ = 0;
  std::size_t blocked_ = 0;
  std::int64_t unbounded_;  ///< [beats] of a buffer that is never full
  std::map<FlowControl, Attempt> best_;
};

}  // namespace qnnsim
