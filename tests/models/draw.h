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

  int between(int low, int high);
  bool one_in(int n) { return between(1, n) == 1; }
  std::uint64_t bits() { return engine_(); }
  int divisor(int whole);

  template <typename T>
  const T& pick(const std::vector<T>& choices) {
    return choices[between(0, static_cast<int>(choices.size()) - 1)];
  }
  template <typename T>
  T pick(std::initializer_list<T> choices) {
    return pick(std::vector<T>(choices));
  }

  DataType type();
  std::vector<Value> values(std::size_t count, DataType type);
  Tensor tensor(int height, int width, int channels, DataType type);
  Pressure pressure();

  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
  const Corner corner_;
};

/// "height 3, width 4": the parameters of a case, for a failing test to print.
std::string describe(const std::vector<std::pair<const char*, std::int64_t>>& parameters);

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

extern template std::string first_difference(const std::vector<Value>&, const std::vector<Value>&);
extern template std::string first_difference(const std::vector<Cycle>&, const std::vector<Cycle>&);

template <typename T>
void append(std::vector<T>& all, const std::vector<T>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace qnnsim::test
