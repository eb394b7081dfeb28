// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>
#include <vector>

#include "analysis/folding/intervals.h"
#include "analysis/folding/solvers.h"

namespace qnnsim {
namespace {

using Clock = std::chrono::steady_clock;

class ExactSolver {
 public:
  ExactSolver(const FoldingSpace& space, const SolverTask& task)
      : space_(space), task_(task), intervals_(space) {
    whole_ = Deadline::after(task.seconds, task.stop);
  }

  Solution solve() {
    solution_.has_bound = true;
    if (task_.target) {
      keep_target(*task_.target);
    } else {
      bisect();
    }
    solution_.interrupted = whole_.passed();
    return std::move(solution_);
  }

 private:
  /// A share of the time that is left.
  Deadline slice() const {
    constexpr double kShare = 0.2;
    if (!whole_.end) return whole_;
    const std::chrono::duration<double> left = *whole_.end - Clock::now();
    return Deadline::after(std::max(1e-3, left.count() * kShare), task_.stop);
  }

  TargetOutcome test(std::uint64_t target) {
    if (task_.progress) {
      task_.progress(fmt::format("{} intervals tested, best {} cycles, not below {}",
                                 solution_.tried, solution_.totals.cycles,
                                 solution_.interval_bound));
    }
    ++solution_.tried;
    TargetSearch search(space_, task_.limits, target);
    TargetOutcome outcome = search.find(slice());
    if (outcome.status == TargetOutcome::Status::kDoesNotFit &&
        (!solution_.refused || *solution_.refused < target)) {
      solution_.refused = target;
      solution_.refusal = outcome.refusal;
      solution_.least_overuse = outcome.least_overuse;
    }
    return outcome;
  }

  void take(const FoldingChoice& choice) {
    solution_.found = true;
    solution_.choice = choice;
    solution_.totals = space_.evaluate(choice);
    solution_.cost = cost_of(space_, task_, solution_.totals);
  }

  /// The folding of least cost among those of at most `target` cycles.
  void make_cheap(std::uint64_t target) {
    TargetSearch search(space_, task_.limits, target);
    const TargetOutcome outcome = search.cheapest(solution_.choice, slice());
    take(outcome.choice);
    solution_.cost_bound = outcome.cost_bound;
  }

  void keep_target(std::uint64_t target) {
    const TargetOutcome outcome = test(target);
    if (outcome.status != TargetOutcome::Status::kFits) return;
    take(outcome.choice);
    make_cheap(target);
    solution_.interval_bound = solution_.totals.cycles;
  }

  void bisect() {
    std::uint64_t low = 0;                   // first interval that is not ruled out
    std::uint64_t high = intervals_.size();  // first that fits
    solution_.interval_bound = intervals_[0];
    std::uint64_t unknown_from = intervals_.size();  // first whose answer is not known
    std::uint64_t middle = 0;
    while (low < high && !whole_.passed()) {
      const TargetOutcome outcome = test(intervals_[middle]);
      if (outcome.status == TargetOutcome::Status::kFits) {
        take(outcome.choice);
        high = std::min(middle, intervals_.at_least(solution_.totals.cycles));
      } else {
        // What rules an interval out rules out all shorter ones.
        const bool is_known = outcome.status == TargetOutcome::Status::kDoesNotFit;
        unknown_from = is_known ? intervals_.size() : std::min(unknown_from, middle);
        low = middle + 1;
      }
      const std::uint64_t proven = std::min(low, unknown_from);
      if (proven < intervals_.size()) solution_.interval_bound = intervals_[proven];
      // The best is rather near the shortest intervals: from there on in doubled steps.
      middle = solution_.found
                   ? low + (high - low) / 2
                   : std::min(intervals_.size() - 1, 2 * std::max<std::uint64_t>(low, 1));
    }
    if (!solution_.found) return;
    make_cheap(solution_.totals.cycles);
  }

  const FoldingSpace& space_;
  const SolverTask& task_;
  const Intervals intervals_;
  Deadline whole_;
  Solution solution_;
};

}  // namespace

std::int64_t cost_of(const FoldingSpace& space, const SolverTask& task,
                     const FoldingTotals& totals) {
  const std::int64_t bytes = space.traffic_in(task.target.value_or(totals.cycles));
  return ShareCost(task.limits, bytes).of(totals.resources, totals.traffic);
}

Solution solve_exact(const FoldingSpace& space, const SolverTask& task) {
  return ExactSolver(space, task).solve();
}

}  // namespace qnnsim
