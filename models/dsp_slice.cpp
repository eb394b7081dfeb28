// SPDX-License-Identifier: Apache-2.0
#include "models/dsp_slice.h"

#include <algorithm>

namespace qnnsim {

std::int64_t multiply_accumulate(DspSlice slice, std::int64_t d, std::int64_t a, std::int64_t b,
                                 std::int64_t p) {
  const DspWidths widths = dsp_widths(slice);
  const std::int64_t ad = wrap(d - a, widths.pre_adder);
  return wrap(p + ad * wrap(b, widths.multiplier), widths.accumulator);
}

void MultiplyAccumulateSlice::clock_edge(const Pins& pins) {
  const DspWidths widths = dsp_widths(slice_);
  if (pins.enable) p_ = wrap((accumulate_ ? p_ : 0) + m_, widths.accumulator);
  m_ = ad_ * b_;
  accumulate_ = pins.accumulate;
  ad_ = wrap(pins.d - pins.a, widths.pre_adder);
  b_ = wrap(pins.b, widths.multiplier);
}

void DotProductSlice::clock_edge(const Pins& pins) {
  constexpr int kAccumulatorBits = dsp_widths(DspSlice::kDsp58).accumulator;
  if (pins.enable && output_register_) {
    p_ = wrap((accumulate_ ? p_ : 0) + m_ + pins.cascade, kAccumulatorBits);
  }
  m_ = products_.back();
  accumulate_ = pins.accumulate;
  std::rotate(products_.begin(), products_.end() - 1, products_.end());
  products_.front() = 0;
  for (int i = 0; i < kProducts; ++i) {
    products_.front() += wrap(pins.a[i], kABits) * wrap(pins.b[i], kBBits);
  }
}

std::int64_t DotProductSlice::p(std::int64_t cascade) const {
  return output_register_ ? p_ : wrap(m_ + cascade, dsp_widths(DspSlice::kDsp58).accumulator);
}

}  // namespace qnnsim
