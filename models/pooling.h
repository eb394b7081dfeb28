// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "models/data_type.h"
#include "models/operator.h"

namespace qnnsim {

/// How a pool makes one value of many; numbered as the parameter Mode of rtl/qnn_pool.sv.
enum class PoolMode : std::uint8_t {
  kMax,
  kSum,
  kMean,          ///< sum / count, rounded down
  kMeanHalfEven,  ///< sum / count, rounded half to even
};

inline bool is_mean(PoolMode mode) { return mode >= PoolMode::kMean; }

/// One accumulator of a pool; starts anew after `reset`.
class PoolAccumulator {
 public:
  explicit PoolAccumulator(PoolMode mode) : mode_(mode) {}
  void reset() { empty_ = true; }
  void add(Value x) {
    value_ = empty_ ? x : mode_ == PoolMode::kMax ? std::max(value_, x) : value_ + x;
    empty_ = false;
  }
  /// The result over `count` values.
  Value result(std::int64_t count) const;

 private:
  PoolMode mode_;
  Value value_ = 0;
  bool empty_ = true;
};

/// [cycles] from a pool's last operand to its result: the operand's register, one step of comparing
/// or adding (a tree over `operands` a beat), and two for the division of a mean.
int pool_latency(PoolMode mode, int operands);

/// The mode that `output: mean|sum` and `rounding: down|half_even` ask of an average pool.
PoolMode read_average_mode(AttributeReader& attributes);

/// `mode: max|sum|mean|mean_half_even` of a pool that stands alone.
PoolMode read_pool_mode(AttributeReader& attributes);

/// The reference means of `count` values: sum / count, rounded down or half to even.
Value mean_down(std::int64_t sum, std::int64_t count);
Value mean_half_even(std::int64_t sum, std::int64_t count);

/// Type of a pool's result over `count` values of `input`; complains where 32 bits do not hold a
/// sum.
DataType pooled_type(PoolMode mode, DataType input, std::int64_t count,
                     AttributeReader& attributes);

}  // namespace qnnsim
