// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/wire_bits.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define QNNSIM_HAS_AVX2 1
#include <immintrin.h>
#endif

namespace qnnsim {
namespace {

/// Collects bits into words.
class BitWriter {
 public:
  explicit BitWriter(std::uint64_t* words) : words_(words) {}

  /// Adds the lowest `bits`, 1 to 64 of them; the others must be 0.
  void add(std::uint64_t value, int bits) {
    word_ |= value << filled_;
    filled_ += bits;
    if (filled_ < 64) return;
    *words_++ = word_;
    filled_ -= 64;
    word_ = filled_ == 0 ? 0 : value >> (bits - filled_);
  }
  void finish() {
    if (filled_ > 0) *words_ = word_;
  }

 private:
  std::uint64_t* words_;
  std::uint64_t word_ = 0;
  int filled_ = 0;  ///< [bits] of `word_`
};

/// Lanes `lane` and following.
void pack_rest(const Value* values, int lane, int lanes, DataType type, BitWriter& writer) {
  for (; lane < lanes; ++lane) writer.add(to_wire(values[lane], type), type.bits());
}

/// Lanes `lane` and following, one at a time.
void unpack_rest(const std::uint64_t* words, int lane, int lanes, DataType type, Value* values) {
  const int bits = type.bits();
  for (; lane < lanes; ++lane) {
    const std::int64_t place = std::int64_t{lane} * bits;
    const int used = static_cast<int>(place % 64);
    std::uint64_t wire = words[place / 64] >> used;
    if (used + bits > 64) wire |= words[place / 64 + 1] << (64 - used);
    values[lane] = from_wire(static_cast<std::uint32_t>(wire), type);
  }
}

#ifdef QNNSIM_HAS_AVX2

/// The same bits in each of eight bytes.
constexpr std::uint64_t in_every_byte(std::uint64_t mask) { return mask * 0x0101010101010101u; }

/// Eight lanes of up to eight bits at a time; returns the first lane that is left.
__attribute__((target("avx2,bmi2"))) int pack_eights(const Value* values, int lanes, DataType type,
                                                     BitWriter& writer) {
  const int bits = type.bits();
  if (bits > 8) return 0;
  // +1 and -1 differ in every bit but the lowest.
  const std::uint64_t mask = in_every_byte(type.is_bipolar() ? 2 : 0xffu >> (8 - bits));
  const std::uint64_t inverted = type.is_bipolar() ? 0xff : 0;
  const __m256i lowest_bytes = _mm256_set1_epi32(0x0c080400);
  int lane = 0;
  for (; lane + 8 <= lanes; lane += 8) {
    const __m256i eight = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values + lane));
    const __m256i fours = _mm256_shuffle_epi8(eight, lowest_bytes);
    const auto low = static_cast<std::uint32_t>(_mm256_extract_epi32(fours, 0));
    const auto high = static_cast<std::uint32_t>(_mm256_extract_epi32(fours, 4));
    writer.add(_pext_u64(low | std::uint64_t{high} << 32, mask) ^ inverted, 8 * bits);
  }
  return lane;
}

/// Eight lanes of up to eight bits at a time; returns the first lane that is left.
__attribute__((target("avx2,bmi2"))) int unpack_eights(const std::uint64_t* words, int lanes,
                                                       DataType type, Value* values) {
  const int bits = type.bits();
  if (bits > 8) return 0;
  const std::uint64_t mask = in_every_byte(0xffu >> (8 - bits));
  const auto* bytes = reinterpret_cast<const unsigned char*>(words);
  const std::size_t size = 8 * words_for(std::int64_t{lanes} * bits);
  int lane = 0;
  for (; lane + 8 <= lanes; lane += 8) {
    // Eight lanes begin with a byte, so eight bytes hold them.
    const std::size_t place = static_cast<std::size_t>(lane) * static_cast<std::size_t>(bits) / 8;
    const std::size_t offset = std::min(place, size - 8);
    std::uint64_t window = 0;
    std::memcpy(&window, bytes + offset, sizeof window);
    const std::uint64_t wires = _pdep_u64(window >> 8 * (place - offset), mask);
    __m256i eight = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(wires)));
    if (type.is_bipolar()) {
      eight = _mm256_sub_epi32(_mm256_add_epi32(eight, eight), _mm256_set1_epi32(1));
    } else if (type.is_signed()) {
      eight = _mm256_srai_epi32(_mm256_slli_epi32(eight, 32 - bits), 32 - bits);
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(values + lane), eight);
  }
  return lane;
}

bool can_do_eights() {
  static const bool can =
      __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0;
  return can;
}

#else

int pack_eights(const Value*, int, DataType, BitWriter&) { return 0; }
int unpack_eights(const std::uint64_t*, int, DataType, Value*) { return 0; }
bool can_do_eights() { return false; }

#endif

}  // namespace

void pack_lanes(const Value* values, int lanes, DataType type, std::uint64_t* words) {
  BitWriter writer(words);
  const int done = can_do_eights() ? pack_eights(values, lanes, type, writer) : 0;
  pack_rest(values, done, lanes, type, writer);
  writer.finish();
}

void unpack_lanes(const std::uint64_t* words, int lanes, DataType type, Value* values) {
  const int done = can_do_eights() ? unpack_eights(words, lanes, type, values) : 0;
  unpack_rest(words, done, lanes, type, values);
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
