// SPDX-License-Identifier: Apache-2.0
//
// Rounding to the nearest integer, a tie to the even one.
#pragma once

#include <cstdint>

namespace qnnsim {

/// x / 2^shift, rounded half to even; `shift` in 0..62.
inline std::int64_t shift_round_half_even(std::int64_t x, int shift) {
  if (shift == 0) return x;
  const std::int64_t down = x >> shift;
  const std::int64_t above = x - down * (std::int64_t{1} << shift);
  const std::int64_t half = std::int64_t{1} << (shift - 1);
  return down + (above > half || (above == half && down % 2 != 0) ? 1 : 0);
}

/// sum / count, rounded half to even; `count` at least 1, and twice it fits.
inline std::int64_t divide_half_even(std::int64_t sum, std::int64_t count) {
  std::int64_t down = sum / count;
  std::int64_t above = sum % count;
  if (above < 0) {
    --down;
    above += count;
  }
  return down + (2 * above > count || (2 * above == count && down % 2 != 0) ? 1 : 0);
}

}  // namespace qnnsim
