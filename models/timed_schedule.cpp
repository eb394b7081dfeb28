// SPDX-License-Identifier: Apache-2.0
#include "models/timed_schedule.h"

#include <algorithm>
#include <limits>
#include <string>

namespace qnnsim {
namespace {

/// Every issue emits at most one result: a burst is given by as many issues that follow each other.
std::vector<Issue> single_results(const Schedule& schedule) {
  std::vector<Issue> issues;
  issues.reserve(schedule.issues.size());
  for (std::size_t i = 0; i < schedule.issues.size(); ++i) {
    issues.push_back(schedule.issues[i]);
    if (issues.back().emits <= 1) continue;
    const bool wraps = i + 1 == schedule.issues.size();
    Issue more;
    more.oldest = wraps ? static_cast<std::int32_t>(schedule.beats) + schedule.issues.front().oldest
                        : schedule.issues[i + 1].oldest;
    more.emits = 1;
    const std::uint32_t results = issues.back().emits;
    issues.back().emits = 1;
    issues.insert(issues.end(), results - 1, more);
  }
  return issues;
}

/// Beats are issued as they are taken: those that the schedule passes over, or needs only later, by
/// issues of their own.
std::vector<Issue> without_buffer(const std::vector<Issue>& buffered, std::int64_t beats) {
  Issue silent;
  silent.inputs = 1;
  std::vector<Issue> issues;
  std::int64_t taken = 0;
  for (Issue issue : buffered) {
    for (; taken < issue.newest; ++taken) issues.push_back(silent);
    if (issue.newest == taken) {
      ++taken;
      issue.first_input = 0;
      ++issue.inputs;
    }
    issue.newest = -1;
    issue.oldest = 0;
    issues.push_back(issue);
  }
  issues.insert(issues.end(), static_cast<std::size_t>(beats - taken), silent);
  return issues;
}

/// Beats of input 0 wait in a buffer.
void add_buffer(std::vector<Issue>& issues) {
  std::int32_t taken = 0;
  for (Issue& issue : issues) {
    issue.oldest = taken;
    if (issue.first_input != 0 || issue.inputs == 0) continue;
    issue.newest = taken++;
    issue.first_input = 1;
    --issue.inputs;
  }
}

std::int64_t direct_beats(const std::vector<Issue>& issues) {
  return std::count_if(issues.begin(), issues.end(), [](const Issue& issue) {
    return issue.first_input == 0 && issue.inputs != 0;
  });
}

std::uint64_t ring_size(std::uint64_t entries) {
  std::uint64_t size = 4;
  while (size < entries) size *= 2;
  return size;
}

void require_timing(bool holds, const std::string& message) {
  require(holds, "timing: " + message);
}

}  // namespace

KernelTiming timing_of(const Schedule& schedule) {
  KernelTiming timing;
  timing.latency = timing.queue = schedule.latency;
  timing.capacity = schedule.capacity;
  timing.release = schedule.release;
  return timing;
}

TimedSchedule::TimedSchedule(const Schedule& schedule, const KernelTiming& timing,
                             const std::vector<Port>& inputs, const std::vector<Port>& outputs)
    : timing_(timing), issues_(single_results(schedule)), busy_(schedule.busy) {
  for (const TimingField& field : kTimingFields) {
    const std::int64_t value = timing.*field.field;
    require_timing(value >= field.least && value <= field.most,
                   std::string(field.name) + " " + std::to_string(value) + " is not in " +
                       std::to_string(field.least) + ".." + std::to_string(field.most));
  }
  period_beats_ = schedule.capacity != 0 ? schedule.beats : direct_beats(issues_);
  if (schedule.capacity != 0 && timing.capacity == 0) {
    issues_ = without_buffer(issues_, period_beats_);
  } else if (schedule.capacity == 0 && timing.capacity != 0) {
    require_timing(period_beats_ != 0, "capacity of a kernel that has no input 0");
    add_buffer(issues_);
  }
  for (const Issue& issue : issues_) period_results_ += issue.emits;
  frame_periods_ = std::max<std::uint64_t>(outputs.front().beats / period_results_, 1);
  check(inputs, outputs);

  const auto results = static_cast<std::uint64_t>(timing.queue + 2 * timing.latency + 2);
  due_.resize(ring_size(results));
  frees_.resize(due_.size());
  result_mask_ = due_.size() - 1;
  if (timing.intake > 1) recent_mask_ = (std::uint64_t{1} << (timing.intake - 1)) - 1;
  if (timing.release > 1) freed_before_.resize(static_cast<std::size_t>(timing.release - 1));
  pushed_.resize(outputs.size());
  issue_.issue = fetch_.issue = issues_.data();
  issue_.left = fetch_.left = issues_.front().cycles;
  wait_ = timing.start;
  if (timing.frames_overlap) {
    frame_end_ = std::numeric_limits<std::int64_t>::max();
    frame_results_end_ = std::numeric_limits<std::uint64_t>::max();
  } else {
    frame_end_ = static_cast<std::int64_t>(frame_periods_) * period_beats_;
    frame_results_end_ = frame_periods_ * period_results_;
  }
}

void TimedSchedule::check(const std::vector<Port>& inputs, const std::vector<Port>& outputs) const {
  require_timing(timing_.flow == FlowControl::kCredits || outputs.size() == 1,
                 "flow frozen and locked are for kernels of one output");
  require_timing(timing_.flow != FlowControl::kLocked || timing_.latency >= 2,
                 "flow locked takes a latency of 2 or more");
  require_timing(timing_.frames_overlap || !inputs.empty(),
                 "frames_overlap: false of a kernel without inputs");
  if (timing_.capacity == 0) {
    require_timing(timing_.fetch == 0, "fetch 1 needs a capacity");
    return;
  }
  require_timing(timing_.intake != 0 || timing_.release != 0,
                 "intake 0 and release 0 would wait for each other");
  require_timing(timing_.hold == Hold::kIssue || timing_.fetch == 0,
                 "hold: output and fetch 1 exclude each other");
  const std::int64_t needed = beats_needed();
  require_timing(timing_.capacity >= needed, "capacity " + std::to_string(timing_.capacity) +
                                                 " is less than the " + std::to_string(needed) +
                                                 " beats that are needed at once");
}

/// [beats] that the buffer must hold, or an issue waits for ever.
std::int64_t TimedSchedule::beats_needed() const {
  std::int64_t needed = 0;
  std::int64_t freed = 0;
  for (std::int64_t start = 0; start <= period_beats_; start += period_beats_) {
    for (std::size_t i = 0; i < issues_.size(); ++i) {
      if (timing_.hold == Hold::kIssue) freed = std::max(freed, start + issues_[i].oldest);
      if (issues_[i].newest >= 0) needed = std::max(needed, start + issues_[i].newest + 1 - freed);
      if (timing_.hold == Hold::kIssue || issues_[i].emits == 0) continue;
      const bool wraps = i + 1 == issues_.size();
      freed = std::max(freed, wraps ? start + period_beats_ + issues_.front().oldest
                                    : start + issues_[i + 1].oldest);
    }
  }
  return needed;
}

void TimedSchedule::end_period() {
  if (++period_ < frame_periods_) return;
  period_ = 0;
  wait_ += timing_.frame_gap;
}

std::optional<Schedule> TimedSchedule::as_schedule() const {
  const bool counts_intake =
      busy_ == BusyRule::kIssueOrIntake || busy_ == BusyRule::kIntakeOrOutput;
  if (timing_.flow != FlowControl::kCredits || timing_.fetch != 0 || timing_.start != 0 ||
      timing_.interval != 1 || (timing_.frame_gap != 0 && busy_ != BusyRule::kIssue) ||
      (timing_.capacity == 0 && counts_intake)) {
    return std::nullopt;
  }
  const Issue& first = issues_.front();
  const bool begins_with_input = first.newest >= 0 || (first.first_input == 0 && first.inputs != 0);
  if (!timing_.frames_overlap && !begins_with_input) return std::nullopt;
  const bool one_inside = timing_.latency == 1 && timing_.queue == 1;
  const bool waits_for_outputs = !timing_.frames_overlap || timing_.hold == Hold::kOutput;
  if ((busy_ == BusyRule::kOutputFirst && !one_inside) ||
      (waits_for_outputs && pushed_.size() != 1)) {
    return std::nullopt;
  }
  Schedule schedule;
  schedule.issues = issues_;
  schedule.beats = timing_.capacity != 0 ? period_beats_ : 0;
  schedule.capacity = timing_.capacity;
  schedule.release = static_cast<int>(timing_.release);
  schedule.latency = static_cast<int>(timing_.latency);
  schedule.busy = busy_;
  schedule.queue = timing_.queue;
  schedule.room_after = static_cast<int>(timing_.room_after);
  schedule.intake = static_cast<int>(timing_.intake);
  schedule.holds_until_output = timing_.hold == Hold::kOutput;
  schedule.frame_periods = frame_periods_;
  schedule.frame_gap = timing_.frame_gap;
  schedule.frames_overlap = timing_.frames_overlap;
  return schedule;
}

bool TimedSchedule::waits_for_input(std::size_t index) const {
  if (index == 0 && timing_.capacity != 0) return true;
  return index >= issue_.issue->first_input &&
         index < std::size_t{issue_.issue->first_input} + issue_.issue->inputs;
}

std::uint64_t TimedSchedule::measure_interval(std::uint64_t results) {
  struct Free {
    static bool can_pop(std::size_t) { return true; }
    static bool can_push(std::size_t) { return true; }
    void pop(std::size_t) {}
    void push(std::size_t output) { results += output == 0 ? 1 : 0; }
    std::uint64_t results = 0;
  };
  constexpr int kLeast = 4;  // rounds until the buffers have filled
  constexpr int kMost = 64;
  // A round is what repeats: a period, or a frame where frames are not like their periods.
  const bool by_period = timing_.frames_overlap && timing_.frame_gap == 0;
  const std::uint64_t round = period_results_ * (by_period ? 1 : frame_periods_);
  Free world;
  std::uint64_t cycles = 0;
  std::uint64_t end = 0;
  std::uint64_t interval = 0;
  for (int n = 0; n < kMost; ++n) {
    while (world.results < round * (static_cast<std::uint64_t>(n) + 1)) {
      tick(world);
      ++cycles;
    }
    const std::uint64_t before = interval;
    interval = cycles - end;
    end = cycles;
    if (n >= kLeast && interval == before) break;
  }
  return (interval * results + round - 1) / round;
}

}  // namespace qnnsim
