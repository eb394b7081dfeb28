// SPDX-License-Identifier: Apache-2.0
#include "analysis/depth_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <thread>
#include <utility>

namespace qnnsim {
namespace {

/// Rounds that find the FIFOs which matter, before a minimal design is looked for.
constexpr int kRoundsBefore = 2;
/// Rounds in which the gap must become smaller.
constexpr int kPatience = 25;
/// [beats per frame] of a graph that is quick enough to learn much from every conflict.
constexpr std::uint64_t kQuickBeats = 1'000'000;

}  // namespace

DepthSearch::DepthSearch(const StreamGraph& graph, const Goal& goal, std::vector<DepthChoice> fifos,
                         const SearchOptions& options, std::set<Demand> known)
    : fifos_(std::move(fifos)),
      options_(options),
      deadline_(Deadline::after(options.budget_seconds, options.stop)),
      demands_(std::move(known)),
      tests_are_quick_(graph.beats < kQuickBeats) {
  for (int i = 0; i < std::max(1, options.threads); ++i) {
    oracles_.push_back(std::make_unique<DepthOracle>(graph, goal));
  }
}

Verdict DepthSearch::begin() {
  best_ = deepest();
  const Verdict verdict = oracles_.front()->begin(depths(best_), options_.stop);
  for (auto& oracle : oracles_) oracle->begin_like(*oracles_.front());
  ++tests_;
  return verdict;
}

void DepthSearch::run() {
  double bound_then = 0;
  for (int round = 1; !out_of_time(); ++round) {
    if (!raise_bound()) break;
    if (optimal_) return;
    if (round == kRoundsBefore) descend();
    if (round % kPatience != 0) continue;
    // Go on only while the gap closes.
    if (bound_ - bound_then < 0.1 * (cost(best_) - bound_)) break;
    bound_then = bound_;
  }
  if (!minimal_) descend();
}

std::vector<std::uint64_t> DepthSearch::depths(const Choices& choices) const {
  std::vector<std::uint64_t> depths;
  for (std::size_t i = 0; i < choices.size(); ++i) depths.push_back(fifos_[i].depths[choices[i]]);
  return depths;
}

std::uint64_t DepthSearch::frames() const {
  return std::accumulate(
      oracles_.begin(), oracles_.end(), std::uint64_t{0},
      [](std::uint64_t sum, const auto& oracle) { return sum + oracle->frames_computed(); });
}

/// Tests a design; what it conflicts with is a demand on all designs. One that misses a demand
/// known already is not computed again.
Verdict DepthSearch::test(const Choices& choices, std::size_t thread) {
  {
    const std::lock_guard lock(mutex_);
    const bool known_to_miss =
        std::any_of(demands_.begin(), demands_.end(), [&](const Demand& demand) {
          return std::all_of(demand.begin(), demand.end(),
                             [&](const auto& part) { return choices[part.first] <= part.second; });
        });
    if (known_to_miss) return {Verdict::Kind::kTooSlow, {}};
  }
  ++tests_;
  Verdict verdict = oracles_[thread]->test(depths(choices), options_.stop);
  const std::lock_guard lock(mutex_);
  for (const Conflict& conflict : verdict.conflicts) {
    Demand demand;
    for (std::uint32_t edge : conflict) demand.push_back({edge, choices[edge]});
    demands_.insert(std::move(demand));
  }
  return verdict;
}

void DepthSearch::for_each(std::size_t items,
                           const std::function<void(std::size_t, std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&](std::size_t thread) {
    for (std::size_t i = next++; i < items; i = next++) work(i, thread);
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min(items, oracles_.size()); ++i) threads.emplace_back(run, i);
  run(0);
  for (std::thread& thread : threads) thread.join();
}

double DepthSearch::cost(const Choices& choices) const {
  double sum = 0;
  for (std::size_t i = 0; i < choices.size(); ++i) sum += fifos_[i].costs[choices[i]];
  return sum;
}

std::uint32_t DepthSearch::last_choice(std::size_t fifo) const {
  return static_cast<std::uint32_t>(fifos_[fifo].depths.size() - 1);
}

Choices DepthSearch::deepest() const {
  Choices choices;
  for (std::size_t i = 0; i < fifos_.size(); ++i) choices.push_back(last_choice(i));
  return choices;
}

bool DepthSearch::out_of_time() {
  if (deadline_.passed()) interrupted_ = true;
  return interrupted_;
}

/// The cheapest design that no demand forbids: it is the optimum, or teaches a new demand. False
/// if neither can be told.
bool DepthSearch::raise_bound() {
  const Choices cheapest = cheapest_depths(fifos_, {demands_.begin(), demands_.end()});
  bound_ = cost(cheapest);
  report();
  if (bound_ >= cost(best_)) return optimal_ = true;
  const Verdict verdict = test(cheapest, 0);
  if (verdict.meets()) {
    best_ = cheapest;
    return optimal_ = true;
  }
  for_each(verdict.conflicts.size(), [&](std::size_t i, std::size_t thread) {
    if (tests_are_quick_) {
      grow_one_by_one(verdict.conflicts[i], cheapest, thread);
    } else {
      grow_together(verdict.conflicts[i], cheapest, thread);
    }
  });
  return verdict.kind != Verdict::Kind::kUnknown;
}

/// A stronger demand: how much deeper may each FIFO of a conflict be, and the goal is still
/// missed whatever the others are?
void DepthSearch::grow_one_by_one(const Conflict& conflict, const Choices& choices,
                                  std::size_t thread) {
  Choices trial = deepest();
  for (std::uint32_t edge : conflict) trial[edge] = choices[edge];
  for (std::uint32_t edge : conflict) {
    std::uint32_t missed = trial[edge];
    std::uint32_t enough = last_choice(edge) + 1;
    for (std::uint32_t next = last_choice(edge); missed + 1 < enough && !out_of_time();) {
      trial[edge] = next;
      const Verdict verdict = test(trial, thread);
      (verdict.kind == Verdict::Kind::kMeets ? enough : missed) = next;
      next = (missed + enough) / 2;
    }
    trial[edge] = missed;
  }
}

/// The same for all of them in common steps, which double, then halve.
void DepthSearch::grow_together(const Conflict& conflict, const Choices& choices,
                                std::size_t thread) {
  Choices trial = deepest();
  std::uint32_t room = 0;
  for (std::uint32_t edge : conflict) room = std::max(room, trial[edge] - choices[edge]);
  std::uint32_t missed = 0;     // steps that do not suffice
  std::uint32_t enough = room;  // steps that do
  for (std::uint32_t step = 1; missed + 1 < enough && !out_of_time();) {
    const std::uint32_t steps = std::min(missed + step, enough - 1);
    for (std::uint32_t edge : conflict) {
      trial[edge] = std::min(choices[edge] + steps, last_choice(edge));
    }
    if (test(trial, thread).kind == Verdict::Kind::kMeets) {
      enough = steps;
    } else {
      missed = steps;
    }
    step = missed + 2 * step < enough ? 2 * step : std::max(1u, (enough - missed) / 2);
  }
}

/// The least choice of each FIFO that demands on it alone leave.
Choices DepthSearch::least_choices() const {
  Choices least(fifos_.size(), 0);
  for (const Demand& demand : demands_) {
    if (demand.size() > 1) continue;
    const auto& [fifo, choice] = demand.front();
    least[fifo] = std::max(least[fifo], choice + 1);
  }
  return least;
}

/// A design that meets the goal, and with no FIFO one step shallower does not. One pass does: what
/// a FIFO needs beside deeper ones it needs beside shallower ones.
void DepthSearch::descend() {
  const Choices least = least_choices();
  std::vector<bool> demanded(fifos_.size(), false);
  for (const Demand& demand : demands_) {
    for (const auto& part : demand) demanded[part.first] = true;
  }
  // FIFOs without a demand may most probably be as shallow as can be, many at a time; then the
  // others one by one, what may save most first.
  Group free;
  Group alone;
  for (std::size_t i = 0; i < fifos_.size(); ++i) {
    if (best_[i] > least[i]) (demanded[i] ? alone : free).push_back(i);
  }
  lower_together(free, least);
  const auto saving = [&](std::size_t i) {
    return fifos_[i].costs[best_[i]] - fifos_[i].costs[least[i]];
  };
  std::stable_sort(alone.begin(), alone.end(),
                   [&](std::size_t a, std::size_t b) { return saving(a) > saving(b); });
  for (std::size_t fifo : alone) {
    report();
    lower(fifo, least[fifo]);
  }
  minimal_ = !out_of_time();
}

/// Makes each of a group of FIFOs of the best design as shallow as the goal allows, in the hope
/// that most can be `least`.
void DepthSearch::lower_together(const Group& group, const Choices& least) {
  if (group.empty() || out_of_time()) return;
  report();
  if (group.size() == 1) return lower(group.front(), least[group.front()]);
  Choices trial = best_;
  for (std::size_t fifo : group) trial[fifo] = least[fifo];
  if (test(trial, 0).meets()) {
    best_ = trial;
    return;
  }
  const auto middle = group.begin() + static_cast<std::ptrdiff_t>(group.size() / 2);
  lower_together({group.begin(), middle}, least);
  lower_together({middle, group.end()}, least);
}

/// Makes one FIFO of the best design as shallow as the goal allows, not below `least`.
void DepthSearch::lower(std::size_t fifo, std::uint32_t least) {
  // First what would save most, and one step, without which there is nothing to gain; then thirds.
  std::uint32_t low = least;
  std::vector<std::uint32_t> tried = {low, best_[fifo] - 1};
  while (low < best_[fifo] && !out_of_time()) {
    std::vector<Verdict> verdicts(2);
    for_each(2, [&](std::size_t i, std::size_t thread) {
      Choices trial = best_;
      trial[fifo] = tried[i];
      verdicts[i] = test(trial, thread);
    });
    if (verdicts[0].meets()) {
      best_[fifo] = tried[0];
    } else if (verdicts[1].meets()) {
      best_[fifo] = tried[1];
      low = tried[0] + 1;
    } else {
      low = tried[1] + 1;
    }
    const std::uint32_t between = best_[fifo] - low;
    tried = {low + between / 3, low + 2 * between / 3};
  }
}

void DepthSearch::report() {
  if (!options_.progress) return;
  options_.progress(fmt::format("{} designs tested, {} conflicts, cost {:.0f} to {:.0f}",
                                tests_.load(), demands_.size(), bound_, cost(best_)));
}

std::vector<Verdict> DepthSearch::one_step_less() {
  std::vector<Verdict> verdicts(best_.size());
  for_each(best_.size(), [&](std::size_t i, std::size_t thread) {
    if (best_[i] == 0 || deadline_.passed() || interrupted_) return;
    Choices trial = best_;
    --trial[i];
    verdicts[i] = oracles_[thread]->test(depths(trial), options_.stop);
  });
  return verdicts;
}

}  // namespace qnnsim
