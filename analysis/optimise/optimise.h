// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/optimise/round.h"

namespace qnnsim {

struct OptimiseResult;

struct OptimiseOptions {
  double target_fps = 0;   ///< [frames / s] that the run must show
  FoldingOptions folding;  ///< platform, limits, memory, budgets, stop and progress
  int rounds = 20;         ///< at most
  std::string journal;     ///< file of the rounds that have ended; empty: none
  bool anew = false;       ///< whatever the journal holds
  std::function<void(const OptimiseResult&)> round_ended;
};

/// The rounds that led to the cheapest design which, folded and sized, keeps a rate.
struct OptimiseResult {
  enum class End { kSettled, kNoFolding, kStandsStill, kRoundsOver, kInterrupted };

  std::string scenario;
  std::string platform;
  std::string cost_model;
  double clock_mhz = 0;
  double target_fps = 0;     ///< [frames / s]
  std::uint64_t target = 0;  ///< [cycles per frame] at most
  Resources device;
  Resources limits;
  std::vector<OptimiseRound> rounds;
  std::optional<std::size_t> best;  ///< of the rounds: meets the target, and takes least; else it
                                    ///< fits, and comes nearest
  End end = End::kSettled;
  std::size_t resumed = 0;  ///< rounds that the journal had
  double seconds = 0;

  bool meets_target() const { return best && rounds[*best].meets(target); }
  double fps(std::uint64_t interval) const { return clock_mhz * 1e6 / double(interval); }
};

/// Folds the scenario file `path` with `settings` for a rate, sizes its FIFOs, runs it as it is,
/// and does so again with what that has shown, until nothing moves (docs/optimise.md). What is
/// wrong with the input goes to `findings`. Throws OutputError if the journal cannot be written.
OptimiseResult optimise(const std::string& path, const std::vector<std::string>& settings,
                        const OptimiseOptions& options, Findings& findings);

}  // namespace qnnsim
