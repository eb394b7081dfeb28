// SPDX-License-Identifier: Apache-2.0
#include "analysis/point_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace qnnsim {
namespace {

/// [beats] of a queue that is never full.
constexpr std::int64_t kEndless = 256;
constexpr std::size_t kMostFound = 8;  ///< of one style

using Flow = std::pair<FlowControl, std::int64_t>;  ///< and `room_after`

/// What the output side may be, the simplest first.
constexpr Flow kFlows[] = {{FlowControl::kCredits, 0},
                           {FlowControl::kCredits, 1},
                           {FlowControl::kFrozen, 0},
                           {FlowControl::kFrozen, 1},
                           {FlowControl::kLocked, 0}};

/// What the input side may be, the simplest first; `capacity` only says whether there is a buffer.
std::vector<KernelTiming> input_styles() {
  std::vector<KernelTiming> styles;
  for (bool overlap : {true, false}) {
    KernelTiming style;
    style.frames_overlap = overlap;
    styles.push_back(style);
    style.capacity = 1;
    for (const auto& [hold, fetch] :
         {std::pair(Hold::kIssue, 0), std::pair(Hold::kIssue, 1), std::pair(Hold::kOutput, 0)}) {
      for (int intake : {1, 0, 2, 3}) {
        for (int release : {1, 0, 2, 3}) {
          style.hold = hold;
          style.fetch = fetch;
          style.intake = intake;
          style.release = release;
          styles.push_back(style);
        }
      }
    }
  }
  return styles;
}

auto style_key(const KernelTiming& t) {
  return std::tuple(t.flow, t.room_after, t.capacity != 0, t.intake, t.release, t.hold, t.fetch,
                    t.frames_overlap);
}

std::size_t find_pressure(const std::vector<CalibrationPressure>& pressures,
                          const std::string& word) {
  for (std::size_t i = 0; i < pressures.size(); ++i) {
    if (pressures[i].name.rfind(word, 0) == 0) return i;
  }
  return 0;
}

}  // namespace

bool operator==(const KernelTiming& a, const KernelTiming& b) {
  return style_key(a) == style_key(b) &&
         std::tie(a.latency, a.queue, a.capacity, a.start, a.interval, a.frame_gap) ==
             std::tie(b.latency, b.queue, b.capacity, b.start, b.interval, b.frame_gap);
}

KernelTiming style_of(const KernelTiming& timing) {
  KernelTiming style = timing;
  const KernelTiming none;
  style.latency = none.latency;
  style.queue = none.queue;
  style.capacity = timing.capacity == 0 ? 0 : 1;
  style.start = none.start;
  style.interval = none.interval;
  style.frame_gap = none.frame_gap;
  return style;
}

std::string style_text(const KernelTiming& timing) {
  std::string text(kFlowControlNames[static_cast<std::size_t>(timing.flow)]);
  if (timing.room_after != 0) text += fmt::format(", room after {}", timing.room_after);
  if (timing.capacity != 0) {
    text += fmt::format(", intake {}, release {}", timing.intake, timing.release);
    if (timing.hold == Hold::kOutput) text += ", held until output";
    if (timing.fetch != 0) text += ", operand register";
  } else {
    text += ", no buffer";
  }
  if (!timing.frames_overlap) text += ", frames apart";
  return text;
}

PointSearch::PointSearch(const CalibrationFile& file, std::size_t point, const PointTrace& traces,
                         Cycle tolerance, const std::atomic<bool>* stop)
    : point_(file.points[point]),
      traces_(traces),
      tolerance_(tolerance),
      stop_(stop),
      schedule_(point_.model->schedule().value()),
      pressures_(calibration_pressures(*point_.model, file.seed, file.steady)),
      free_(find_pressure(pressures_, "free")),
      blocked_(find_pressure(pressures_, "blocked")),
      unbounded_(1) {
  for (const Port& port : point_.model->inputs()) {
    unbounded_ += static_cast<std::int64_t>(point_.frames * port.beats);
  }
  unbounded_ += schedule_.capacity + schedule_.beats;
}

std::optional<BeatDifference> PointSearch::run(const KernelTiming& timing,
                                               std::size_t pressure) const {
  TimedSchedule schedule(schedule_, timing, point_.model->inputs(), point_.model->outputs());
  return first_difference(schedule, pressures_[pressure], traces_.runs[pressure], tolerance_);
}

RunTrace PointSearch::model_run(const KernelTiming& timing, std::size_t index, Cycle more) const {
  TimedSchedule schedule(schedule_, timing, point_.model->inputs(), point_.model->outputs());
  return simulate_beats(schedule, pressures_[index], traces_.runs[index], more);
}

std::optional<Attempt> PointSearch::check(const KernelTiming& timing) const {
  for (std::size_t i = 0; i < pressures_.size(); ++i) {
    if (const auto difference = run(timing, i)) return Attempt{timing, i, *difference};
  }
  return std::nullopt;
}

void PointSearch::note(const Attempt& attempt) {
  const auto reach = [](const Attempt& a) { return std::pair(a.pressure, a.difference.cycle()); };
  const auto [best, is_new] = best_.emplace(attempt.timing.flow, attempt);
  if (!is_new && reach(best->second) < reach(attempt)) best->second = attempt;
}

/// Does the model take a beat that the RTL has no place for yet?
bool PointSearch::is_early(const KernelTiming& timing, std::size_t pressure) const {
  const auto difference = run(timing, pressure);
  return difference && difference->stream == 0 && difference->model;
}

/// The smallest buffer that the model can have.
std::int64_t PointSearch::least_capacity(const KernelTiming& timing) const {
  std::int64_t low = 1;
  std::int64_t high = kMostTiming;
  while (low < high) {
    KernelTiming tried = timing;
    tried.capacity = low + (high - low) / 2;
    try {
      TimedSchedule check(schedule_, tried, point_.model->inputs(), point_.model->outputs());
      high = tried.capacity;
    } catch (const ParameterError&) {
      low = tried.capacity + 1;
    }
  }
  return low;
}

/// The largest buffer below `too_large` with which the model does not take a beat too early; 0 if
/// there is none.
std::int64_t PointSearch::largest_capacity(KernelTiming timing, std::size_t pressure,
                                           std::int64_t too_large) const {
  std::int64_t low = least_capacity(timing) - 1;
  std::int64_t high = too_large;
  const std::int64_t none = low;
  while (high - low > 1) {
    timing.capacity = low + (high - low) / 2;
    (is_early(timing, pressure) ? high : low) = timing.capacity;
  }
  return low == none ? 0 : low;
}

/// Sets the latency, and in `gap` what the results alone say of the pause between frames. Returns
/// whether there is one that may be right.
bool PointSearch::fit_latency(KernelTiming& timing, std::int64_t& gap) const {
  const std::size_t output = pressures_[free_].inputs.size();
  const std::vector<Cycle>& rtl = traces_.runs[free_].streams[output].moved;
  timing.latency = timing.flow == FlowControl::kLocked ? 2 : 1;
  const std::vector<Cycle> model = model_run(timing, free_, 0).streams[output].moved;
  if (rtl.empty() || model.empty() || rtl[0] < model[0]) return false;
  const Cycle delay = rtl[0] - model[0];
  timing.latency += static_cast<std::int64_t>(delay);
  const std::uint64_t frame = point_.model->outputs()[0].beats;
  const std::size_t both = std::min(rtl.size(), model.size());
  for (std::size_t beat = 0; beat < both; ++beat) {
    if (rtl[beat] == model[beat] + delay) continue;
    if (rtl[beat] > model[beat] + delay && beat % frame == 0) {
      gap = static_cast<std::int64_t>(rtl[beat] - model[beat] - delay);
    }
    break;
  }
  return true;
}

/// Changes `timing` until the model follows the RTL in free flow; `bounded` becomes whether the
/// buffer has been full. Returns whether it does, then also while lone beats come.
bool PointSearch::fit_free_flow(KernelTiming& timing, bool& bounded) {
  const std::size_t output = pressures_[free_].inputs.size();
  const auto is_boundary = [&](const BeatDifference& difference) {
    const Port& port = difference.stream < output
                           ? point_.model->inputs()[difference.stream]
                           : point_.model->outputs()[difference.stream - output];
    return difference.beat != 0 && difference.beat % port.beats == 0;
  };
  constexpr int kMostRepairs = 6;
  for (int repair = 0; repair < kMostRepairs; ++repair) {
    const auto difference = run(timing, free_);
    if (!difference) break;
    note({timing, free_, *difference});
    const bool early = difference->model && difference->rtl;
    const auto delay = early ? static_cast<std::int64_t>(*difference->rtl - *difference->model) : 0;
    if (difference->stream == 0 && output != 0 && difference->model && !bounded) {
      timing.capacity = largest_capacity(timing, free_, timing.capacity);
      bounded = true;
      if (timing.capacity != 0) continue;
    } else if (early && timing.frame_gap == 0 && is_boundary(*difference)) {
      timing.frame_gap = delay;
      continue;
    } else if (early && timing.interval == 1 && difference->beat != 0) {
      timing.interval += delay;
      continue;
    }
    return false;
  }
  for (std::size_t i = 0; i < pressures_.size(); ++i) {
    const CalibrationPressure& pressure = pressures_[i];
    const bool is_free = std::all_of(pressure.outputs.begin(), pressure.outputs.end(),
                                     [](const Pressure& sink) { return sink.is_free(); });
    const auto difference = is_free ? run(timing, i) : std::nullopt;
    if (!difference) continue;
    note({timing, i, *difference});
    return false;
  }
  return true;
}

/// The timings of one input side that agree with all that shows while no output is blocked.
std::vector<std::pair<KernelTiming, bool>> PointSearch::fit_input(KernelTiming timing) {
  std::vector<std::pair<KernelTiming, bool>> fits;
  const bool is_buffered = timing.capacity != 0;
  if (is_buffered) timing.capacity = unbounded_;
  std::int64_t gap = 0;
  if (!fit_latency(timing, gap)) return fits;
  for (std::int64_t frame_gap : {std::int64_t{0}, gap}) {
    KernelTiming tried = timing;
    tried.frame_gap = frame_gap;
    bool bounded = !is_buffered;
    if (fit_free_flow(tried, bounded)) fits.emplace_back(tried, bounded);
    if (gap == 0) break;
  }
  return fits;
}

/// Sets the largest buffer that a blocked output shows. Returns whether there is one; unbounded_
/// where the buffer was not full then either.
bool PointSearch::fit_capacity(KernelTiming& timing) const {
  const std::int64_t capacity = largest_capacity(timing, blocked_, unbounded_);
  timing.capacity = capacity == unbounded_ - 1 ? unbounded_ : capacity;
  return capacity != 0;
}

/// Adds the timing if the model follows the RTL with it, with the smallest buffer of those that it
/// may have; else notes how far it does. Returns whether it follows.
bool PointSearch::add_if_it_follows(const KernelTiming& timing, bool or_larger,
                                    std::vector<PointTiming>& found) {
  if (const auto attempt = check(timing)) {
    note(*attempt);
    return false;
  }
  found.push_back({timing, or_larger});
  if (!or_larger) return true;
  std::int64_t low = least_capacity(timing) - 1;
  std::int64_t high = timing.capacity;
  KernelTiming tried = timing;
  while (high - low > 1) {
    tried.capacity = low + (high - low) / 2;
    (check(tried) ? low : high) = tried.capacity;
  }
  found.back().timing.capacity = high;
  return true;
}

/// Finds the queue, and the buffer where it is not known yet, for every flow (that of `style` where
/// it is one).
void PointSearch::fit_output(KernelTiming timing, bool bounded, const KernelTiming& style,
                             std::vector<PointTiming>& found) {
  const std::int64_t most = timing.latency + 64;
  for (const auto& [flow, room_after] : kFlows) {
    const bool wanted =
        style.queue != 0 || std::pair(style.flow, style.room_after) == std::pair(flow, room_after);
    if (!wanted) continue;
    timing.flow = flow;
    timing.room_after = room_after;
    const std::size_t before = found.size();
    for (std::int64_t queue = 1; queue <= most && !stopped(); ++queue) {
      timing.queue = queue;
      KernelTiming tried = timing;
      try {
        if (!bounded && !fit_capacity(tried)) break;
        const bool follows = add_if_it_follows(tried, tried.capacity == unbounded_, found);
        if (found.size() >= before + kMostFound) break;
        if (!follows && bounded && !pressures_[blocked_].inputs.empty() &&
            is_early(tried, blocked_)) {
          break;  // a larger queue would take even more
        }
      } catch (const ParameterError&) {
        break;
      }
      if (flow == FlowControl::kLocked) break;
    }
  }
}

/// Is it the input side that the model has?
bool PointSearch::is_own(const KernelTiming& style) const {
  const KernelTiming own = timing_of(schedule_);
  const bool has_buffer = style.capacity != 0;
  if (has_buffer != (own.capacity != 0)) return false;
  return !has_buffer || (style.intake == own.intake && style.release == own.release &&
                         style.hold == own.hold && style.fetch == own.fetch);
}

/// Kernels whose queue is so small that it shows in free flow.
void PointSearch::fit_throttled(const KernelTiming& style, std::vector<PointTiming>& found) {
  constexpr std::int64_t kMostQueue = 8;
  for (const auto& [flow, room_after] : kFlows) {
    for (std::int64_t queue = 1; queue <= kMostQueue && !stopped(); ++queue) {
      KernelTiming timing = style;
      timing.flow = flow;
      timing.room_after = room_after;
      timing.queue = queue;
      try {
        for (auto& [fit, bounded] : fit_input(timing)) {
          if (!bounded && !fit_capacity(fit)) continue;
          add_if_it_follows(fit, fit.capacity == unbounded_, found);
        }
      } catch (const ParameterError&) {
        break;
      }
      if (flow == FlowControl::kLocked) break;
    }
  }
}

std::vector<PointTiming> PointSearch::solve(const std::vector<KernelTiming>& styles,
                                            bool thorough) {
  std::vector<PointTiming> found;
  const bool has_buffer = schedule_.capacity != 0;
  for (bool own : {true, false}) {
    std::vector<KernelTiming> inputs;
    for (KernelTiming style : styles.empty() ? input_styles() : styles) {
      if (!styles.empty()) style.queue = 0;  // its flow only
      if (((style.capacity != 0) == has_buffer) == own) inputs.push_back(style);
    }
    solve_for(inputs, found);
    if (stopped() || (!found.empty() && !thorough)) break;
  }
  return found;
}

/// Adds all timings found whose input side is one of `inputs`.
void PointSearch::solve_for(const std::vector<KernelTiming>& inputs,
                            std::vector<PointTiming>& found) {
  const std::size_t before_all = found.size();
  for (const KernelTiming& style : inputs) {
    if (stopped()) return;
    KernelTiming timing = style;
    timing.flow = FlowControl::kCredits;
    timing.room_after = 0;
    timing.queue = kEndless;
    const std::size_t before = found.size();
    try {
      for (const auto& [fit, bounded] : fit_input(timing)) {
        fit_output(fit, bounded, style, found);
      }
    } catch (const ParameterError&) {
      // a combination that no schedule has
    }
    // What is like the model itself comes before what does the same in another way.
    if (found.size() == before && is_own(style)) fit_throttled(style, found);
  }
  if (found.size() != before_all) return;
  for (const KernelTiming& style : inputs) {
    if (stopped()) return;
    if (!is_own(style)) fit_throttled(style, found);
  }
}

}  // namespace qnnsim
