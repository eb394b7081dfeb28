// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "models/operator.h"
#include "sim/diagnostics.h"
#include "sim/yaml_value.h"

namespace qnnsim {

/// A word of a file, and where it stands.
struct PlacedText {
  std::string text;
  Place place;
};

/// Reads the keys of one map and remembers which were asked for. Every value is checked when it is
/// read; a wrong one is a finding, and a legal one is returned in its place. `finish` tells of the
/// keys that nobody asked for and of those that are missing. An empty value reads as an empty map.
class YamlReader final : public AttributeReader {
 public:
  /// Reads `value`, called `owner` in messages: "layer 'conv0'".
  YamlReader(YamlPtr value, std::string owner, const Findings& findings);

  Place place() const { return value_->place; }
  /// The place of the value of `key`; of the whole where there is none.
  Place place(std::string_view key) const;
  /// Has anything been wrong so far?
  bool failed() const { return failed_; }
  void rename(std::string owner) { owner_ = std::move(owner); }

  bool has(std::string_view key) override;
  /// Is the value of `key` a list?
  bool is_list(std::string_view key);
  std::int64_t integer(std::string_view key, std::optional<std::int64_t> fallback, std::int64_t low,
                       std::int64_t high) override;
  std::vector<std::int64_t> integers(std::string_view key, std::int64_t low, std::int64_t high,
                                     std::size_t most) override;
  bool boolean(std::string_view key, bool fallback) override;
  DataType type(std::string_view key) override;
  std::string choice(std::string_view key, const std::vector<std::string>& choices) override;
  void complain(std::string_view key, const std::string& message,
                const std::string& hint = {}) override;

  /// `key` must be there; `expected` says what it should be.
  void require(std::string_view key, const std::string& expected);
  /// A number above 0; `fallback` where the key is absent, and an error where neither is given.
  double positive(std::string_view key, std::optional<double> fallback = {});
  /// A number in [0, 1); 0 where the key is absent.
  double probability(std::string_view key);
  /// A word that is not empty; `fallback` where the key is absent, and an error where neither is
  /// given.
  std::string text(std::string_view key, const std::optional<std::string>& fallback = {});
  /// One word or a list of words; empty where the key is absent.
  std::vector<PlacedText> texts(std::string_view key);
  /// The path of a file that can be read; empty where the key is absent or the file is a finding.
  std::string file(std::string_view key);
  /// A map in the map; one without keys where it is absent.
  YamlReader map(std::string_view key, std::string owner);
  /// A list of maps, all called `owner`; empty where the key is absent.
  std::vector<YamlReader> maps(std::string_view key, const std::string& owner);
  /// The value of `key` as it stands; nullptr where it is absent.
  YamlPtr value(std::string_view key);
  /// As `complain`, at a place within a value.
  void complain_at(const Place& place, const std::string& message, const std::string& hint = {}) {
    fail(place, message, hint);
  }
  /// Every key with its value, for maps whose keys are the user's names; all count as asked for.
  const std::vector<YamlValue::Member>& members();
  /// Every key, asked for or not.
  std::vector<std::string> keys() const;

  /// Adds the findings about keys that are missing so far.
  void report_missing();
  /// Adds the findings about missing keys and about keys that nobody asked for.
  void finish();

 private:
  struct Missing {
    std::string key;
    std::string expected;
  };

  /// The value of `key`; nullptr where it is absent.
  const YamlValue* find(std::string_view key);
  /// As `find`; without a fallback, an absent key is missing. `expected` says what it should be.
  const YamlValue* require_value(std::string_view key, bool has_fallback,
                                 const std::string& expected);
  std::optional<std::int64_t> integer_in(const YamlValue& value, std::string_view key,
                                         std::int64_t low, std::int64_t high,
                                         const std::string& expected);
  std::optional<PlacedText> word_in(const YamlValue& value, std::string_view key);
  bool is_unasked(const YamlValue::Member& member) const;
  void complain_of_key(const YamlValue::Member& member, const std::vector<std::string>& known);
  void fail(const Place& place, const std::string& message, const std::string& hint = {});
  void must_be(const YamlValue& value, std::string_view key, const std::string& expected,
               const std::string& hint = {});

  YamlPtr value_;
  std::string owner_;
  Findings findings_;
  bool is_map_ = true;  ///< else nothing is said of its keys
  bool failed_ = false;
  std::set<std::string, std::less<>> asked_;
  std::vector<Missing> missing_;
};

}  // namespace qnnsim
