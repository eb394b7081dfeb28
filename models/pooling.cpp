// SPDX-License-Identifier: Apache-2.0
#include "models/pooling.h"

#include "models/pipeline.h"
#include "models/rounding.h"

namespace qnnsim {

Value PoolAccumulator::result(std::int64_t count) const {
  if (!is_mean(mode_)) return value_;
  if (mode_ == PoolMode::kMeanHalfEven) return static_cast<Value>(divide_half_even(value_, count));
  const std::int64_t quotient = value_ / count;
  return static_cast<Value>(quotient * count > value_ ? quotient - 1 : quotient);
}

int pool_latency(PoolMode mode, int operands) {
  return 1 + std::max(1, clog2(operands)) + (is_mean(mode) ? 2 : 0);
}

PoolMode read_average_mode(AttributeReader& attributes) {
  const bool sum = attributes.choice("output", {"mean", "sum"}) == "sum";
  if (sum && attributes.has("rounding")) {
    attributes.complain("rounding", "a sum is not rounded", "set output: mean, or leave it out");
    return PoolMode::kSum;
  }
  const bool down = attributes.choice("rounding", {"down", "half_even"}) == "down";
  return sum ? PoolMode::kSum : down ? PoolMode::kMean : PoolMode::kMeanHalfEven;
}

PoolMode read_pool_mode(AttributeReader& attributes) {
  const std::string mode = attributes.choice("mode", {"max", "sum", "mean", "mean_half_even"});
  if (mode == "mean") return PoolMode::kMean;
  if (mode == "mean_half_even") return PoolMode::kMeanHalfEven;
  return mode == "max" ? PoolMode::kMax : PoolMode::kSum;
}

Value mean_down(std::int64_t sum, std::int64_t count) {
  return static_cast<Value>((sum - ((sum % count) + count) % count) / count);
}

Value mean_half_even(std::int64_t sum, std::int64_t count) {
  // The nearest, the upper one of two; of a tie that came out odd, the lower one.
  const Value nearest = mean_down(2 * sum + count, 2 * count);
  const bool tie = 2 * sum + count == 2 * count * nearest;
  return tie && nearest % 2 != 0 ? nearest - 1 : nearest;
}

DataType pooled_type(PoolMode mode, DataType input, std::int64_t count,
                     AttributeReader& attributes) {
  if (mode == PoolMode::kMax) return input;
  if (is_mean(mode)) {
    // The accumulator must hold the sum even where the mean is narrow.
    type_holding(input.min() * count, input.max() * count, attributes, "output");
    if (!input.is_bipolar()) return input;
    return DataType::signed_integer(2);
  }
  return type_holding(input.min() * count, input.max() * count, attributes, "output");
}

}  // namespace qnnsim
