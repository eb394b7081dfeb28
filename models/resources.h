// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
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

/// One of the five, for code that treats all alike.
struct ResourceKind {
  const char* key;   ///< in files: "bram18"
  const char* name;  ///< for readers: "BRAM18"
  std::int64_t Resources::*count;
};

inline constexpr std::array<ResourceKind, 5> kResourceKinds = {
    {{"lut", "LUT", &Resources::lut},
     {"ff", "FF", &Resources::ff},
     {"dsp", "DSP", &Resources::dsp},
     {"bram18", "BRAM18", &Resources::bram18},
     {"uram", "URAM", &Resources::uram}}};

}  // namespace qnnsim
