// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/pooling.h"
#include "models/tensor.h"

namespace qnnsim::test {

/// The type of the results over `count` values of `input`.
inline DataType pooled_type(PoolMode mode, DataType input, std::int64_t count) {
  if (mode == PoolMode::kSum) return *DataType::holding(input.min() * count, input.max() * count);
  return is_mean(mode) && input.is_bipolar() ? DataType::signed_integer(2) : input;
}

/// Every channel of `x` pooled over all its pixels, by the definition.
inline std::vector<Value> pooled(const Tensor& x, PoolMode mode) {
  std::vector<Value> result;
  for (int channel = 0; channel < x.channels; ++channel) {
    double sum = 0;
    Value largest = x.at(0, 0, channel);
    for (int y = 0; y < x.height; ++y) {
      for (int column = 0; column < x.width; ++column) {
        sum += x.at(y, column, channel);
        largest = std::max(largest, x.at(y, column, channel));
      }
    }
    const double mean = sum / (double(x.height) * x.width);
    result.push_back(mode == PoolMode::kMax    ? largest
                     : mode == PoolMode::kSum  ? static_cast<Value>(sum)
                     : mode == PoolMode::kMean ? static_cast<Value>(std::floor(mean))
                                               : static_cast<Value>(std::nearbyint(mean)));
  }
  return result;
}

}  // namespace qnnsim::test
