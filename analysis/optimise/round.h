// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analysis/folding/fold.h"

namespace qnnsim {

/// What a round is to do; all that the rounds before have taught is in it.
struct RoundTask {
  std::uint64_t interval = 0;  ///< [cycles per frame] at most; 0: the least that fits
  FoldingExperience experience;
};

/// A design that was folded, sized and run.
struct OptimiseRound {
  RoundTask task;
  std::string refusal;  ///< why no folding does it; else empty, and the rest is known
  std::string hint;     ///< what would do instead
  std::uint64_t estimated_cycles = 0;  ///< [cycles per frame]
  std::string bottleneck;              ///< the slowest kernel, or memory
  std::string proof;                   ///< of the folding
  std::uint64_t sized_for = 0;         ///< [cycles per frame] that the FIFOs keep
  std::int64_t fifo_bits = 0;          ///< [bits] of all FIFOs
  double fifo_cost = 0;                ///< in `fifo_cost_unit`
  std::string fifo_cost_unit;
  bool fifos_optimal = false;  ///< no cheaper ones keep that interval
  DesignTimes measured;        ///< by a run of the scenario as it is
  Resources resources;         ///< with these FIFOs
  bool fits = false;
  bool waits_for_memory = false;
  FoldingExperience learnt;                    ///< where it does not fit, or waits for memory
  std::map<std::string, std::string> folding;  ///< "mvu pe 16 simd 3" by layer
  std::vector<std::string> changes;            ///< what makes the scenario the folded one
  std::vector<EdgeDepth> fifos;
  std::vector<EdgeDepth> kept;  ///< FIFOs between masters and memory
  double seconds = 0;

  /// Does it fit, and take at most `target` cycles a frame?
  bool meets(std::uint64_t target) const {
    return fits && measured.interval > 0 && measured.interval <= target;
  }
  /// Its FIFOs, as a scenario file is written with them.
  Sizing depths() const;
};

nlohmann::ordered_json to_json(const RoundTask& task);
nlohmann::ordered_json to_json(const OptimiseRound& round);
/// Throws nlohmann::json::exception where it is none.
OptimiseRound round_from(const nlohmann::ordered_json& json);

}  // namespace qnnsim
