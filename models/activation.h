// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/data_type.h"
#include "models/operator.h"
#include "models/tensor.h"

namespace qnnsim {

/// What an activation makes of x < 0.
enum class Slope : std::uint8_t {
  kLinear,  ///< x
  kZero,    ///< 0
  kLeaky,   ///< x / 2^slope_shift
};

/// Fixed-point activation: scales by a power of two, rounds once, half to even, and clips to a type
/// of B bits.
///
///   f(x) = clip(round(y / 2^(shift + s)))    y = x * 2^s  where x > 0
///                                            y = x        where x <= 0; for kZero 0
///
/// with s = slope_shift for kLeaky, else 0: a leaky slope scales the positive side up and shifts by
/// more, so that a negative x is rounded once, at its own scale. Results are clipped to what the
/// type holds, and with kLeaky to no less than -2^(B - s - 1). f never falls as x rises.
///
/// Source: DeepSoCFlow, deepsocflow/c/runtime.h, quant_lrelu (and py/bundle.py, apply_act).
struct FixedPointActivation {
  DataType type = DataType::signed_integer(8);  ///< of the result: no BIPOLAR, up to 16 bits
  int shift = 0;                                ///< 0..31
  Slope slope = Slope::kLinear;
  int slope_shift = 0;  ///< for kLeaky: 1..B - 1, the type is signed

  Value operator()(std::int64_t x) const;

  /// How many results above the least value of `type` are reached, or passed over, by some value of
  /// `input`; at least 1.
  int steps(DataType input) const;
  /// [steps(input)]: number i is the least value of `input` for which f is above the least value of
  /// `type` plus i (where none is, the one behind the greatest), so that f is the least value plus
  /// the number of levels <= x.
  std::vector<Value> levels(DataType input) const;
};

/// An activation of every element; streams through a Thresholding kernel `<layer>.threshold`.
class Activation final : public Operator {
 public:
  Activation(TensorShape input, FixedPointActivation function);
  const FixedPointActivation& function() const { return function_; }
  TensorShape output() const override { return output_; }
  Stream lower(DataflowBuilder& builder) const override;
  Tensor reference(const std::vector<const Tensor*>& inputs,
                   const Constants& constants) const override;

 private:
  const TensorShape input_;
  const FixedPointActivation function_;
  TensorShape output_;
};

}  // namespace qnnsim
