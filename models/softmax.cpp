// SPDX-License-Identifier: Apache-2.0
#include "models/softmax.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

namespace qnnsim {
namespace {

std::unique_ptr<Operator> create(AttributeReader& attributes,
                                 const std::vector<TensorShape>& inputs) {
  constexpr int kMostFraction = 31;
  const auto fraction_bits =
      static_cast<int>(attributes.integer("fraction_bits", 0, 0, kMostFraction));
  const DataType type = attributes.type("type");
  constexpr int kMostBits = 16;
  if (type.is_signed() || type.bits() > kMostBits) {
    attributes.complain("type", "a softmax does not give " + type.name(),
                        "its results lie between 0 and 1: UINT1..UINT16");
    return nullptr;
  }
  return std::make_unique<Softmax>(inputs[0], fraction_bits, type);
}

const OperatorRegistration kSoftmax("softmax", {1, 1, create});

}  // namespace

Stream Softmax::lower(DataflowBuilder& builder) const {
  refuse_to_stream(builder, "a dataflow design has no kernel for a softmax");
}

Tensor Softmax::reference(const std::vector<const Tensor*>& inputs, const Constants&) const {
  const Tensor& x = *inputs[0];
  Tensor y(x.height, x.width, x.channels);
  std::vector<double> powers(x.channels);
  for (std::size_t first = 0; first < x.data.size(); first += x.channels) {
    const Value* pixel = &x.data[first];
    const double largest = *std::max_element(pixel, pixel + x.channels);
    double sum = 0;
    for (int c = 0; c < x.channels; ++c) {
      powers[c] = std::exp(std::ldexp(pixel[c] - largest, -fraction_bits_));
      sum += powers[c];
    }
    const auto one = static_cast<double>(type_.max());
    for (int c = 0; c < x.channels; ++c) {
      // Rounds half to even, as long as nobody sets another mode.
      y.data[first + c] = static_cast<Value>(std::nearbyint(one * powers[c] / sum));
    }
  }
  return y;
}

}  // namespace qnnsim
