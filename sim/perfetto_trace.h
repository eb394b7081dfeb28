// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/output_file.h"
#include "sim/trace.h"

namespace qnnsim {

/// Trace events in JSON ("Trace Event Format"), as ui.perfetto.dev and chrome://tracing read them:
/// a thread for each kernel with slices busy, starved and blocked, a counter for each FIFO, and an
/// instant at the end of each frame. Times are in microseconds to the nanosecond; `args` has the
/// exact cycles.
class PerfettoTrace final : public ChangeTrace {
 public:
  PerfettoTrace(const std::string& path, const Scenario& scenario, const Dataflow& dataflow);

 private:
  void begin(Cycle first) override;
  void set_activity(std::size_t index, Activity activity, Cycle now) override;
  void set_occupancy(std::size_t index, std::uint64_t beats, Cycle now) override;
  void note_frame_end(std::size_t frame, Cycle now) override;
  void end(Cycle end) override;
  void complete() override;

  /// The activity that a kernel has been in since a cycle.
  struct Run {
    Activity activity;
    Cycle since;
  };

  void write_slice(std::size_t index, Cycle end);
  /// One event: the members of a JSON object.
  void write_event(const std::string& members);
  std::int64_t nanoseconds(Cycle cycle) const;
  static std::string microseconds(std::int64_t nanoseconds);

  const double clock_mhz_;
  OutputFile file_;
  std::vector<std::string> fifo_names_;  ///< in JSON's form, one a selected FIFO
  std::vector<Run> runs_;                ///< one a selected kernel
};

}  // namespace qnnsim
