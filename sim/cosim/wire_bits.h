// SPDX-License-Identifier: Apache-2.0
//
// Beats as bits: elements side by side, lane 0 in the least significant bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "models/rtl_module.h"

namespace qnnsim {

/// Number of 64-bit words that hold `bits`.
inline std::size_t words_for(std::int64_t bits) {
  return static_cast<std::size_t>((bits + 63) / 64);
}

/// Writes `lanes` values to `words_for(lanes * type.bits())` words; the bits above are 0.
void pack_lanes(const Value* values, int lanes, DataType type, std::uint64_t* words);

/// The inverse of `pack_lanes`.
void unpack_lanes(const std::uint64_t* words, int lanes, DataType type, Value* values);

/// Hexadecimal, as many digits as `bits` take.
std::string hex_text(const std::uint64_t* words, std::int64_t bits);

}  // namespace qnnsim
