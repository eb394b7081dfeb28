// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/kernel.h"
#include "models/pressure.h"
#include "models/timed_schedule.h"
#include "sim/cosim/beat_trace.h"

namespace qnnsim {

/// How the streams of a kernel are driven in one run.
struct CalibrationPressure {
  std::string name;  ///< "random 0.3 0.3"
  std::vector<Pressure> inputs;
  std::vector<Pressure> outputs;
};

/// The pressures that tell the free parameters of a kernel's timing apart: free flow for rates,
/// lone beats for latencies, an output blocked from reset on for what is held inside, and stalls of
/// every sort, on either side alone and on both. The inputs in `steady` always have a beat.
std::vector<CalibrationPressure> calibration_pressures(const Kernel& kernel, std::uint64_t seed,
                                                       const std::vector<std::size_t>& steady);

/// The first beat that model and RTL do not move in the same cycle.
struct BeatDifference {
  std::size_t stream = 0;  ///< inputs, then outputs
  std::uint64_t beat = 0;
  std::optional<Cycle> model;  ///< nothing: not in the run, or not known
  std::optional<Cycle> rtl;    ///< nothing: not in the run

  /// In which cycle they part.
  Cycle cycle() const;
};

/// Runs `schedule`, from reset, as `trace` was recorded, up to the first beat that moves more than
/// `tolerance` cycles away from where it did, and no further than cycle `end`. Of a beat that is
/// late, the cycle is not known.
std::optional<BeatDifference> first_difference(TimedSchedule& schedule,
                                               const CalibrationPressure& pressure,
                                               const RunTrace& trace, Cycle tolerance,
                                               Cycle end = kNever);

/// When `schedule` moves its beats, from reset, driven as `trace` was recorded; for as long as the
/// RTL and `more` cycles, unless all outputs have their beats.
RunTrace simulate_beats(TimedSchedule& schedule, const CalibrationPressure& pressure,
                        const RunTrace& trace, Cycle more);

/// The beats by which two runs differ first, both known; beats that only one of them has differ
/// where the other had the time to move them.
std::optional<BeatDifference> compare(const RunTrace& model, const RunTrace& rtl);

}  // namespace qnnsim
