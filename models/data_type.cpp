// SPDX-License-Identifier: Apache-2.0
#include "models/data_type.h"

#include <charconv>
#include <limits>
#include <stdexcept>

namespace qnnsim {

DataType DataType::signed_integer(int bits) {
  if (bits < 2 || bits > kMaxBits) throw std::invalid_argument("a signed type has 2 to 32 bits");
  return {Kind::kSigned, bits};
}

DataType DataType::unsigned_integer(int bits) {
  if (bits < 1 || bits > kMaxBits) throw std::invalid_argument("an unsigned type has 1 to 32 bits");
  return {Kind::kUnsigned, bits};
}

std::optional<DataType> DataType::parse(std::string_view name) {
  if (name == "BIPOLAR") return bipolar();
  const bool is_unsigned = name.substr(0, 1) == "U";
  if (is_unsigned) name.remove_prefix(1);
  if (name.substr(0, 3) != "INT") return std::nullopt;
  name.remove_prefix(3);
  int bits = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), bits);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  if (bits < (is_unsigned ? 1 : 2) || bits > kMaxBits) return std::nullopt;
  return is_unsigned ? unsigned_integer(bits) : signed_integer(bits);
}

std::optional<DataType> DataType::holding(std::int64_t low, std::int64_t high) {
  if (low < std::numeric_limits<Value>::min() || high > std::numeric_limits<Value>::max()) {
    return std::nullopt;
  }
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    if (low < 0 && bits < 2) continue;
    const DataType type = low < 0 ? signed_integer(bits) : unsigned_integer(bits);
    if (type.holds(low) && type.holds(high)) return type;
  }
  return std::nullopt;
}

std::int64_t DataType::min() const {
  switch (kind_) {
    case Kind::kBipolar:
      return -1;
    case Kind::kSigned:
      return -(std::int64_t{1} << (bits_ - 1));
    case Kind::kUnsigned:
      return 0;
  }
  return 0;
}

std::int64_t DataType::max() const {
  switch (kind_) {
    case Kind::kBipolar:
      return 1;
    case Kind::kSigned:
      return (std::int64_t{1} << (bits_ - 1)) - 1;
    case Kind::kUnsigned:
      return (std::int64_t{1} << bits_) - 1;
  }
  return 0;
}

bool DataType::holds(std::int64_t value) const {
  return value >= min() && value <= max() && (kind_ != Kind::kBipolar || value != 0);
}

std::string DataType::name() const {
  switch (kind_) {
    case Kind::kBipolar:
      return "BIPOLAR";
    case Kind::kSigned:
      return "INT" + std::to_string(bits_);
    case Kind::kUnsigned:
      return "UINT" + std::to_string(bits_);
  }
  return {};
}

}  // namespace qnnsim
