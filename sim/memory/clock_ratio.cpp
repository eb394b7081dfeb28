// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/clock_ratio.h"

#include <numeric>

namespace qnnsim {
namespace {

__extension__ using Wide = unsigned __int128;

}  // namespace

ClockRatio::ClockRatio(std::uint64_t fabric_hz, std::uint64_t memory_ps) {
  // In units of 1 / fabric_hz ps a fabric cycle is 1e12 long.
  constexpr std::uint64_t kPicoseconds = 1'000'000'000'000;
  const std::uint64_t memory = memory_ps * fabric_hz;
  const std::uint64_t common = std::gcd(kPicoseconds, memory);
  fabric_ = kPicoseconds / common;
  memory_ = memory / common;
}

Cycle ClockRatio::memory_after(Cycle fabric) const {
  return static_cast<Cycle>(Wide{fabric} * fabric_ / memory_) + 1;
}

Cycle ClockRatio::ceiling(Cycle cycle, std::uint64_t numerator, std::uint64_t denominator) {
  return static_cast<Cycle>((Wide{cycle} * numerator + denominator - 1) / denominator);
}

}  // namespace qnnsim
