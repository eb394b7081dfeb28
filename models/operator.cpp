// SPDX-License-Identifier: Apache-2.0
#include "models/operator.h"

#include <limits>

#include "models/convolution.h"

namespace qnnsim {
namespace {

std::map<std::string, OperatorEntry, std::less<>>& registry() {
  static std::map<std::string, OperatorEntry, std::less<>> entries;
  return entries;
}

}  // namespace

const std::map<std::string, OperatorEntry, std::less<>>& operators() { return registry(); }

std::optional<ConvolutionShape> Operator::convolution() const { return std::nullopt; }

OperatorRegistration::OperatorRegistration(std::string name, OperatorEntry entry) {
  registry().emplace(std::move(name), std::move(entry));
}

int AttributeReader::count(std::string_view key, std::optional<int> fallback) {
  constexpr int kMost = 1 << 24;
  return static_cast<int>(integer(key, fallback, 1, kMost));
}

std::pair<int, int> AttributeReader::height_width(std::string_view key, std::optional<int> fallback,
                                                  int low) {
  constexpr int kMost = 1 << 16;
  if (!has(key) && !fallback) {
    integer(key, std::nullopt, low, kMost);  // complains that the key is missing
    return {low, low};
  }
  const std::vector<std::int64_t> values = integers(key, low, kMost, 2);
  if (values.empty()) return {fallback.value_or(low), fallback.value_or(low)};
  return {static_cast<int>(values.front()), static_cast<int>(values.back())};
}

DataType type_holding(std::int64_t low, std::int64_t high, AttributeReader& attributes,
                      std::string_view key) {
  if (const auto type = DataType::holding(low, high)) return *type;
  attributes.complain(key,
                      "the results span " + std::to_string(low) + ".." + std::to_string(high) +
                          ", more than 32 bits hold",
                      "reduce the widths in front of this layer");
  return DataType::signed_integer(DataType::kMaxBits);
}

void refuse_to_stream(DataflowBuilder& builder, const std::string& why) {
  builder.complain("op", "op", why, "a time-multiplexed engine runs it: organisation: kraken");
  throw ParameterError(why);
}

std::vector<int> divisors(int whole) {
  std::vector<int> result;
  for (int d = 1; d <= whole; ++d) {
    if (whole % d == 0) result.push_back(d);
  }
  return result;
}

}  // namespace qnnsim
