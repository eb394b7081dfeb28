// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace qnnsim {

/// What a part of a design takes of a device, or what a device has.
struct Resources {
  std::int64_t lut = 0;
  std::int64_t ff = 0;
  std::int64_t dsp = 0;
  std::int64_t bram18 = 0;  ///< [18 Kbit blocks]
  std::int64_t uram = 0;    ///< [288 Kbit blocks]

  Resources& operator+=(const Resources& other) {
    lut += other.lut;
    ff += other.ff;
    dsp += other.dsp;
    bram18 += other.bram18;
    uram += other.uram;
    return *this;
  }
  friend Resources operator+(Resources a, const Resources& b) { return a += b; }
  friend bool operator==(const Resources& a, const Resources& b) {
    return a.lut == b.lut && a.ff == b.ff && a.dsp == b.dsp && a.bram18 == b.bram18 &&
           a.uram == b.uram;
  }
  /// Is none of the five more than in `limit`?
  bool fit(const Resources& limit) const {
    return lut <= limit.lut && ff <= limit.ff && dsp <= limit.dsp && bram18 <= limit.bram18 &&
           uram <= limit.uram;
  }
};

}  // namespace qnnsim
