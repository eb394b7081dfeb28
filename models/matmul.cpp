// SPDX-License-Identifier: Apache-2.0
#include "models/matmul.h"

#include <Eigen/Dense>
#include <algorithm>
#include <memory>
#include <string>

namespace qnnsim {
namespace {

std::unique_ptr<Operator> create(AttributeReader& attributes,
                                 const std::vector<TensorShape>& inputs) {
  const TensorShape& a = inputs[0];
  const TensorShape& b = inputs[1];
  const bool transposed = attributes.boolean("transpose", false);
  const std::int64_t inner = transposed ? b.channels : b.pixels();
  if (a.channels != inner) {
    attributes.complain(
        "from",
        "cannot multiply " + a.to_string() + " by " + (transposed ? "the transpose of " : "") +
            b.to_string() + ": " + std::to_string(a.channels) + " channels, but " +
            std::to_string(inner) + (transposed ? " channels" : " pixels"),
        transposed ? "with transpose, both inputs of a matmul have the same channels"
                   : "the second input of a matmul has a pixel for every channel of the first");
    return nullptr;
  }
  // A product that alone is too wide is too wide in any number; so cut, no sum overflows.
  const auto product = [](std::int64_t x, std::int64_t y) {
    constexpr std::int64_t kTooWide = std::int64_t{1} << 31;
    return std::clamp(x * y, -kTooWide - 1, kTooWide);
  };
  const auto [low, high] =
      std::minmax({product(a.type.min(), b.type.min()), product(a.type.min(), b.type.max()),
                   product(a.type.max(), b.type.min()), product(a.type.max(), b.type.max())});
  return std::make_unique<MatMul>(a, b, transposed,
                                  type_holding(inner * low, inner * high, attributes, "from"));
}

const OperatorRegistration kMatMul("matmul", {2, 2, create});

}  // namespace

Stream MatMul::lower(DataflowBuilder& builder) const {
  refuse_to_stream(builder, "a dataflow design multiplies by constants only, not two feature maps");
}

Tensor MatMul::reference(const std::vector<const Tensor*>& inputs, const Constants&) const {
  using Matrix = Eigen::Matrix<Value, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Matrix> a(inputs[0]->data.data(), rows(), inner());
  const Eigen::Map<const Matrix> b(inputs[1]->data.data(), b_.pixels(), b_.channels);
  Tensor y(a_.height, a_.width, columns());
  Eigen::Map<Matrix> product(y.data.data(), rows(), columns());
  if (transposed_) {
    product.noalias() = a * b.transpose();
  } else {
    product.noalias() = a * b;
  }
  return y;
}

}  // namespace qnnsim
