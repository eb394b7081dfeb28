// SPDX-License-Identifier: Apache-2.0
#include "models/packed_mac.h"

#include <algorithm>

#include "models/pipeline.h"

namespace qnnsim {
namespace {

int signed_bits(DataType type) {
  const bool is_wider = type.is_bipolar() || !type.is_signed();
  return type.bits() + (is_wider ? 1 : 0);
}

/// The `bits` bits of `value` from bit `position` on, unsigned.
std::int64_t field(std::int64_t value, int position, int bits) {
  return (value >> position) & ((std::int64_t{1} << bits) - 1);
}

}  // namespace

MacOperands::MacOperands(DataType weight, DataType activation, bool narrow)
    : weight_bits(signed_bits(weight)),
      weight_full(weight.is_signed() && !weight.is_bipolar() && !narrow),
      activation_bits(signed_bits(activation)),
      activation_magnitude(activation.is_bipolar() ? 2 : activation.bits()) {}

LanePlan lane_plan(DspSlice slice, const MacOperands& operands) {
  const int spacing = operands.weight_bits + operands.activation_magnitude - 1;
  const int room =
      dsp_widths(slice).pre_adder - (operands.weight_full ? 1 : 0) - operands.weight_bits;
  LanePlan plan;
  plan.stride = dsp_widths(slice).pre_adder;
  if (room < spacing) return plan;
  plan.lanes = 1 + room / spacing;
  plan.stride = room / (plan.lanes - 1);
  plan.longer = room % (plan.lanes - 1);
  return plan;
}

std::int64_t most_steps(DspSlice slice, const MacOperands& operands) {
  const LanePlan plan = lane_plan(slice, operands);
  const int bits = dsp_widths(slice).accumulator - plan.offset(plan.lanes - 1);
  return std::int64_t{1} << (bits - operands.weight_bits - operands.activation_magnitude);
}

PackedMac::PackedMac(DspSlice slice, const MacOperands& operands)
    : slice_(slice),
      weight_bits_(operands.weight_bits),
      plan_(lane_plan(slice, operands)),
      carries_(plan_.lanes),
      carried_(plan_.lanes + 1) {}

void PackedMac::step(const Value* weights, Value activation, bool first) {
  std::int64_t low_bits = 0;
  std::int64_t sign_bits = 0;
  for (int l = 0; l < plan_.lanes; ++l) {
    const int sign = weight_bits_ - 1;
    low_bits |= field(weights[l], 0, sign) << plan_.offset(l);
    sign_bits |= field(weights[l], sign, 1) << (plan_.offset(l) + sign);
  }
  const std::int64_t before = first ? 0 : p_;
  p_ = multiply_accumulate(slice_, low_bits, sign_bits, activation, before);

  for (int l = 1; l < plan_.lanes; ++l) {
    const int offset = plan_.offset(l);
    const std::int64_t canary = field(weights[l], 0, 2) * field(activation, 0, 2);
    const std::int64_t expected = field(before, offset, 2) + canary;
    carries_[l] = static_cast<int>(wrap(field(p_, offset, 2) - expected, 2));
    carried_[l] = (first ? 0 : carried_[l]) + carries_[l];
  }
}

std::int64_t PackedMac::sum(int lane) const {
  const int offset = plan_.offset(lane);
  if (lane == plan_.lanes - 1) return (p_ >> offset) - carried_[lane];
  const int width = plan_.offset(lane + 1) - offset;
  return field(p_, offset, width) + carried_[lane + 1] * (std::int64_t{1} << width) -
         carried_[lane];
}

DotChain dot_chain(int simd) {
  constexpr int kShortest = 3;
  DotChain chain;
  chain.slices = divide_up(simd, DotProductSlice::kProducts);
  chain.segment_length = std::max(divide_up(chain.slices, clog2(simd) + 1), kShortest);
  chain.segment_length = std::min(chain.segment_length, chain.slices);
  chain.segments = divide_up(chain.slices, chain.segment_length);
  return chain;
}

}  // namespace qnnsim
