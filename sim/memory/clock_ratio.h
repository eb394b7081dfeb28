// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/fifo.h"

namespace qnnsim {

/// Two clocks whose first edges coincide: that of the fabric and that of a memory. Exact: which
/// edge comes first is a comparison of integers.
class ClockRatio {
 public:
  /// `fabric_hz` up to 10 GHz, `memory_ps` the period of the memory clock.
  ClockRatio(std::uint64_t fabric_hz, std::uint64_t memory_ps);

  /// The first fabric edge that is not before memory edge `cycle`.
  Cycle fabric_from(Cycle memory) const { return ceiling(memory, memory_, fabric_); }
  /// The first memory edge that is not before fabric edge `cycle`.
  Cycle memory_from(Cycle fabric) const { return ceiling(fabric, fabric_, memory_); }
  /// The first memory edge that is later than fabric edge `cycle`.
  Cycle memory_after(Cycle fabric) const;

 private:
  static Cycle ceiling(Cycle cycle, std::uint64_t numerator, std::uint64_t denominator);

  std::uint64_t fabric_;  ///< length of a fabric cycle, in a unit that divides both
  std::uint64_t memory_;  ///< length of a memory cycle
};

}  // namespace qnnsim
