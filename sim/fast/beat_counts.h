// SPDX-License-Identifier: Apache-2.0
#pragma once

// What BeatTimes counts, and where it stands. Part of beat_times.cpp, which instantiates the class:
// what is counted with every beat has to be inlined there.

#include <algorithm>
#include <cstdint>
#include <utility>

#include "sim/fast/beat_times.h"

namespace qnnsim {

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::count_issue(Kernel& kernel, std::int64_t ready, std::int64_t time) {
  CycleCount& count = kernel.count;
  const std::int64_t start = kernel.last.cycle() + 1;
  switch (kernel.busy) {
    case BusyRule::kIssue:
    case BusyRule::kIssueOrIntake:
      count.blocked += time - ready - (kernel.issue->cycles - 1);
      count.busy += kernel.issue->cycles;
      if (kernel.busy == BusyRule::kIssueOrIntake) count_wait(kernel, ready, time);
      break;
    case BusyRule::kOutputFirst: {
      std::int64_t given = start;
      for (const Stream* output : kernel.out) {
        given = std::max(given, output->latest.cycle());
      }
      count.blocked += given - start;
      count.busy += 1;
      break;
    }
    case BusyRule::kIntakeOrOutput:
      break;  // counted with the output
  }
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::count_wait(Kernel& kernel, std::int64_t available,
                                          std::int64_t end) {
  if (kernel.end_wait - kernel.first_wait == kernel.waits.size()) {
    std::vector<Wait> wider(ring_size(2 * kernel.waits.size()));
    for (std::uint64_t i = kernel.first_wait; i < kernel.end_wait; ++i) {
      wider[i & (wider.size() - 1)] = kernel.waits[i & kernel.waits_mask];
    }
    kernel.waits = std::move(wider);
    kernel.waits_mask = kernel.waits.size() - 1;
  }
  kernel.waits[kernel.end_wait++ & kernel.waits_mask] = {available, end};
  merge_intake(kernel);
}

/// A cycle in which a beat enters was counted as a wait, unless something left in it too.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::merge_intake(Kernel& kernel) {
  const Stream& input = *kernel.first_in;
  while (kernel.merged_intake < input.popped && kernel.first_wait < kernel.end_wait) {
    const std::int64_t entry = input.pop_time(kernel.merged_intake).cycle();
    const Wait& wait = kernel.waits[kernel.first_wait & kernel.waits_mask];
    if (wait.end < entry) {
      ++kernel.first_wait;
      continue;
    }
    if (wait.end > entry) {
      if (entry >= wait.available) --kernel.count.blocked;
      ++kernel.count.busy;
    }
    ++kernel.merged_intake;
  }
}

/// Counts the time of a beat in the FIFO, now that it is known.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::count_pop(Stream& s, std::uint64_t beat) {
  const std::int64_t pushed = s.push_time(beat).cycle();
  s.occupancy_cycles += s.pop_time(beat).cycle() - pushed;
  // Each beat finds at most one more in the FIFO than the one before.
  if (s.max_occupancy < s.depth && beat >= s.max_occupancy &&
      s.pop_time(beat - s.max_occupancy).cycle() > pushed) {
    ++s.max_occupancy;
    s.kept = std::max(s.kept, s.max_occupancy + 1);
    s.ring_end = s.pushed;
  }
  // It was full from this push to the pop that made room for the next.
  if (s.max_occupancy == s.depth) {
    const std::int64_t room = s.pop_time(beat + 1 - s.depth).cycle();
    s.full_cycles += std::max(room, pushed) - pushed;
  }
  if (histograms_) merge_passages(s, pushed, s.histogram);
}

template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::Histogram::extend(std::int64_t edge) {
  if (edge + 1 == end) return;
  const std::uint64_t fill = pushes - pops;
  if (fill >= cycles.size()) cycles.resize(fill + 1);
  cycles[fill] += edge + 1 - end;
  end = edge + 1;
}

/// Merges what moved up to edge `last`, all of which is known, in order of time.
template <class Time, bool kCounts>
void BeatTimes<Time, kCounts>::merge_passages(const Stream& s, std::int64_t last,
                                              Histogram& histogram) {
  for (;;) {
    const std::int64_t in =
        histogram.pushes < s.pushed ? s.push_time(histogram.pushes).cycle() : kNever;
    const std::int64_t out =
        histogram.pops < s.popped ? s.pop_time(histogram.pops).cycle() : kNever;
    const std::int64_t next = std::min(in, out);
    if (next > last) return;
    if (in != out) histogram.extend(next);
    if (in == next) ++histogram.pushes;
    if (out == next) ++histogram.pops;
  }
}

template <class Time, bool kCounts>
FifoStatistics BeatTimes<Time, kCounts>::statistics(std::size_t edge, std::int64_t last) const {
  const Stream& s = streams_[edge];
  FifoStatistics result;
  result.max_occupancy = s.max_occupancy;
  result.occupancy_cycles = s.occupancy_cycles;
  result.full_cycles = s.full_cycles;
  for (std::uint64_t beat = s.popped; beat < s.pushed; ++beat) {
    const std::int64_t pushed = s.push_time(beat).cycle();
    if (pushed == last) break;  // nobody saw it any more
    result.occupancy_cycles += last - pushed;
    const auto inside = [&](std::uint64_t earlier) {
      return earlier >= s.popped || s.pop_time(earlier).cycle() > pushed;
    };
    if (beat >= result.max_occupancy && inside(beat - result.max_occupancy)) {
      ++result.max_occupancy;
    }
    if (result.max_occupancy < s.depth || !inside(beat + 1 - s.depth)) continue;
    const bool stays = beat + 1 - s.depth >= s.popped;
    result.full_cycles += (stays ? last : s.pop_time(beat + 1 - s.depth).cycle()) - pushed;
  }
  if (s.histogram.cycles.empty()) return result;
  Histogram histogram = s.histogram;
  merge_passages(s, last, histogram);
  histogram.extend(last);
  result.histogram = std::move(histogram.cycles);
  return result;
}

template <class Time, bool kCounts>
CycleCount BeatTimes<Time, kCounts>::count(int node, std::int64_t last) const {
  const Kernel& k = kernels_[node];
  CycleCount count = k.count;
  const std::int64_t end = last + 1;
  // Cycles from `from` on: starved, from `ready` on busy for a while, then blocked.
  const auto add = [&](std::int64_t from, std::int64_t ready, std::int64_t busy) {
    const std::int64_t first = std::min(std::max(from, ready), end);
    count.starved += first - from;
    const std::int64_t working = std::min(busy, end - first);
    count.busy += working;
    count.blocked += end - first - working;
  };
  const bool counts_output = k.busy == BusyRule::kIntakeOrOutput;
  std::int64_t from = (counts_output ? k.first_out->latest : k.last).cycle() + 1;
  if (from > end) {  // within a gap between frames
    count.busy -= static_cast<std::uint64_t>(from - end);
    from = end;
  }
  count.starved = from - count.busy - count.blocked;
  if (k.kind == Kind::kSource) {
    add(from, k.offered ? k.offer.cycle() : kNever, 0);
    return count;
  }
  if (k.kind == Kind::kSink) {
    const Stream& input = *k.first_in;
    const bool sees = input.popped < input.pushed;
    add(from, sees ? input.push_time(input.popped).cycle() + 1 : kNever, 0);
    return count;
  }
  std::int64_t ready = kNever;
  if (k.busy == BusyRule::kIssue || k.busy == BusyRule::kIssueOrIntake) {
    const std::int64_t cycles = barred(k, end);
    count.starved -= cycles;
    count.blocked += cycles;
  }
  switch (k.busy) {
    case BusyRule::kIssue:
      add(from, available(k), k.issue->cycles - 1);
      return count;
    case BusyRule::kOutputFirst: {
      std::int64_t given = from;
      for (const Stream* output : k.out) {
        if (output->pushed < k.issued) given = end;
        if (output->pushed > 0) {
          given = std::max(given, output->push_time(output->pushed - 1).cycle());
        }
      }
      given = std::min(given, end);
      count.blocked += given - from;
      count.starved += end - given;
      return count;
    }
    case BusyRule::kIssueOrIntake:
      ready = available(k);
      add(from, ready, 0);
      break;
    case BusyRule::kIntakeOrOutput: {
      const Stream& output = *k.first_out;
      if (output.pushed < k.issued) {
        ready = std::max(from, k.emission(output.pushed).cycle() + k.schedule->latency);
      }
      add(from, ready, 0);
      break;
    }
  }
  // Beats that entered since the last wait that has ended.
  const Stream& input = *k.first_in;
  for (std::uint64_t beat = k.merged_intake; beat < input.popped; ++beat) {
    const std::int64_t entry = input.pop_time(beat).cycle();
    --(entry < ready ? count.starved : count.blocked);
    ++count.busy;
  }
  return count;
}

/// Has it done all of a frame but for results that have not left, so that nothing more may enter?
template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::is_leaving(const Kernel& k) {
  return k.frame_beats != 0 && k.first_in->popped == k.frame_end && k.issued == k.frame_results_end;
}

/// [cycles] before `end` in which nothing but that could enter, since the last issue.
template <class Time, bool kCounts>
std::int64_t BeatTimes<Time, kCounts>::barred(const Kernel& k, std::int64_t end) {
  const bool opened = k.frame_beats != 0 && k.first_in->popped != 0 &&
                      k.first_in->popped + k.frame_beats == k.frame_end;
  if (!opened && !is_leaving(k)) return 0;
  const std::int64_t taken_last = k.first_in->pop_time(k.first_in->popped - 1).cycle();
  const std::int64_t left = opened ? k.frame_open.cycle() - 1 : end;
  const std::int64_t idle = std::max(taken_last, k.last.cycle()) + 1;
  return std::max<std::int64_t>(std::min(left, end) - idle, 0);
}

template <class Time, bool kCounts>
std::int64_t BeatTimes<Time, kCounts>::moved_at(std::size_t edge) const {
  const Stream& s = streams_[edge];
  std::int64_t latest = -1;
  if (s.pushed > 0) latest = s.push_time(s.pushed - 1).cycle();
  if (s.popped > 0) latest = std::max(latest, s.pop_time(s.popped - 1).cycle());
  return latest + 1;
}

template <class Time, bool kCounts>
std::int64_t BeatTimes<Time, kCounts>::last_move() const {
  std::int64_t latest = -1;
  for (std::size_t i = 0; i < streams_.size(); ++i) latest = std::max(latest, moved_at(i) - 1);
  for (const Kernel& k : kernels_) {
    latest = std::max(latest, k.last.cycle());
    if (k.kind == Kind::kSource && k.offered) {
      latest = std::max(latest, k.offer.cycle() - 1);
    }
    if (k.schedule == nullptr) continue;
    if (owes(k)) {
      latest = std::max(latest, k.emission(k.issued - 1).cycle() + k.schedule->latency - 1);
    }
    // Issues that do not wait for room go on until the one that does.
    if (k.issue->cycles > 1) {
      const std::int64_t ready = available(k);
      if (ready != kNever) latest = std::max(latest, ready + k.issue->cycles - 2);
    }
  }
  return latest;
}

template <class Time, bool kCounts>
std::int64_t BeatTimes<Time, kCounts>::available(const Kernel& k) const {
  std::int64_t ready = k.last.cycle() + 1;
  if (k.issue->newest >= 0) {
    const auto newest = static_cast<std::uint64_t>(k.period_start + k.issue->newest);
    if (k.first_in->popped <= newest) return kNever;
    ready = std::max(ready, k.first_in->pop_time(newest).cycle() + k.intake);
  }
  const bool takes = k.issue->inputs != 0 && k.issue->first_input == 0;
  if (k.frame_beats != 0 && k.capacity == 0 && takes && k.first_in->popped % k.frame_beats == 0) {
    if (k.first_in->popped == k.frame_end) return kNever;
    ready = std::max(ready, k.frame_open.cycle());
  }
  for (int i = k.issue->first_input; i < k.issue->first_input + k.issue->inputs; ++i) {
    const Stream& input = *k.in[i];
    if (input.is_empty()) return kNever;
    ready = std::max(ready, input.push_time(input.popped).cycle() + 1);
  }
  return ready;
}

template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::owes(const Kernel& k) {
  return std::any_of(k.out.begin(), k.out.end(),
                     [&](const Stream* output) { return output->pushed < k.issued; });
}

template <class Time, bool kCounts>
Activity BeatTimes<Time, kCounts>::waits(int node) const {
  const Kernel& k = kernels_[node];
  switch (k.kind) {
    case Kind::kSource:
      return k.offered ? Activity::kBlocked : Activity::kStarved;
    case Kind::kSink:
      return Activity::kStarved;
    case Kind::kKernel:
      break;
  }
  const bool output_counts =
      k.busy == BusyRule::kOutputFirst || k.busy == BusyRule::kIntakeOrOutput;
  const bool blocked =
      output_counts ? owes(k) : available(k) != kNever || (is_leaving(k) && owes(k));
  return blocked ? Activity::kBlocked : Activity::kStarved;
}

template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::waits_for_input(int node, int port) const {
  const Kernel& k = kernels_[node];
  if (k.schedule == nullptr || (port == 0 && k.capacity != 0)) return true;
  return port >= k.issue->first_input && port < k.issue->first_input + k.issue->inputs;
}

template <class Time, bool kCounts>
bool BeatTimes<Time, kCounts>::waits_for_output(int node, int port) const {
  const Kernel& k = kernels_[node];
  return k.schedule == nullptr || k.out[port]->pushed < k.issued;
}

}  // namespace qnnsim
