// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/kernel.h"
#include "sim/cosim/cosim_settings.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// One set of parameters of a kernel that is to be calibrated.
struct CalibrationPoint {
  std::string name;  ///< "pe=2 simd=3": what of the grid it is
  std::vector<std::pair<std::string, std::string>> values;  ///< the same by key
  std::shared_ptr<Kernel> model;                            ///< of these parameters
  ForeignRtl rtl;                                           ///< with these parameters
  std::uint64_t frames = 4;                                 ///< of a run
  bool held_out = false;                                    ///< kept out of the fit, to test it
};

/// A kernel in RTL, the block whose model it is to follow, and the parameters to try.
struct CalibrationFile {
  std::string path;
  std::string name;   ///< of the calibration
  std::string block;  ///< name of its file in models/
  std::vector<CalibrationPoint> points;
  std::vector<std::string> skipped;         ///< points that the model cannot have, and why
  std::vector<std::string> terms;           ///< candidates that come before those of the library
  std::vector<std::string> input_streams;   ///< of the RTL in the order of the model's; or empty
  std::vector<std::string> output_streams;  ///< of the RTL in the order of the model's; or empty
  std::vector<std::size_t> steady;          ///< inputs that always have a beat
  Place streams_place;
  std::uint64_t seed = 1;
  double held_out = 0.25;  ///< share of the points
};

/// Reads the kernel file of a calibration (docs/calibration.md); `settings` as of `load_scenario`.
/// What is wrong goes to `findings`.
CalibrationFile load_calibration_file(const std::string& path,
                                      const std::vector<std::string>& settings, Findings& findings);

}  // namespace qnnsim
