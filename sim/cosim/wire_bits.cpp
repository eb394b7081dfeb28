// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/wire_bits.h"

#include <algorithm>

namespace qnnsim {

void pack_lanes(const Value* values, int lanes, DataType type, std::uint64_t* words) {
  const int bits = type.bits();
  std::uint64_t word = 0;
  int filled = 0;  // [bits] of `word`
  for (int lane = 0; lane < lanes; ++lane) {
    const std::uint64_t wire = to_wire(values[lane], type);
    word |= wire << filled;
    filled += bits;
    if (filled < 64) continue;
    *words++ = word;
    filled -= 64;
    word = filled == 0 ? 0 : wire >> (bits - filled);
  }
  if (filled > 0) *words = word;
}

void unpack_lanes(const std::uint64_t* words, int lanes, DataType type, Value* values) {
  const int bits = type.bits();
  int used = 0;  // [bits] of *words
  for (int lane = 0; lane < lanes; ++lane) {
    std::uint64_t wire = *words >> used;
    const int left = 64 - used;
    used += bits;
    if (used >= 64) {
      ++words;
      used -= 64;
      if (used > 0) wire |= *words << left;
    }
    values[lane] = from_wire(static_cast<std::uint32_t>(wire), type);
  }
}

std::string hex_text(const std::uint64_t* words, std::int64_t bits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::int64_t low = (bits - 1) / 4 * 4; low >= 0; low -= 4) {
    std::uint64_t digit = words[low / 64] >> (low % 64) & 0xf;
    if (bits - low < 4) digit &= (1u << (bits - low)) - 1;
    text += kDigits[digit];
  }
  return text;
}

}  // namespace qnnsim
