// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/calibration_record.h"
#include "analysis/point_search.h"
#include "analysis/timing_terms.h"

namespace qnnsim {

/// The timing of a block's kernels for which `when` holds.
struct TimingFit {
  std::string when;                           ///< a formula over traits; empty: always
  KernelTiming style;                         ///< what is the same at all points
  std::map<std::string, Explanation> fields;  ///< of the numbers that are not, by name

  /// The timing of the kernel with these traits.
  KernelTiming timing(const Traits& traits) const;
};

/// How far the fitted model is from the RTL under one pressure at one point.
struct Residual {
  std::size_t point = 0;
  std::string pressure;
  std::uint64_t beats = 0;         ///< of all streams
  std::uint64_t worst = 0;         ///< [cycles]
  std::uint64_t error_cycles = 0;  ///< [cycles] sum over the beats
};

/// Why there is no fit.
struct FitRefusal {
  std::string reason;
  std::string point;
  /// How far each flow has come there, the farthest first.
  std::vector<Attempt> attempts;
  std::vector<std::string> details;  ///< an attempt each: where model and RTL part
};

struct CalibrationFit {
  std::vector<TimingFit> entries;          ///< the first whose `when` holds counts; empty: refused
  std::vector<TimingFit> refused_entries;  ///< that a point kept out of the fit has refuted
  std::vector<Residual> residuals;
  std::optional<FitRefusal> refusal;
  Cycle tolerance = 0;  ///< [cycles] with which it is accepted
};

struct FitOptions {
  Cycle tolerance = 0;  ///< [cycles] by which a beat may be off
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const std::string&)> progress;
};

/// Fits the timing of `file.block` to what was recorded, exactly if that can be, else with the
/// smallest error up to the tolerance.
CalibrationFit fit_timing(const CalibrationFile& file, const Recording& recording,
                          const FitOptions& options);

}  // namespace qnnsim
