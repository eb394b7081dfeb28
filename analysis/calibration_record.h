// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "analysis/calibration_file.h"
#include "sim/cosim/beat_trace.h"

namespace qnnsim {

struct RecordOptions {
  std::string traces;  ///< file of recorded runs: what is in it is not run again
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const std::string&)> progress;
};

/// What became of a kernel's points.
struct Recording {
  BeatTraces traces;                  ///< a point for each of the file, in its order
  std::vector<std::string> refusals;  ///< of each point, why the RTL does not run; mostly empty
  std::vector<std::string> warnings;  ///< broken rules of AXI-Stream
  std::size_t runs = 0;               ///< of RTL
  std::size_t reused = 0;             ///< runs found in the file
  bool interrupted = false;

  bool ran(std::size_t point) const { return !traces.points[point].runs.empty(); }
};

/// Runs every point of `file` under every pressure, and keeps what was recorded in
/// `options.traces`. Throws InputError where streams of module and model do not go together.
Recording record_points(const CalibrationFile& file, const RecordOptions& options);

}  // namespace qnnsim
