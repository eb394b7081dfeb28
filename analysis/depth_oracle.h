// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/fast/beat_times.h"
#include "sim/fast/traced_time.h"

namespace qnnsim {

/// FIFOs of which at least one must be deeper than it is: edge numbers, ascending. However deep the
/// other FIFOs are, the goal is missed without.
using Conflict = std::vector<std::uint32_t>;

/// What a design must achieve, in cycles.
struct Goal {
  /// At most so many cycles a frame in steady state; 0: does not matter.
  std::int64_t interval = 0;
  /// The last output beat of frame 0 at most so many cycles after the first input beat; 0: does not
  /// matter.
  std::int64_t latency = 0;
  /// The last output beat of the last of `frames` at this edge at the latest; 0: does not matter.
  std::int64_t end = 0;
  std::uint64_t frames = 1;  ///< of `end`
};

struct Verdict {
  enum class Kind {
    kMeets,
    kTooSlow,
    kDeadlock,
    kUnknown,  ///< neither could be shown, or the search was stopped
  };
  Kind kind = Kind::kUnknown;
  std::vector<Conflict> conflicts;  ///< of a design that does not meet the goal
  bool meets() const { return kind == Kind::kMeets; }
};

/// Decides whether FIFO depths meet a goal, and says why not.
///
/// The interval: with the source paced to one frame per interval T, beat times relative to n T can
/// only grow from frame n to frame n + 1, since frame n + 1 has all constraints of frame n and
/// more. If they stop growing, the schedule repeats for ever and T is met. If they do not, some
/// chain of waits leads from a beat of one frame to the same beat k frames later and takes more
/// than k T (the critical cycle of a max-plus system: Baccelli et al., Synchronization and
/// Linearity, 1992). Traced times (TracedTime) find it, and the full FIFOs on it are the conflict.
class DepthOracle {
 public:
  DepthOracle(const StreamGraph& graph, const Goal& goal)
      : graph_(graph), goal_(goal), times_(graph) {}

  /// `deepest`: no test will be of greater depths. Does that design meet the goal? Tests become
  /// quicker if so: they go on from its steady state, whose beat times are a lower bound.
  Verdict begin(const std::vector<std::uint64_t>& deepest, const std::atomic<bool>* stop = nullptr);
  /// Tests go on from the steady state that `other`, of the same graph and goal, has begun with.
  void begin_like(const DepthOracle& other) { deepest_ = other.deepest_; }

  /// `depths` by edge. `stop` ends the test early.
  Verdict test(const std::vector<std::uint64_t>& depths, const std::atomic<bool>* stop = nullptr);

  std::uint64_t frames_computed() const { return frames_computed_; }

 private:
  using Times = BeatTimes<TracedTime>;

  /// What later frames depend on, at the end of a frame.
  struct State {
    std::vector<std::int64_t> counts;
    // By live time:
    std::vector<std::uint64_t> places;
    std::vector<std::int64_t> cycles;
    std::vector<std::uint32_t> origins;  ///< the live time of the frame before that it stems from
    std::vector<std::uint32_t> full;     ///< set of FIFOs on the way
  };

  /// Until the schedule of `times_` repeats or cannot.
  Verdict settle(const std::atomic<bool>* stop);
  Verdict test_end(const std::vector<std::uint64_t>& depths, std::uint64_t frames,
                   std::int64_t end);
  Verdict deadlock() const;
  State take_state();
  std::vector<Conflict> slow_cycles(const State& before, const State& after) const;
  void feed();

  const StreamGraph& graph_;
  const Goal goal_;
  Times times_;
  std::shared_ptr<const Times> deepest_;  ///< in steady state; nullptr until that is known
  std::uint64_t frames_computed_ = 0;
};

}  // namespace qnnsim
