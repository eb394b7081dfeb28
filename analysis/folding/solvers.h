// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "analysis/folding/folding_space.h"
#include "analysis/folding/target_search.h"

namespace qnnsim {

/// What a solver is to find: the shortest interval, and of its foldings the one of least ShareCost;
/// with a target, the least ShareCost of all that keep it.
struct SolverTask {
  Resources limits;
  std::optional<std::uint64_t> target;  ///< [cycles per frame] at most
  double seconds = 0;                   ///< 0: no limit
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const std::string&)> progress;
  std::uint64_t seed = 1;
};

/// A folding, and what is known of better ones.
struct Solution {
  bool found = false;
  FoldingChoice choice;
  FoldingTotals totals;
  std::int64_t cost = 0;             ///< ShareCost
  bool has_bound = false;            ///< the solver proves something: what follows is known
  std::uint64_t interval_bound = 0;  ///< [cycles] no folding that fits has a shorter interval
  std::int64_t cost_bound = 0;       ///< none of this interval (that keeps the target) costs less
  std::optional<std::uint64_t> refused;  ///< [cycles] the longest interval ruled out, and why
  Refusal refusal;
  double least_overuse = 0;  ///< where nothing fits: largest share of a limit in the best seen
  std::uint64_t tried = 0;   ///< foldings, or intervals, looked at
  bool interrupted = false;

  bool optimal() const { return has_bound && found && totals.cycles == interval_bound; }
  bool least() const { return has_bound && found && cost == cost_bound; }
};

/// The ShareCost of a folding within the limits of the task: at its target, else at its interval.
std::int64_t cost_of(const FoldingSpace& space, const SolverTask& task,
                     const FoldingTotals& totals);

/// Bisection over the intervals that options have; each is decided by TargetSearch.
Solution solve_exact(const FoldingSpace& space, const SolverTask& task);

/// SAMO's rule (Montgomerie-Corcoran et al., FPL 2022; samo/optimiser/rule.py): from no parallelism
/// on, the slowest layer takes, of the next two faster steps that fit, the one of least mean share.
Solution solve_rule(const FoldingSpace& space, const SolverTask& task);

/// FINN's SetFolding (transformation/fpgadataflow/set_folding.py): every layer alone takes the
/// least SIMD, then the least PE, that keep the target; again with the interval so achieved. It
/// looks at no resource; without a target, the shortest one whose result fits.
Solution solve_finn(const FoldingSpace& space, const SolverTask& task);

/// Simulated annealing with SAMO's schedule: T = 10, k = 100, T_min = 0.001, cooling 0.995, 100
/// changes at each temperature. A change is another option of one layer.
Solution solve_annealing(const FoldingSpace& space, const SolverTask& task, double clock_mhz);

/// Gives source and sink the widths of the layers that they are tied to.
void adapt_ends(const FoldingSpace& space, FoldingChoice& choice);

/// Every folding there is.
Solution solve_brute(const FoldingSpace& space, const SolverTask& task);

}  // namespace qnnsim
