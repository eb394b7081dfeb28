// SPDX-License-Identifier: Apache-2.0
#include "models/pooling.h"

#include "models/pipeline.h"

namespace qnnsim {

Value PoolAccumulator::result(std::int64_t count) const {
  if (mode_ != PoolMode::kMean) return value_;
  const std::int64_t quotient = value_ / count;
  return static_cast<Value>(quotient * count > value_ ? quotient - 1 : quotient);
}

int pool_latency(PoolMode mode, int operands) {
  return 1 + std::max(1, clog2(operands)) + (mode == PoolMode::kMean ? 2 : 0);
}

PoolMode read_average_mode(AttributeReader& attributes) {
  return attributes.choice("output", {"mean", "sum"}) == "sum" ? PoolMode::kSum : PoolMode::kMean;
}

PoolMode read_pool_mode(AttributeReader& attributes) {
  const std::string mode = attributes.choice("mode", {"max", "sum", "mean"});
  return mode == "max" ? PoolMode::kMax : mode == "sum" ? PoolMode::kSum : PoolMode::kMean;
}

DataType pooled_type(PoolMode mode, DataType input, std::int64_t count,
                     AttributeReader& attributes) {
  if (mode == PoolMode::kMax) return input;
  if (mode == PoolMode::kMean) {
    // The accumulator must hold the sum even where the mean is narrow.
    type_holding(input.min() * count, input.max() * count, attributes, "output");
    if (!input.is_bipolar()) return input;
    return DataType::signed_integer(2);
  }
  return type_holding(input.min() * count, input.max() * count, attributes, "output");
}

}  // namespace qnnsim
