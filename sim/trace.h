// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/dataflow.h"
#include "sim/scenario.h"
#include "sim/simulation.h"

namespace qnnsim {

enum class TraceFormat { kVcd, kPerfetto };

/// Writes what the chosen kernels and FIFOs do, cycle by cycle, while the run goes on.
class TraceWriter : public Observer {
 public:
  /// Completes the file; without it there is none. `end`: the first cycle not run. Throws
  /// OutputError.
  virtual void finish(Cycle end) = 0;
  /// How many cycles are in the trace; 0 if the run never reached its window.
  virtual Cycle cycles() const = 0;
};

/// A trace of `dataflow` in the file `path`, of the kernels and within the window that
/// `scenario.record` says. Throws OutputError if the file cannot be written.
std::unique_ptr<TraceWriter> make_trace(TraceFormat format, const std::string& path,
                                        const Scenario& scenario, const Dataflow& dataflow);

/// Adds a finding for every name in `scenario.record` that is neither a layer nor a kernel, and for
/// a window behind the last frame.
void check_record(const Scenario& scenario, const Dataflow& dataflow, Findings& findings);

/// The kernels and FIFOs that a trace keeps, as indices into a dataflow: of the named layers and
/// kernels, and the FIFOs at either side of them.
struct TraceSelection {
  TraceSelection(const Record& record, const Dataflow& dataflow);

  std::vector<std::size_t> nodes;
  std::vector<std::size_t> edges;
};

/// The cycles that a trace keeps.
class TraceWindow {
 public:
  TraceWindow(const Record& record, const Dataflow& dataflow);

  /// Is cycle `now` the first one, or behind it?
  bool has_begun(const Simulation& simulation, Cycle now) const;
  /// Is cycle `now` the last one?
  bool ends_with(const Simulation& simulation, Cycle now) const;

 private:
  const Record record_;
  std::size_t source_edge_ = 0;
};

/// A trace as a sequence of changes; what they look like in the file is up to the format. All calls
/// but `end` tell what holds from the named cycle on.
class ChangeTrace : public TraceWriter {
 public:
  void sample(const Simulation& simulation, Cycle now) final;
  void finish(Cycle end) final;
  Cycle cycles() const final { return begun_ ? end_ - start_ : 0; }

 protected:
  ChangeTrace(const Scenario& scenario, const Dataflow& dataflow);

  const TraceSelection& selection() const { return selection_; }

  virtual void begin(Cycle first) = 0;
  /// Number `index` of the selected kernels.
  virtual void set_activity(std::size_t index, Activity activity, Cycle now) = 0;
  /// Number `index` of the selected FIFOs holds `beats` beats.
  virtual void set_occupancy(std::size_t index, std::uint64_t beats, Cycle now) = 0;
  /// The sink took the last beat of `frame` in cycle `now`.
  virtual void note_frame_end(std::size_t frame, Cycle now) = 0;
  /// `end`: the first cycle that is not in the trace.
  virtual void end(Cycle end) = 0;
  /// After everything, also if nothing ever began.
  virtual void complete() = 0;

 private:
  void sample_all(const Simulation& simulation, Cycle now);
  void sample_changes(const Simulation& simulation, Cycle now);

  const TraceSelection selection_;
  const TraceWindow window_;
  bool begun_ = false;
  bool ended_ = false;
  Cycle start_ = 0;
  Cycle end_ = 0;
  std::size_t frames_seen_ = 0;
  std::vector<Activity> activities_;        ///< one a selected kernel, as last told
  std::vector<std::uint64_t> occupancies_;  ///< one a selected FIFO, as last told
};

}  // namespace qnnsim
