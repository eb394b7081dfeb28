// SPDX-License-Identifier: Apache-2.0
#include "tests/models/draw.h"

namespace qnnsim::test {

int Draw::between(int low, int high) {
  if (corner_ == Corner::kSmallest) return low;
  return std::uniform_int_distribution<int>(low, high)(engine_);
}

int Draw::divisor(int whole) {
  if (corner_ == Corner::kFolded) return 1;
  if (corner_ == Corner::kUnrolled) return whole;
  return pick(divisors(whole));
}

DataType Draw::type() {
  return pick({DataType::bipolar(), DataType::signed_integer(between(2, 12)),
               DataType::unsigned_integer(between(1, 12))});
}

std::vector<Value> Draw::values(std::size_t count, DataType type) {
  std::uniform_int_distribution<std::int64_t> any(type.min(), type.max());
  std::vector<Value> result(count);
  for (Value& value : result) {
    value = type.is_bipolar() ? ((engine_() & 1) != 0 ? 1 : -1) : static_cast<Value>(any(engine_));
  }
  return result;
}

Tensor Draw::tensor(int height, int width, int channels, DataType type) {
  Tensor result(height, width, channels);
  result.data = values(result.data.size(), type);
  return result;
}

Pressure Draw::pressure() {
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

std::string describe(const std::vector<std::pair<const char*, std::int64_t>>& parameters) {
  std::ostringstream text;
  for (const auto& [name, value] : parameters) {
    text << (text.tellp() == 0 ? "" : ", ") << name << ' ' << value;
  }
  return text.str();
}

template std::string first_difference(const std::vector<Value>&, const std::vector<Value>&);
template std::string first_difference(const std::vector<Cycle>&, const std::vector<Cycle>&);

}  // namespace qnnsim::test
