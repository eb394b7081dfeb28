// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/operator.h"
#include "models/tensor.h"

namespace qnnsim {

/// The product of two feature maps, pixels as rows and channels as columns: a [rows x inner] times
/// b [inner x columns], or with `transposed` times the transpose of b [columns x inner].
///
/// Needs no constants, and so has no kernel in a dataflow design: lower() refuses.
class MatMul final : public Operator {
 public:
  /// `a`: height x width x inner; `b`: `inner` pixels of `columns` channels, or with `transposed`
  /// `columns` pixels of `inner` channels; `type` holds every sum.
  MatMul(TensorShape a, TensorShape b, bool transposed, DataType type)
      : a_(a), b_(b), transposed_(transposed), type_(type) {}

  const TensorShape& a() const { return a_; }
  const TensorShape& b() const { return b_; }
  bool transposed() const { return transposed_; }
  std::int64_t rows() const { return a_.pixels(); }
  int inner() const { return a_.channels; }
  int columns() const { return transposed_ ? static_cast<int>(b_.pixels()) : b_.channels; }

  TensorShape output() const override { return {a_.height, a_.width, columns(), type_}; }
  std::uint64_t macs() const override { return std::uint64_t(rows()) * inner() * columns(); }
  Stream lower(DataflowBuilder& builder) const override;
  Tensor reference(const std::vector<const Tensor*>& inputs,
                   const Constants& constants) const override;

 private:
  const TensorShape a_;
  const TensorShape b_;
  const bool transposed_;
  const DataType type_;
};

}  // namespace qnnsim
