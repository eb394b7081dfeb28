// SPDX-License-Identifier: Apache-2.0
#include "models/mac_style.h"

#include <fmt/format.h>

#include "models/pipeline.h"

namespace qnnsim {
namespace {

/// "PE=6 on 4-lane DSP48E2: 2 of 8 lanes idle; PE=8 costs the same DSPs".
std::string idle_sentence(const char* key, int value, int whole, int lanes, const char* slice) {
  const int all = divide_up(value, lanes) * lanes;
  if (all == value) return {};
  int remedy = all;
  while (whole % remedy != 0) --remedy;
  return fmt::format(
      "{}={} on {}-lane {}: {} of {} lanes idle; {}", key, value, lanes, slice, all - value, all,
      remedy > value ? fmt::format("{}={} costs the same DSPs", key, remedy)
                     : fmt::format("{} has no divisor from {} to {}", whole, value + 1, all));
}

}  // namespace

const char* to_string(MacStyle style) {
  switch (style) {
    case MacStyle::kLut:
      return "LUT";
    case MacStyle::kDsp48e1:
      return "DSP48E1";
    case MacStyle::kDsp48e2:
      return "DSP48E2";
    case MacStyle::kDsp58:
      return "DSP58";
  }
  return "";
}

MacStyle dsp_style(std::string_view dsp_type) {
  for (const MacStyle style : {MacStyle::kDsp48e1, MacStyle::kDsp48e2, MacStyle::kDsp58}) {
    if (dsp_type == to_string(style)) return style;
  }
  return MacStyle::kLut;
}

std::string MacArray::refusal() const {
  if (style == MacStyle::kLut) return {};
  const MacOperands o = operands();
  const DspWidths widths = dsp_widths(slice());
  if (o.weight_bits > widths.pre_adder || o.activation_bits > widths.multiplier) {
    return fmt::format(
        "{} x {} is {} x {} bits in two's complement, but a {} multiplies up to {} x {}",
        weight.name(), activation.name(), o.weight_bits, o.activation_bits, to_string(style),
        widths.pre_adder, widths.multiplier);
  }
  if (is_dot_product()) return {};
  const LanePlan plan = lane_plan(slice(), o);
  const int top_bits = widths.accumulator - plan.offset(depthwise ? 0 : plan.lanes - 1);
  if (result_bits > top_bits && folds > most_steps(slice(), o)) {
    return fmt::format("sums of {} products {} x {} in {} bits outgrow the top lane of a {}", folds,
                       weight.name(), activation.name(), result_bits, to_string(style));
  }
  return {};
}

int MacArray::row_lanes() const { return depthwise ? 1 : lane_plan(slice(), operands()).lanes; }

bool MacArray::is_dot_product() const {
  const MacOperands o = operands();
  return style == MacStyle::kDsp58 && o.weight_bits <= DotProductSlice::kBBits &&
         o.activation_bits <= DotProductSlice::kABits &&
         pe * divide_up(simd, DotProductSlice::kProducts) <= divide_up(pe, row_lanes()) * simd;
}

std::uint64_t MacArray::dsps() const {
  if (style == MacStyle::kLut) return 0;
  const int of_a_vector = is_dot_product() ? pe * divide_up(simd, DotProductSlice::kProducts)
                                           : divide_up(pe, row_lanes()) * simd;
  return std::uint64_t(of_a_vector) * mmv;
}

std::string MacArray::idle_lanes(int rows, int columns) const {
  if (style == MacStyle::kLut) return {};
  if (is_dot_product()) {
    return idle_sentence("SIMD", simd, columns, DotProductSlice::kProducts, to_string(style));
  }
  return idle_sentence("PE", pe, rows, row_lanes(), to_string(style));
}

}  // namespace qnnsim
