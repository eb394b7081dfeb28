// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/fifo.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// When the beats of one stream moved, in cycles out of reset.
struct StreamTrace {
  std::string name;
  bool is_input = true;
  std::uint64_t offered = 0;  ///< [beats] to an input, or waited for on an output
  std::vector<Cycle> moved;   ///< ascending
};

/// A run of a kernel in RTL under one pressure.
struct RunTrace {
  std::string pressure;              ///< what it was; "random 0.3"
  std::string status;                ///< "done", "stuck" or "ended": by the RTL itself
  std::uint64_t cycles = 0;          ///< that were run: up to the last output beat where it is done
  std::vector<StreamTrace> streams;  ///< inputs, then outputs, in the order of the model's
};

/// The runs of a kernel with one set of parameters.
struct PointTrace {
  std::string name;  ///< "pe=2 simd=3"
  std::string key;   ///< what its runs depend on beside the pressure: sources, parameters
  std::vector<RunTrace> runs;
};

/// Recorded evidence of when a kernel in RTL moves its beats.
struct BeatTraces {
  std::string kernel;  ///< name of the top module
  std::string digest;  ///< of the keys of all points
  std::uint64_t seed = 1;
  std::vector<PointTrace> points;
};

/// Compact text: cycles as differences, what repeats written once. The first line tells the form.
std::string beat_trace_text(const BeatTraces& traces);

/// Reads what `beat_trace_text` wrote; `file` stands in findings.
BeatTraces parse_beat_traces(const std::string& text, const std::string& file, Findings& findings);

}  // namespace qnnsim
