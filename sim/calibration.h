// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/kernel.h"
#include "models/kernel_timing.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// A part of a sum: `coefficient` x the formula's value for the traits of a kernel.
struct Term {
  std::string formula;  ///< see Formula; "1" for a constant
  double coefficient = 1;
};

/// How far a model was from what it was fitted to, on points that the fit had not seen.
struct ModelError {
  std::uint64_t points = 0;        ///< parameter sets that the fit saw
  std::uint64_t held_out = 0;      ///< parameter sets that it did not see
  std::uint64_t beats = 0;         ///< compared on these
  std::uint64_t worst_cycles = 0;  ///< of one beat of these
};

/// The timing of a block, where `when` holds. What is not given stays the kernel's own.
struct TimingEntry {
  std::string when;  ///< formula; empty: always
  std::optional<FlowControl> flow;
  std::optional<Hold> hold;
  std::optional<bool> frames_overlap;
  /// By the name of its TimingField; the value is the sum of the terms, rounded.
  std::map<std::string, std::vector<Term>, std::less<>> numbers;
  std::string evidence;             ///< where the beats stand that it was fitted to
  std::optional<ModelError> error;  ///< nothing: it was not compared

  /// Does it say anything of a kernel's timing?
  bool is_own() const { return !flow && !hold && !frames_overlap && numbers.empty(); }
};

/// The timing of somebody's kernels, fitted to their RTL or taken from their documents: configs/
/// calibrations/*.yaml (docs/calibration.md).
struct Calibration {
  std::string name;
  std::string source;                                      ///< where it comes from
  std::map<std::string, std::vector<TimingEntry>> blocks;  ///< by Kernel::block()

  /// The first entry of the kernel's block that holds for it; nullptr where it keeps its own
  /// timing.
  const TimingEntry* entry(const Kernel& kernel) const;
  /// Nothing where it keeps its own timing. Throws ParameterError where a formula names a trait
  /// that the kernel does not have.
  std::optional<KernelTiming> timing(const Kernel& kernel) const;
};

/// Reads configs/calibrations/`name`.yaml; a name that ends in .yaml is a path. One that is not
/// there is a finding at `place`; nullptr where anything is wrong.
std::shared_ptr<const Calibration> load_calibration(const std::string& name, const Place& place,
                                                    Findings& findings);

/// The file that `load_calibration` reads.
std::string to_yaml(const Calibration& calibration);

/// What a dataflow has of a calibration.
struct CalibrationUse {
  std::string name;
  std::string source;
  std::vector<std::string> timed;       ///< blocks with the calibration's timing, ascending
  std::vector<std::string> own_timing;  ///< blocks with our own, ascending
  std::vector<std::string> unmeasured;  ///< of `timed`: those whose entry has no error
  ModelError error;                     ///< of the others: the worst, and the sums of points

  explicit CalibrationUse(const Calibration& calibration)
      : name(calibration.name), source(calibration.source) {}
  /// Counts a kernel of `block` in, with its entry or nullptr.
  void add(const std::string& block, const TimingEntry* entry);

 private:
  std::vector<const TimingEntry*> counted_;
};

}  // namespace qnnsim
