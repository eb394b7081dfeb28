// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/operator.h"
#include "models/tensor.h"

namespace qnnsim {

/// Softmax over the channels of every pixel, in unsigned fixed point of n bits:
///
///   y = round((2^n - 1) * exp(x' - max) / sum of exp(x' - max)),  x' = x / 2^fraction_bits
///
/// rounded half to even; computed in double precision. Has no kernel in a dataflow design: lower()
/// refuses.
class Softmax final : public Operator {
 public:
  /// `type`: of the result, unsigned, up to 16 bits.
  Softmax(TensorShape input, int fraction_bits, DataType type)
      : input_(input), fraction_bits_(fraction_bits), type_(type) {}

  int fraction_bits() const { return fraction_bits_; }  ///< [bits] of the input
  TensorShape output() const override {
    return {input_.height, input_.width, input_.channels, type_};
  }
  Stream lower(DataflowBuilder& builder) const override;
  Tensor reference(const std::vector<const Tensor*>& inputs,
                   const Constants& constants) const override;

 private:
  const TensorShape input_;
  const int fraction_bits_;
  const DataType type_;
};

}  // namespace qnnsim
