// SPDX-License-Identifier: Apache-2.0
#include "sim/yaml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/input_file.h"

namespace qnnsim {
namespace {

using Kind = YamlValue::Kind;

/// How a message shows a value.
std::string shown(const YamlValue& value) {
  constexpr std::size_t kMost = 40;
  switch (value.kind) {
    case Kind::kNull:
      return "empty";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
    case Kind::kScalar:
      break;
  }
  const std::string text =
      value.text.size() > kMost ? value.text.substr(0, kMost) + "..." : value.text;
  return value.quoted ? fmt::format("\"{}\"", text) : text;
}

std::string integer_range(std::int64_t low, std::int64_t high) {
  if (high == std::numeric_limits<std::int64_t>::max()) {
    return fmt::format("an integer of at least {}", low);
  }
  return fmt::format("an integer from {} to {}", low, high);
}

/// The number that all of a plain scalar spells.
template <typename Number>
std::optional<Number> parse(const YamlValue& value) {
  if (value.kind != Kind::kScalar || value.quoted) return std::nullopt;
  const char* end = value.text.data() + value.text.size();
  Number number{};
  const auto result = std::from_chars(value.text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

/// Decimal, or hexadecimal behind 0x.
std::optional<std::int64_t> parse_integer(const YamlValue& value) {
  const std::string& text = value.text;
  if (value.kind != Kind::kScalar || value.quoted || text.rfind("0x", 0) != 0) {
    return parse<std::int64_t>(value);
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

YamlPtr empty_value(const Place& place) {
  auto value = std::make_shared<YamlValue>();
  value->place = place;
  return value;
}

}  // namespace

YamlReader::YamlReader(YamlPtr value, std::string owner, const Findings& findings)
    : value_(std::move(value)), owner_(std::move(owner)), findings_(findings) {
  if (value_->kind == Kind::kMap || value_->kind == Kind::kNull) return;
  fail(value_->place,
       fmt::format("{} must be a map, 'key: value', not {}", owner_, shown(*value_)));
  is_map_ = false;
  value_ = empty_value(value_->place);
}

Place YamlReader::place(std::string_view key) const {
  const YamlValue::Member* member = value_->find(key);
  return member ? member->value->place : value_->place;
}

bool YamlReader::has(std::string_view key) { return find(key) != nullptr; }

bool YamlReader::is_list(std::string_view key) {
  const YamlValue* value = find(key);
  return value != nullptr && value->kind == Kind::kList;
}

const YamlValue* YamlReader::find(std::string_view key) {
  asked_.emplace(key);
  const YamlValue::Member* member = value_->find(key);
  return member ? member->value.get() : nullptr;
}

const YamlValue* YamlReader::require_value(std::string_view key, bool has_fallback,
                                           const std::string& expected) {
  const YamlValue* value = find(key);
  const bool is_told = std::any_of(missing_.begin(), missing_.end(),
                                   [&](const Missing& missing) { return missing.key == key; });
  if (!value && !has_fallback && is_map_ && !is_told)
    missing_.push_back({std::string(key), expected});
  return value;
}

std::optional<std::int64_t> YamlReader::integer_in(const YamlValue& value, std::string_view key,
                                                   std::int64_t low, std::int64_t high,
                                                   const std::string& expected) {
  const auto number = parse_integer(value);
  if (number && *number >= low && *number <= high) return number;
  must_be(value, key, expected);
  return std::nullopt;
}

std::int64_t YamlReader::integer(std::string_view key, std::optional<std::int64_t> fallback,
                                 std::int64_t low, std::int64_t high) {
  const std::string expected = integer_range(low, high);
  const std::int64_t otherwise = fallback.value_or(low);
  const YamlValue* value = require_value(key, fallback.has_value(), expected);
  return value ? integer_in(*value, key, low, high, expected).value_or(otherwise) : otherwise;
}

std::vector<std::int64_t> YamlReader::integers(std::string_view key, std::int64_t low,
                                               std::int64_t high, std::size_t most) {
  const YamlValue* value = find(key);
  if (!value) return {};
  if (value->kind != Kind::kList) {
    std::string expected = integer_range(low, high);
    if (!parse<std::int64_t>(*value)) expected += fmt::format(" or a list of up to {}", most);
    return {integer_in(*value, key, low, high, expected).value_or(low)};
  }
  if (value->items.empty() || value->items.size() > most) {
    fail(value->place, fmt::format("'{}' must be a list of 1 to {} integers, not of {}", key, most,
                                   value->items.size()));
    return {low};
  }
  std::vector<std::int64_t> result;
  for (const YamlPtr& item : value->items) {
    result.push_back(integer_in(*item, key, low, high, integer_range(low, high)).value_or(low));
  }
  return result;
}

bool YamlReader::boolean(std::string_view key, bool fallback) {
  const YamlValue* value = find(key);
  if (!value) return fallback;
  const bool is_plain = value->kind == Kind::kScalar && !value->quoted;
  if (is_plain && value->text == "true") return true;
  if (is_plain && value->text == "false") return false;
  must_be(*value, key, "true or false");
  return fallback;
}

DataType YamlReader::type(std::string_view key) {
  static const std::string types = "BIPOLAR, INT2..INT32 or UINT1..UINT32";
  const DataType fallback = DataType::unsigned_integer(1);  // suits whoever asks
  const YamlValue* value = require_value(key, false, types);
  if (!value) return fallback;
  const auto type = value->kind == Kind::kScalar ? DataType::parse(value->text) : std::nullopt;
  if (!type) must_be(*value, key, "a type", "types are " + types);
  return type.value_or(fallback);
}

std::string YamlReader::choice(std::string_view key, const std::vector<std::string>& choices) {
  const YamlValue* value = find(key);
  if (!value) return choices.front();
  const bool is_choice = value->kind == Kind::kScalar &&
                         std::find(choices.begin(), choices.end(), value->text) != choices.end();
  if (is_choice) return value->text;
  const std::string near = closest(value->text, choices);
  must_be(*value, key, "one of " + join(choices),
          near.empty() ? "" : fmt::format("did you mean '{}'?", near));
  return choices.front();
}

void YamlReader::complain(std::string_view key, const std::string& message,
                          const std::string& hint) {
  fail(place(key), message, hint);
}

void YamlReader::require(std::string_view key, const std::string& expected) {
  require_value(key, false, expected);
}

double YamlReader::positive(std::string_view key, std::optional<double> fallback) {
  const std::string expected = "a number above 0";
  const double otherwise = fallback.value_or(1);
  const YamlValue* value = require_value(key, fallback.has_value(), expected);
  if (!value) return otherwise;
  const auto number = parse<double>(*value);
  if (number && std::isfinite(*number) && *number > 0) return *number;
  must_be(*value, key, expected);
  return otherwise;
}

double YamlReader::probability(std::string_view key) {
  const YamlValue* value = find(key);
  if (!value) return 0;
  const auto number = parse<double>(*value);
  if (number && *number >= 0 && *number < 1) return *number;
  must_be(*value, key, "a number from 0 to less than 1");
  return 0;
}

std::optional<PlacedText> YamlReader::word_in(const YamlValue& value, std::string_view key) {
  if (value.kind == Kind::kScalar && !value.text.empty())
    return PlacedText{value.text, value.place};
  must_be(value, key, "a word");
  return std::nullopt;
}

std::string YamlReader::text(std::string_view key, const std::optional<std::string>& fallback) {
  const YamlValue* value = require_value(key, fallback.has_value(), "");
  const auto word = value ? word_in(*value, key) : std::nullopt;
  return word ? word->text : fallback.value_or("");
}

std::vector<PlacedText> YamlReader::texts(std::string_view key) {
  const YamlValue* value = find(key);
  if (!value) return {};
  std::vector<PlacedText> result;
  const auto add = [&](const YamlValue& item) {
    if (const auto word = word_in(item, key)) result.push_back(*word);
  };
  if (value->kind != Kind::kList) add(*value);
  for (const YamlPtr& item : value->items) add(*item);
  return result;
}

std::string YamlReader::file(std::string_view key) {
  const std::string name = text(key, "");
  if (name.empty()) return {};
  std::string path = resolve_path(name, place(key));
  if (check_readable(path, place(key), findings_)) return path;
  failed_ = true;
  return {};
}

YamlReader YamlReader::map(std::string_view key, std::string owner) {
  asked_.emplace(key);
  const YamlValue::Member* member = value_->find(key);
  return {member ? member->value : empty_value(value_->place), std::move(owner), findings_};
}

std::vector<YamlReader> YamlReader::maps(std::string_view key, const std::string& owner) {
  const YamlValue* value = find(key);
  if (!value || value->kind == Kind::kNull) return {};
  if (value->kind != Kind::kList) {
    must_be(*value, key, "a list");
    return {};
  }
  std::vector<YamlReader> result;
  for (const YamlPtr& item : value->items) result.emplace_back(item, owner, findings_);
  return result;
}

YamlPtr YamlReader::value(std::string_view key) {
  asked_.emplace(key);
  const YamlValue::Member* member = value_->find(key);
  return member ? member->value : nullptr;
}

const std::vector<YamlValue::Member>& YamlReader::members() {
  for (const YamlValue::Member& member : value_->members) asked_.insert(member.key);
  return value_->members;
}

std::vector<std::string> YamlReader::keys() const {
  std::vector<std::string> result;
  for (const YamlValue::Member& member : value_->members) result.push_back(member.key);
  return result;
}

bool YamlReader::is_unasked(const YamlValue::Member& member) const {
  return asked_.count(member.key) == 0;
}

void YamlReader::complain_of_key(const YamlValue::Member& member,
                                 const std::vector<std::string>& known) {
  asked_.insert(member.key);
  fail(member.key_place, fmt::format("unknown key '{}' in {}", member.key, owner_),
       suggest(member.key, known));
}

void YamlReader::report_missing() {
  for (const Missing& missing : std::exchange(missing_, {})) {
    const auto misspelt = std::find_if(
        value_->members.begin(), value_->members.end(), [&](const YamlValue::Member& member) {
          return is_unasked(member) && !closest(member.key, {missing.key}).empty();
        });
    if (misspelt != value_->members.end()) {
      complain_of_key(*misspelt, {missing.key});
      continue;
    }
    fail(value_->place, fmt::format("{} needs the key '{}'", owner_, missing.key),
         missing.expected.empty() ? "" : fmt::format("'{}' is {}", missing.key, missing.expected));
  }
}

void YamlReader::finish() {
  report_missing();
  const std::vector<std::string> known(asked_.begin(), asked_.end());
  for (const YamlValue::Member& member : value_->members) {
    if (is_unasked(member)) complain_of_key(member, known);
  }
}

void YamlReader::fail(const Place& place, const std::string& message, const std::string& hint) {
  failed_ = true;
  findings_.add(place, message, hint);
}

void YamlReader::must_be(const YamlValue& value, std::string_view key, const std::string& expected,
                         const std::string& hint) {
  fail(value.place, fmt::format("'{}' must be {}, not {}", key, expected, shown(value)), hint);
}

}  // namespace qnnsim
