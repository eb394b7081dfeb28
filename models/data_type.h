// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qnnsim {

/// One element of a stream or tensor. Wide enough for every type that `DataType` can name.
using Value = std::int32_t;

/// A quantised integer type: `BIPOLAR` (-1, +1; one bit), `INT2..INT32` or `UINT1..UINT32`.
class DataType {
 public:
  static constexpr int kMaxBits = 32;

  /// `bits` in 1..32 (unsigned) or 2..32 (signed); throws std::invalid_argument otherwise.
  static DataType signed_integer(int bits);
  static DataType unsigned_integer(int bits);
  static DataType bipolar() { return DataType(Kind::kBipolar, 1); }

  /// "INT4" and the like; nothing if `name` is no type.
  static std::optional<DataType> parse(std::string_view name);

  /// The narrowest type with every value of [low, high]; nothing if that takes more than 32 bits
  /// or does not fit a `Value`.
  static std::optional<DataType> holding(std::int64_t low, std::int64_t high);

  int bits() const { return bits_; }  ///< [bits] on the wire
  bool is_bipolar() const { return kind_ == Kind::kBipolar; }
  bool is_signed() const { return kind_ != Kind::kUnsigned; }
  std::int64_t min() const;
  std::int64_t max() const;
  bool holds(std::int64_t value) const;
  std::string name() const;

  friend bool operator==(const DataType& a, const DataType& b) {
    return a.kind_ == b.kind_ && a.bits_ == b.bits_;
  }
  friend bool operator!=(const DataType& a, const DataType& b) { return !(a == b); }

 private:
  enum class Kind : std::uint8_t { kBipolar, kSigned, kUnsigned };
  DataType(Kind kind, int bits) : kind_(kind), bits_(bits) {}

  Kind kind_;
  int bits_;
};

}  // namespace qnnsim
