// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "models/operator.h"
#include "models/pressure.h"
#include "models/tensor.h"

namespace qnnsim::test {

/// Where parameters are drawn from.
enum class Corner {
  kNone,      ///< anywhere
  kSmallest,  ///< every parameter as small as it may be: one channel, maps of one window
  kFolded,    ///< foldings of 1, the rest anywhere
  kUnrolled,  ///< foldings as large as they may be, the rest anywhere
};

/// Random parameters from a fixed seed.
class Draw {
 public:
  explicit Draw(std::uint64_t seed, Corner corner = Corner::kNone)
      : engine_(seed), corner_(corner) {}

  int between(int low, int high) {
    if (corner_ == Corner::kSmallest) return low;
    return std::uniform_int_distribution<int>(low, high)(engine_);
  }
  bool one_in(int n) { return between(1, n) == 1; }
  std::uint64_t bits() { return engine_(); }
  int divisor(int whole) {
    if (corner_ == Corner::kFolded) return 1;
    if (corner_ == Corner::kUnrolled) return whole;
    return pick(divisors(whole));
  }

  template <typename T>
  const T& pick(const std::vector<T>& choices) {
    return choices[between(0, static_cast<int>(choices.size()) - 1)];
  }
  template <typename T>
  T pick(std::initializer_list<T> choices) {
    return pick(std::vector<T>(choices));
  }

  DataType type() {
    return pick({DataType::bipolar(), DataType::signed_integer(between(2, 12)),
                 DataType::unsigned_integer(between(1, 12))});
  }

  std::vector<Value> values(std::size_t count, DataType type) {
    std::uniform_int_distribution<std::int64_t> any(type.min(), type.max());
    std::vector<Value> result(count);
    for (Value& value : result) {
      value =
          type.is_bipolar() ? ((engine_() & 1) != 0 ? 1 : -1) : static_cast<Value>(any(engine_));
    }
    return result;
  }

  Tensor tensor(int height, int width, int channels, DataType type) {
    Tensor result(height, width, channels);
    result.data = values(result.data.size(), type);
    return result;
  }

  Pressure pressure() {
    switch (between(0, 3)) {
      case 0:
        return {};
      case 1:
        return Pressure::every(between(2, 5));
      case 2:
        return Pressure::random(between(1, 8) / 10.0, engine_());
      default:
        break;
    }
    std::vector<Cycle> stalls;
    const int period = between(2, 30);
    for (int cycle = 0; cycle < period; ++cycle) {
      if (one_in(2)) stalls.push_back(cycle);
    }
    if (static_cast<int>(stalls.size()) == period) stalls.pop_back();
    return Pressure::recorded(stalls, period);
  }

  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
  const Corner corner_;
};

/// "height 3, width 4": the parameters of a case, for a failing test to print.
inline std::string describe(const std::vector<std::pair<const char*, std::int64_t>>& parameters) {
  std::ostringstream text;
  for (const auto& [name, value] : parameters) {
    text << (text.tellp() == 0 ? "" : ", ") << name << ' ' << value;
  }
  return text.str();
}

/// "beat 3: 7 instead of 8", where `actual` first differs from `expected`; empty where it does not.
template <typename T>
std::string first_difference(const std::vector<T>& actual, const std::vector<T>& expected) {
  std::ostringstream text;
  for (std::size_t i = 0; i < actual.size() && i < expected.size(); ++i) {
    if (actual[i] == expected[i]) continue;
    text << "number " << i << ": " << actual[i] << " instead of " << expected[i];
    return text.str();
  }
  if (actual.size() != expected.size()) {
    text << actual.size() << " instead of " << expected.size() << " in all";
  }
  return text.str();
}

template <typename T>
void append(std::vector<T>& all, const std::vector<T>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace qnnsim::test
