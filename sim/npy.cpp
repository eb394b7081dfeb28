// SPDX-License-Identifier: Apache-2.0
#include "sim/npy.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/input_file.h"

namespace qnnsim {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

/// What is wrong with a file, on the way to becoming a finding.
struct NpyError {
  std::string message;
  std::string hint;
};

struct Header {
  std::string dtype;  ///< "<i4"
  bool fortran_order = false;
  std::vector<int> shape;
};

/// Takes the header's Python literal, {'descr': '<i4', 'fortran_order': False, 'shape': (3, 4), },
/// apart. The keys may stand in any order.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : rest_(text) {}

  Header read() {
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      read_value(key);
      ++seen_[key];
      if (!accept(',') && rest_.substr(0, 1) != "}") fail();
    }
    skip_blank();
    const bool each_once =
        seen_.size() == 3 && seen_["descr"] + seen_["fortran_order"] + seen_["shape"] == 3;
    if (!rest_.empty() || !each_once) fail();
    return header_;
  }

 private:
  [[noreturn]] static void fail() {
    throw NpyError{"the header is not {'descr': ..., 'fortran_order': ..., 'shape': ...}",
                   "write the file with numpy.save"};
  }

  void read_value(const std::string& key) {
    skip_blank();
    if (key == "descr") {
      if (rest_.substr(0, 1) == "[")
        throw NpyError{"the elements are records", "save one integer array"};
      header_.dtype = quoted();
    } else if (key == "fortran_order") {
      header_.fortran_order = boolean();
    } else if (key == "shape") {
      read_shape();
    } else {
      fail();
    }
  }

  void read_shape() {
    expect('(');
    while (!accept(')')) {
      skip_blank();
      int size = 0;
      const auto result = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
      if (result.ec == std::errc::result_out_of_range)
        throw NpyError{"a dimension exceeds 32 bits", {}};
      if (result.ec != std::errc() || size < 0) fail();
      rest_.remove_prefix(static_cast<std::size_t>(result.ptr - rest_.data()));
      header_.shape.push_back(size);
      if (!accept(',') && rest_.substr(0, 1) != ")") fail();
    }
  }

  bool boolean() {
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (rest_.substr(0, word.size()) != word) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    fail();
  }

  std::string quoted() {
    skip_blank();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '\'' && quote != '"') fail();
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) fail();
    std::string result(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return result;
  }

  void skip_blank() {
    const std::size_t first = rest_.find_first_not_of(" \t\n");
    rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
  }
  bool accept(char c) {
    skip_blank();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail();
  }

  std::string_view rest_;
  Header header_;
  std::map<std::string, int> seen_;
};

/// An unsigned little-endian number.
std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t result = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    result = result << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return result;
}

/// Takes `count` bytes off the front of `bytes`.
std::string_view take(std::string_view& bytes, std::size_t count, const char* what) {
  if (bytes.size() < count) {
    throw NpyError{
        fmt::format("truncated: {} takes {} bytes, {} are left", what, count, bytes.size()), {}};
  }
  const std::string_view result = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return result;
}

/// Takes magic, version and header off the front of `bytes`.
Header take_header(std::string_view& bytes) {
  constexpr std::uint64_t kLongest = 65536;  // far above any header of a plain array
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    throw NpyError{"this is no .npy file: it does not begin with \\x93NUMPY",
                   "write it with numpy.save"};
  }
  bytes.remove_prefix(kMagic.size());
  const std::string_view version = take(bytes, 2, "the version");
  const int major = static_cast<unsigned char>(version[0]);
  if (major < 1 || major > 3) {
    throw NpyError{fmt::format("format version {} is unknown", major), "versions 1 to 3 are read"};
  }
  const std::uint64_t length =
      little_endian(take(bytes, major == 1 ? 2 : 4, "the header's length"));
  if (length > kLongest)
    throw NpyError{fmt::format("a header of {} bytes is too long", length), {}};
  return HeaderReader(take(bytes, static_cast<std::size_t>(length), "the header")).read();
}

/// The value as an integer of 32 bits, if it is one.
template <typename Number>
bool to_value(Number number, Value& value) {
  if constexpr (std::is_floating_point_v<Number>) {
    if (!(std::abs(number) <= 0x1p31) || number != std::floor(number)) return false;
  }
  // NOLINTNEXTLINE(bugprone-signed-char-misuse): an i1 is a number
  const auto wide = static_cast<std::int64_t>(number);
  value = static_cast<Value>(wide);
  return value == wide && (wide >= 0) == (number >= 0);
}

/// The elements of `bytes`, all of type `Number`.
template <typename Number>
std::vector<Value> convert(std::string_view bytes, const std::vector<int>& shape) {
  std::vector<Value> values(bytes.size() / sizeof(Number));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Number number;
    std::memcpy(&number, bytes.data() + i * sizeof(Number), sizeof(Number));
    if (!to_value(number, values[i])) {
      throw NpyError{
          fmt::format("the value {} at {} is no integer of 32 bits", number, index_text(shape, i)),
          {}};
    }
  }
  return values;
}

/// An element type that can be read.
struct Dtype {
  std::size_t bytes;
  std::vector<Value> (*convert)(std::string_view bytes, const std::vector<int>& shape);
};

const std::map<std::string, Dtype, std::less<>>& dtypes() {
  static const std::map<std::string, Dtype, std::less<>> types = {
      {"b1", {1, convert<std::uint8_t>}},  {"i1", {1, convert<std::int8_t>}},
      {"u1", {1, convert<std::uint8_t>}},  {"i2", {2, convert<std::int16_t>}},
      {"u2", {2, convert<std::uint16_t>}}, {"i4", {4, convert<std::int32_t>}},
      {"u4", {4, convert<std::uint32_t>}}, {"i8", {8, convert<std::int64_t>}},
      {"u8", {8, convert<std::uint64_t>}}, {"f4", {4, convert<float>}},
      {"f8", {8, convert<double>}}};
  return types;
}

const Dtype& find_dtype(const std::string& name) {
  const std::string_view kind = std::string_view(name).substr(name.empty() ? 0 : 1);
  const auto found = dtypes().find(kind);
  if (found == dtypes().end()) {
    throw NpyError{
        fmt::format("the dtype '{}' is no integer", name),
        "dtypes are b1, i1, u1, i2, u2, i4, u4, i8, u8, and f4, f8 with integral values"};
  }
  const bool little = name[0] == '<' || (name[0] == '|' && found->second.bytes == 1);
  if (!little) {
    throw NpyError{fmt::format("the dtype '{}' is not little-endian", name),
                   fmt::format("save array.astype('<{}')", kind)};
  }
  return found->second;
}

/// Bytes of an array; none if the number takes more than 63 bits.
std::optional<std::uint64_t> bytes_of(const std::vector<int>& shape, std::size_t element) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::uint64_t result = element;
  for (const int size : shape) {
    if (size == 0) return 0;
    if (result > kMost / static_cast<std::uint64_t>(size)) return std::nullopt;
    result *= static_cast<std::uint64_t>(size);
  }
  return result;
}

Constant read(std::string_view bytes) {
  Header header = take_header(bytes);
  const Dtype& dtype = find_dtype(header.dtype);
  if (header.fortran_order && header.shape.size() > 1) {
    throw NpyError{"the array is in Fortran order", "save numpy.ascontiguousarray(array)"};
  }
  const auto expected = bytes_of(header.shape, dtype.bytes);
  if (!expected) throw NpyError{"the shape " + shape_text(header.shape) + " is too large", {}};
  if (*expected != bytes.size()) {
    throw NpyError{fmt::format("{}: {} of '{}' takes {} bytes of data, the file holds {}",
                               bytes.size() < *expected ? "truncated" : "too long",
                               shape_text(header.shape), header.dtype, *expected, bytes.size()),
                   {}};
  }
  std::vector<Value> values = dtype.convert(bytes, header.shape);
  return {std::move(header.shape), std::move(values)};
}

}  // namespace

std::optional<Constant> load_npy(const std::string& path, const Place& named_at,
                                 Findings& findings) {
  const std::optional<std::string> bytes = read_file(path, named_at, findings);
  if (!bytes) return std::nullopt;
  try {
    return read(*bytes);
  } catch (const NpyError& error) {
    findings.add({path, 0, 0}, error.message, error.hint);
    return std::nullopt;
  }
}

std::optional<Constant> load_npy(const std::string& path, Findings& findings) {
  return load_npy(path, {path, 0, 0}, findings);
}

std::string shape_text(const std::vector<int>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

std::string index_text(const std::vector<int>& shape, std::size_t position) {
  std::vector<std::size_t> index(shape.size());
  for (std::size_t i = shape.size(); i-- > 0;) {
    const auto size = static_cast<std::size_t>(shape[i]);
    index[i] = position % size;
    position /= size;
  }
  return fmt::format("[{}]", fmt::join(index, ", "));
}

}  // namespace qnnsim
