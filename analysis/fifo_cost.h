// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/platform.h"

namespace qnnsim {

/// What a FIFO takes of a device, estimated.
struct FifoUse {
  std::string style;  ///< "register", "srl", "bram" or "uram"
  std::int64_t lut = 0;
  std::int64_t ff = 0;
  std::int64_t bram18 = 0;
  std::int64_t uram = 0;
};

/// What FIFOs cost, by width and depth; never falls when a FIFO gets deeper.
///
/// Hardware: the cheapest of a register (one beat), shift registers, block RAM and UltraRAM, in LUT
/// equivalents: a block RAM counts as many as the device has LUTs per block RAM, and so on. Shift
/// registers: 2 ceil(log2 depth) + ceil(depth / 32) ceil(width / 2) LUTs (FINN,
/// streamingfifo.py:195); RAM blocks by width and depth (streamingfifo.py:147, 171), beside the
/// counters.
class FifoCost {
 public:
  /// width x depth.
  static FifoCost bits() { return FifoCost(); }
  static FifoCost hardware(const Platform& platform);

  bool counts_bits() const { return counts_bits_; }
  /// What this is a number of.
  std::string unit() const { return counts_bits_ ? "bit" : "LUT eq."; }
  /// `width` in bits, `depth` in beats, both at least 1.
  FifoUse use(std::int64_t width, std::uint64_t depth) const;
  double cost(std::int64_t width, std::uint64_t depth) const;
  /// The greatest depth for each cost, ascending, from the first that holds `least` beats to the
  /// first that holds `most`.
  std::vector<std::uint64_t> steps(std::int64_t width, std::uint64_t least,
                                   std::uint64_t most) const;

 private:
  FifoCost() = default;
  double weigh(const FifoUse& use) const;

  bool counts_bits_ = true;
  double per_ff_ = 0;      ///< [LUT]
  double per_bram18_ = 0;  ///< [LUT]; 0: there are none
  double per_uram_ = 0;    ///< [LUT]; 0: there are none
};

}  // namespace qnnsim
