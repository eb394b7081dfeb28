// SPDX-License-Identifier: Apache-2.0
#include "models/activation.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "models/rounding.h"
#include "models/thresholding.h"

namespace qnnsim {
namespace {

Slope read_slope(AttributeReader& attributes) {
  const std::string slope = attributes.choice("slope", {"linear", "zero", "leaky"});
  return slope == "zero" ? Slope::kZero : slope == "leaky" ? Slope::kLeaky : Slope::kLinear;
}

/// The slope of `f` and its shift; nothing after complaining.
bool read_negative_side(AttributeReader& attributes, FixedPointActivation& f) {
  f.slope = read_slope(attributes);
  if (f.slope != Slope::kLeaky) {
    if (!attributes.has("slope_shift")) return true;
    attributes.complain("slope_shift", "slope_shift is of no use without a leaky slope",
                        "set slope: leaky, or leave it out");
    return false;
  }
  if (!f.type.is_signed()) {
    attributes.has("slope_shift");  // is known, whatever it says
    attributes.complain("slope", "slope: leaky: " + f.type.name() + " has no negative values",
                        "set slope: zero, or a signed type");
    return false;
  }
  f.slope_shift =
      static_cast<int>(attributes.integer("slope_shift", std::nullopt, 1, f.type.bits() - 1));
  return true;
}

std::unique_ptr<Operator> create(AttributeReader& attributes,
                                 const std::vector<TensorShape>& inputs) {
  FixedPointActivation f;
  f.type = attributes.type("type");
  constexpr int kMostBits = 16;
  if (f.type.is_bipolar() || f.type.bits() > kMostBits) {
    attributes.complain("type", "an activation does not give " + f.type.name(),
                        f.type.is_bipolar() ? "use a threshold for the sign"
                                            : "activations of up to 16 bits are supported");
    return nullptr;
  }
  constexpr int kMostShift = 31;
  f.shift = static_cast<int>(attributes.integer("shift", 0, 0, kMostShift));
  if (!read_negative_side(attributes, f)) return nullptr;
  return std::make_unique<Activation>(inputs[0], f);
}

const OperatorRegistration kActivation("activation", {1, 1, create});

}  // namespace

Value FixedPointActivation::operator()(std::int64_t x) const {
  const int s = slope == Slope::kLeaky ? slope_shift : 0;
  std::int64_t scaled = x;
  if (x < 0 && slope == Slope::kZero) scaled = 0;
  if (x > 0) scaled = x * (std::int64_t{1} << s);
  const std::int64_t low = type.is_signed() ? -(std::int64_t{1} << (type.bits() - s - 1)) : 0;
  return static_cast<Value>(std::clamp(shift_round_half_even(scaled, shift + s), low, type.max()));
}

int FixedPointActivation::steps(DataType input) const {
  return static_cast<int>(std::max<std::int64_t>((*this)(input.max()) - type.min(), 1));
}

std::vector<Value> FixedPointActivation::levels(DataType input) const {
  std::vector<Value> result;
  std::int64_t least = input.min();
  for (int i = 0, n = steps(input); i < n; ++i) {
    std::int64_t behind = input.max() + 1;
    while (least < behind) {
      const std::int64_t middle = least + (behind - least) / 2;
      if ((*this)(middle) > type.min() + i) {
        behind = middle;
      } else {
        least = middle + 1;
      }
    }
    result.push_back(
        static_cast<Value>(std::min<std::int64_t>(least, std::numeric_limits<Value>::max())));
  }
  return result;
}

Activation::Activation(TensorShape input, FixedPointActivation function)
    : input_(input), function_(function), output_(input) {
  output_.type = function.type;
}

Stream Activation::lower(DataflowBuilder& builder) const {
  const Stream input = builder.input(0);
  ThresholdingParams p;
  p.channels = input_.channels;
  p.pe = builder.divisor("threshold", "pe", p.channels, "channels", builder.port(input).lanes);
  p.steps = function_.steps(input_.type);
  p.pixels = input_.pixels();
  p.input_type = input_.type;
  p.output_type = output_.type;
  std::vector<Value> levels;
  if (builder.constants() != nullptr) {
    const std::vector<Value> of_a_channel = function_.levels(input_.type);
    levels.reserve(of_a_channel.size() * p.channels);
    for (int channel = 0; channel < p.channels; ++channel) {
      levels.insert(levels.end(), of_a_channel.begin(), of_a_channel.end());
    }
  }
  return builder.add("threshold", std::make_unique<Thresholding>(p, std::move(levels)), {input});
}

Tensor Activation::reference(const std::vector<const Tensor*>& inputs, const Constants&) const {
  Tensor y = *inputs[0];
  for (Value& value : y.data) value = function_(value);
  return y;
}

}  // namespace qnnsim
