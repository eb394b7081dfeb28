// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/kernel.h"
#include "models/kernel_timing.h"
#include "models/schedule.h"

namespace qnnsim {

/// The order of issues of a Schedule under a KernelTiming, cycle by cycle.
///
/// A world says which beats are there and where there is room, and is told what moves: it has
/// `can_pop(i)` and `pop(i)` of input i, `can_push(o)` and `push(o)` of output o. In every cycle,
/// in this order, results leave, a beat of input 0 enters the buffer, an issue takes its operand
/// and a beat of each of its other inputs, and the operand of the next issue is fetched. All of
/// these see the state of the edge before, but for what `room_after`, `intake` and `release` of 0
/// let them see.
class TimedSchedule {
 public:
  /// Throws ParameterError naming what `timing` cannot be. `inputs` and `outputs` are the kernel's.
  TimedSchedule(const Schedule& schedule, const KernelTiming& timing,
                const std::vector<Port>& inputs, const std::vector<Port>& outputs);

  /// One clock edge.
  template <class World>
  Step tick(World& world);

  /// The same as a Schedule, for whoever computes with times of beats; nothing where these are not
  /// enough.
  std::optional<Schedule> as_schedule() const;

  /// Does it wait for input (output) `index`, if that is empty (full) and it stands still?
  bool waits_for_input(std::size_t index) const;
  bool waits_for_output(std::size_t index) const { return pushed_[index] < standing(); }

  /// [cycles] of a frame of `results` in steady state when never starved and never blocked. To be
  /// called instead of `tick`: it runs for some frames.
  std::uint64_t measure_interval(std::uint64_t results);

 private:
  /// How far something has come in the schedule.
  struct Position {
    const Issue* issue = nullptr;
    std::uint32_t left = 1;         ///< [cycles] of `issue`, this one included
    std::int64_t period_start = 0;  ///< [beats] of input 0 that the periods before use
  };

  /// Returns whether that was the last issue of a period.
  bool step(Position& position);
  std::int64_t oldest(const Position& position) const {
    return position.period_start + position.issue->oldest;
  }
  bool in_reach(const Position& position, std::int64_t visible) const {
    return position.issue->newest < 0 || visible > position.period_start + position.issue->newest;
  }
  /// Results that have come to the output.
  std::uint64_t standing() const {
    return timing_.flow == FlowControl::kLocked ? loaded_ : arrived_;
  }
  std::uint64_t pushed_everywhere() const {
    std::uint64_t least = pushed_[0];
    for (std::size_t o = 1; o < pushed_.size(); ++o)
      least = pushed_[o] < least ? pushed_[o] : least;
    return least;
  }
  void end_period();
  bool move_pipeline(bool gave, bool enabled);
  std::int64_t places_free();

  void check(const std::vector<Port>& inputs, const std::vector<Port>& outputs) const;
  std::int64_t beats_needed() const;

  const KernelTiming timing_;
  std::vector<Issue> issues_;
  std::int64_t period_beats_ = 0;     ///< of input 0
  std::uint64_t period_results_ = 0;  ///< on every output
  std::uint64_t frame_periods_ = 1;
  std::uint64_t result_mask_ = 0;
  std::uint64_t recent_mask_ = 0;
  BusyRule busy_ = BusyRule::kIssue;

  Position issue_;
  Position fetch_;  ///< of the operand to be fetched next
  bool fetched_ = false;
  std::vector<std::uint64_t> pushed_;  ///< [results] by output
  std::uint64_t issued_ = 0;           ///< [results]
  std::uint64_t arrived_ = 0;          ///< [results] that have come to the end of the pipeline
  std::uint64_t loaded_ = 0;           ///< [results] that have come to the output of a locked one
  std::uint64_t clock_ = 0;            ///< [cycles] that the pipeline has moved
  std::vector<std::uint64_t> due_;     ///< ring by result: `clock_` at which it arrives
  std::vector<std::int64_t> frees_;    ///< ring by result: what `freed_` will be when it leaves
  bool lock_ = false;
  std::int64_t taken_ = 0;                  ///< [beats] of input 0
  std::int64_t freed_ = 0;                  ///< [beats] of input 0 that are no longer held
  std::vector<std::int64_t> freed_before_;  ///< ring by cycle, where `release` is above 1
  std::size_t freed_index_ = 0;
  std::uint64_t recent_ = 0;    ///< a bit a cycle: beats in the buffer that no issue can use yet
  std::int64_t wait_ = 0;       ///< [cycles] before the next issue
  std::uint64_t period_ = 0;    ///< of the frame
  std::int64_t frame_end_ = 0;  ///< [beats] of input 0 that may be taken
  std::uint64_t frame_results_end_ = 0;  ///< [results] that must have left before that is more
};

/// Moves the pipeline by a stage, if it is `enabled`. Returns whether anything is under way.
inline bool TimedSchedule::move_pipeline(bool gave, bool enabled) {
  bool moves = false;
  if (timing_.flow == FlowControl::kLocked) {
    const bool queues = arrived_ != loaded_;
    const bool offers = loaded_ != pushed_[0] || gave;
    const bool blocked = offers && !gave;
    const bool lock = queues && (blocked || lock_);
    moves = lock != lock_;
    lock_ = lock;
    if (queues && !blocked) {
      ++loaded_;
      moves = true;
    }
  }
  if (!enabled) return moves;
  ++clock_;
  if (arrived_ == issued_) return moves;
  if (due_[arrived_ & result_mask_] <= clock_) ++arrived_;
  return true;
}

/// [beats] of input 0 that are no longer held, as far as this edge sees it.
inline std::int64_t TimedSchedule::places_free() {
  if (freed_before_.empty()) return freed_;
  const std::int64_t visible = freed_before_[freed_index_];
  freed_before_[freed_index_] = freed_;
  if (++freed_index_ == freed_before_.size()) freed_index_ = 0;
  return visible;
}

inline bool TimedSchedule::step(Position& position) {
  if (--position.left != 0) return false;
  const bool ends = ++position.issue == issues_.data() + issues_.size();
  if (ends) {
    position.issue = issues_.data();
    position.period_start += period_beats_;
  }
  position.left = position.issue->cycles;
  return ends;
}

template <class World>
Step TimedSchedule::tick(World& world) {
  const std::uint64_t left_before = pushed_everywhere();
  const std::uint64_t owed_before = issued_;
  const std::uint64_t at_output = standing();
  bool gives = false;
  for (std::size_t o = 0; o < pushed_.size(); ++o) {
    if (pushed_[o] == at_output || !world.can_push(o)) continue;
    world.push(o);
    ++pushed_[o];
    gives = true;
  }
  const std::uint64_t left = gives ? pushed_everywhere() : left_before;

  const auto queue = static_cast<std::uint64_t>(timing_.queue);
  const std::uint64_t returned = timing_.room_after == 0 ? left : left_before;
  const bool is_credits = timing_.flow == FlowControl::kCredits;
  const bool room = is_credits                             ? issued_ - returned < queue
                    : timing_.flow == FlowControl::kFrozen ? arrived_ - returned < queue
                                                           : !lock_;

  const bool barred = taken_ == frame_end_;
  const bool enters = timing_.capacity != 0 && !barred && world.can_pop(0);
  const std::int64_t freed_before = places_free();
  bool takes = timing_.release != 0 && enters && taken_ - freed_before < timing_.capacity;
  const std::int64_t visible =
      timing_.intake == 0 ? taken_ + (takes ? 1 : 0) : taken_ - __builtin_popcountll(recent_);

  const Issue& issue = *issue_.issue;
  const std::size_t inputs_end = std::size_t{issue.first_input} + issue.inputs;
  bool operand = timing_.fetch == 0 ? in_reach(issue_, visible) : fetched_;
  bool others = true;
  for (std::size_t i = issue.first_input; i < inputs_end; ++i) {
    if (world.can_pop(i) && (i != 0 || !barred)) continue;
    (i == 0 ? operand : others) = false;
  }
  const bool waits = wait_ != 0;
  const bool emits = issue.emits != 0 && issue_.left == 1;
  const bool issues = operand && others && !waits && (room || (is_credits && !emits));
  bool moves = gives || takes || waits || recent_ != 0;
  bool took = takes;
  if (issues) {
    moves = true;
    for (std::size_t i = issue.first_input; i < inputs_end; ++i) world.pop(i);
    if (issue.first_input == 0 && issue.inputs != 0) {
      ++taken_;
      took = true;
    }
    if (timing_.fetch != 0) fetched_ = false;
    wait_ = timing_.interval - 1;
    if (step(issue_)) end_period();
    if (emits) {
      const std::int64_t arrival = timing_.latency - (timing_.flow == FlowControl::kLocked ? 1 : 0);
      due_[issued_ & result_mask_] = clock_ + static_cast<std::uint64_t>(arrival);
      frees_[issued_ & result_mask_] = oldest(issue_);
      ++issued_;
    }
  } else if (waits) {
    --wait_;
  }
  if (timing_.fetch != 0 && !fetched_ && in_reach(fetch_, visible)) {
    fetched_ = moves = true;
    step(fetch_);
  }
  if (timing_.capacity != 0) {
    std::int64_t freed = freed_;
    if (timing_.hold == Hold::kIssue) {
      freed = oldest(timing_.fetch != 0 ? fetch_ : issue_);
    } else if (left != 0) {
      freed = frees_[(left - 1) & result_mask_];
    }
    if (freed > freed_) {
      freed_ = freed;
      moves = true;
    }
    if (timing_.release == 0 && enters && taken_ - freed_ < timing_.capacity) {
      takes = took = moves = true;
    }
    if (freed_before != freed_) moves = true;
    if (takes) {
      world.pop(0);
      ++taken_;
    }
    recent_ = (recent_ << 1 | (takes ? 1 : 0)) & recent_mask_;
  }
  if (move_pipeline(gives, is_credits || room || timing_.flow == FlowControl::kLocked)) {
    moves = true;
  }
  const bool whole_frame = owed_before == frame_results_end_;
  if (left >= frame_results_end_) {
    frame_end_ += static_cast<std::int64_t>(frame_periods_) * period_beats_;
    frame_results_end_ += frame_periods_ * period_results_;
    moves = true;
  }

  const bool owes = owed_before != left;
  const bool stands = at_output != left;  // a result that could leave
  switch (busy_) {
    case BusyRule::kIssue:
      if (issues || waits) return Step::busy();
      break;
    case BusyRule::kIssueOrIntake:
      if (issues || waits || took) return Step::busy();
      break;
    case BusyRule::kIntakeOrOutput:
      if (took || gives || waits) return Step::busy();
      return stands ? Step::blocked(!moves) : Step::starved(!moves);
    case BusyRule::kOutputFirst:
      if (issues || waits) return Step::busy();
      return stands ? Step::blocked(!moves) : Step::starved(!moves);
  }
  // Between frames it waits for its last result to leave.
  const bool leaving = barred && owes && whole_frame;
  const bool starved = !(operand && others) && !leaving;
  return starved ? Step::starved(!moves, operand) : Step::blocked(!moves);
}

}  // namespace qnnsim
