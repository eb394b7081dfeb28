// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace qnnsim {

/// DSP slices of Xilinx FPGAs.
enum class DspSlice : std::uint8_t {
  kDsp48e1 = 1,  ///< 7 series: UG479
  kDsp48e2 = 2,  ///< UltraScale: UG579
  kDsp58 = 3,    ///< Versal: AM004
};

/// [bits] of the two's complement paths through a slice.
struct DspWidths {
  int pre_adder = 0;    ///< A, D and their difference
  int multiplier = 0;   ///< B
  int accumulator = 0;  ///< P
};

constexpr DspWidths dsp_widths(DspSlice slice) {
  if (slice == DspSlice::kDsp48e1) return {25, 18, 48};
  if (slice == DspSlice::kDsp48e2) return {27, 18, 48};
  return {27, 24, 58};
}

/// The number that the `bits` low bits of `value` mean in two's complement.
constexpr std::int64_t wrap(std::int64_t value, int bits) {
  const int unused = 64 - bits;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << unused) >> unused;
}

/// p + (d - a) * b as the slice computes it: d - a and the sum wrap round.
std::int64_t multiply_accumulate(DspSlice slice, std::int64_t d, std::int64_t a, std::int64_t b,
                                 std::int64_t p);

/// A slice as a multiply-accumulator: P <- (D - A) * B [+ P].
///
/// Three registers deep: AD and B, M, P. RTL: rtl/qnn_dsp48.sv, rtl/qnn_dsp58.sv.
class MultiplyAccumulateSlice {
 public:
  struct Pins {
    std::int64_t d = 0;
    std::int64_t a = 0;
    std::int64_t b = 0;
    bool accumulate = false;  ///< OPMODE: of the product that M takes at this edge
    bool enable = true;       ///< CEP
  };

  explicit MultiplyAccumulateSlice(DspSlice slice) : slice_(slice) {}
  void clock_edge(const Pins& pins);
  std::int64_t p() const { return p_; }

 private:
  const DspSlice slice_;
  std::int64_t ad_ = 0;
  std::int64_t b_ = 0;
  std::int64_t m_ = 0;
  bool accumulate_ = false;
  std::int64_t p_ = 0;
};

/// A DSP58 in INT8 mode: three products of 9 x 8 bits in a sum, P <- sum [+ PCIN] [+ P].
///
/// Registers for the operands, M, and P. RTL: rtl/qnn_dsp58_dot.sv.
class DotProductSlice {
 public:
  static constexpr int kProducts = 3;
  static constexpr int kABits = 9;
  static constexpr int kBBits = 8;

  struct Pins {
    std::array<std::int32_t, kProducts> a{};
    std::array<std::int32_t, kProducts> b{};
    std::int64_t cascade = 0;  ///< PCIN
    bool accumulate = false;   ///< OPMODE: of the sum that M takes at this edge
    bool enable = true;        ///< CEP
  };

  /// Without `output_register` P follows PCIN within the cycle, and nothing is accumulated.
  DotProductSlice(int input_registers, bool output_register)
      : products_(input_registers), output_register_(output_register) {}
  void clock_edge(const Pins& pins);
  std::int64_t p(std::int64_t cascade) const;

 private:
  std::vector<std::int64_t> products_;  ///< of the operands in the registers, the oldest last
  const bool output_register_;
  std::int64_t m_ = 0;
  bool accumulate_ = false;
  std::int64_t p_ = 0;
};

}  // namespace qnnsim
