// SPDX-License-Identifier: Apache-2.0
#include "analysis/depth_oracle.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "sim/deadlock.h"
#include "sim/fast/fast_engine.h"

namespace qnnsim {
namespace {

/// Frames after which neither a repeating schedule nor a slow cycle has appeared. A slow cycle
/// shows once the beats on it wait for each other alone; the frames before fill the pipeline.
constexpr int kMostFramesTried = 200;

}  // namespace

Verdict DepthOracle::begin(const std::vector<std::uint64_t>& deepest,
                           const std::atomic<bool>* stop) {
  deepest_.reset();
  const Verdict verdict = test(deepest, stop);
  if (!verdict.meets() || goal_.interval == 0) return verdict;
  const auto steady = std::make_shared<Times>(graph_);
  steady->resume(times_, deepest);
  deepest_ = steady;
  return verdict;
}

Verdict DepthOracle::test(const std::vector<std::uint64_t>& depths, const std::atomic<bool>* stop) {
  if (goal_.latency > 0) {
    Verdict verdict = test_end(depths, 1, goal_.latency);
    if (!verdict.meets()) return verdict;
  }
  if (goal_.end > 0) {
    Verdict verdict = test_end(depths, goal_.frames, goal_.end);
    if (!verdict.meets()) return verdict;
  }
  if (goal_.interval == 0) return {Verdict::Kind::kMeets, {}};
  times_.set_pace(goal_.interval);
  if (deepest_ != nullptr) {
    times_.resume(*deepest_, depths);
  } else {
    times_.reset(depths);
  }
  return settle(stop);
}

void DepthOracle::feed() {
  times_.feed(1);
  ++frames_computed_;
}

Verdict DepthOracle::settle(const std::atomic<bool>* stop) {
  State before = take_state();  // what another oracle has traced ends here
  for (int frame = 0; frame < kMostFramesTried; ++frame) {
    if (stop != nullptr && stop->load()) return {};
    feed();
    if (!times_.has_flown()) return deadlock();
    State after = take_state();
    if (after.counts == before.counts) {
      const bool repeats =
          after.places == before.places &&
          std::equal(
              after.cycles.begin(), after.cycles.end(), before.cycles.begin(),
              [&](std::int64_t now, std::int64_t then) { return now == then + goal_.interval; });
      if (repeats) return {Verdict::Kind::kMeets, {}};
      std::vector<Conflict> conflicts = slow_cycles(before, after);
      if (!conflicts.empty()) return {Verdict::Kind::kTooSlow, std::move(conflicts)};
    }
    before = std::move(after);
  }
  return {};
}

Verdict DepthOracle::test_end(const std::vector<std::uint64_t>& depths, std::uint64_t frames,
                              std::int64_t end) {
  times_.set_pace(0);
  times_.reset(depths);
  for (std::uint64_t frame = 0; frame < frames; ++frame) {
    feed();
    if (!times_.has_flown()) return deadlock();
  }
  const TracedTime& last = times_.frame_ends().back();
  if (last.cycle() <= end) return {Verdict::Kind::kMeets, {}};
  return {Verdict::Kind::kTooSlow, {times_.trace().fifos.members(last.full())}};
}

Verdict DepthOracle::deadlock() const {
  const Standstill standstill = standstill_of(graph_, times_);
  Conflict full;
  for (const Blame& blame : circle_of_waits(graph_, standstill)) {
    if (standstill.fifos[blame.edge].writer_waits) {
      full.push_back(static_cast<std::uint32_t>(blame.edge));
    }
  }
  std::sort(full.begin(), full.end());
  return {Verdict::Kind::kDeadlock, {std::move(full)}};
}

/// The state at the end of a frame; chains of waits begin here anew.
DepthOracle::State DepthOracle::take_state() {
  State state;
  state.counts = times_.counts();
  std::uint32_t number = 0;
  times_.for_each_live_time([&](TracedTime& time, std::uint64_t place) {
    state.places.push_back(place);
    state.cycles.push_back(time.cycle());
    state.origins.push_back(time.origin());
    state.full.push_back(time.full());
    time.begin_trace(number++);
  });
  return state;
}

std::vector<Conflict> DepthOracle::slow_cycles(const State& before, const State& after) const {
  // Each live time stems from one live time a frame before, that one, being the same event in every
  // frame, from another: chains that, followed back from any of them, end in a cycle, or outside.
  std::unordered_map<std::uint64_t, std::uint32_t> at_place;
  for (std::uint32_t i = 0; i < after.places.size(); ++i) at_place[after.places[i]] = i;
  const auto origin_of = [&](std::uint32_t time) {
    const std::uint32_t origin = after.origins[time];
    if (origin == TracedTime::kOutside) return TracedTime::kOutside;
    const auto same_event = at_place.find(before.places[origin]);
    return same_event == at_place.end() ? TracedTime::kOutside : same_event->second;
  };
  constexpr std::uint32_t kNew = 0xffffffffu;
  std::vector<std::uint32_t> visited_from(after.places.size(), kNew);
  std::set<Conflict> conflicts;
  for (std::uint32_t start = 0; start < after.places.size(); ++start) {
    std::uint32_t at = start;
    while (at != TracedTime::kOutside && visited_from[at] == kNew) {
      visited_from[at] = start;
      at = origin_of(at);
    }
    if (at == TracedTime::kOutside || visited_from[at] != start) continue;
    std::int64_t excess = 0;  // [cycles] that the chain takes more than its frames may
    Conflict full;
    std::uint32_t on_cycle = at;
    do {
      excess += after.cycles[on_cycle] - before.cycles[after.origins[on_cycle]] - goal_.interval;
      const Conflict& members = times_.trace().fifos.members(after.full[on_cycle]);
      full.insert(full.end(), members.begin(), members.end());
      on_cycle = origin_of(on_cycle);
    } while (on_cycle != at);
    if (excess <= 0) continue;
    std::sort(full.begin(), full.end());
    full.erase(std::unique(full.begin(), full.end()), full.end());
    conflicts.insert(std::move(full));
  }
  return {conflicts.begin(), conflicts.end()};
}

}  // namespace qnnsim
