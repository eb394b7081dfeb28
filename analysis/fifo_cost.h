// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "models/resources.h"
#include "sim/cost_model.h"
#include "sim/platform.h"

namespace qnnsim {

/// Depths that a FIFO may have.
struct DepthRange {
  std::uint64_t least = 1;                                         ///< [beats]
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();  ///< [beats]
};

/// What FIFOs cost, by width and depth, as one number.
///
/// Hardware: what the cost model says of a FIFO, in LUT equivalents: a block RAM counts as many as
/// the device has LUTs per block RAM, and so on. A deeper FIFO may cost less: shift registers less
/// than two registers, a power of two of beats less than one beat fewer.
class FifoCost {
 public:
  /// width x depth.
  static FifoCost bits() { return FifoCost(); }
  /// `bits` where the model says nothing of FIFOs.
  static FifoCost hardware(const CostModel& model, const Platform& platform);

  bool counts_bits() const { return counts_bits_; }
  /// What this is a number of.
  std::string unit() const { return counts_bits_ ? "bit" : "LUT eq."; }
  /// `width` in bits, `depth` in beats, both at least 1.
  double cost(std::int64_t width, std::uint64_t depth) const;
  /// The depths to choose from, ascending: those in `range` that cost less than all deeper ones, up
  /// to the first that holds `enough` beats. Never empty where `range` is not.
  std::vector<std::uint64_t> steps(std::int64_t width, std::uint64_t enough,
                                   DepthRange range = {}) const;

 private:
  FifoCost() = default;
  std::vector<std::uint64_t> ends(std::int64_t width, std::uint64_t least,
                                  std::uint64_t most) const;

  bool counts_bits_ = true;
  CostModel model_;
  Resources limits_;  ///< of the device
};

}  // namespace qnnsim
