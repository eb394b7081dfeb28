// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/fifo.h"

namespace qnnsim {

/// When a port of the accelerator is willing: always, every N cycles, at random, or as recorded.
/// A pure function of the cycle number, so that it is the same in every engine.
class Pressure {
 public:
  /// Always willing.
  Pressure() = default;
  /// One beat every `interval` >= 1 cycles.
  static Pressure every(std::uint64_t interval);
  /// Stalls in each cycle with `probability` in [0, 1), drawn from `seed`.
  static Pressure random(double probability, std::uint64_t seed);
  /// Stalls in the given cycles, ascending; with `period` > 0 the pattern repeats every `period`
  /// cycles.
  static Pressure recorded(std::vector<Cycle> stall_cycles, std::uint64_t period);

  bool stalls(Cycle now) const;
  std::uint64_t interval() const { return interval_; }  ///< [cycles] between beats
  /// Does what it does not depend on when it begins?
  bool is_periodic() const { return threshold_ == 0 && stall_cycles_.empty(); }
  /// Willing in every cycle?
  bool is_free() const { return interval_ == 1 && threshold_ == 0 && stall_cycles_.empty(); }

 private:
  std::uint64_t interval_ = 1;
  std::uint64_t threshold_ = 0;  ///< stalls if the cycle's 64-bit draw is below
  std::uint64_t seed_ = 0;
  std::vector<Cycle> stall_cycles_;
  std::uint64_t period_ = 0;
};

/// One 64-bit draw for (`seed`, `index`): SplitMix64, Steele et al., OOPSLA 2014.
std::uint64_t draw(std::uint64_t seed, std::uint64_t index);

/// A seed for the thing called `name` under the scenario's seed.
std::uint64_t derive_seed(std::uint64_t seed, const char* name);

}  // namespace qnnsim
