// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/diagnostics.h"

namespace qnnsim {

struct YamlValue;
/// Values are shared (a YAML alias is one value in two places) and never changed.
using YamlPtr = std::shared_ptr<const YamlValue>;

/// One value of a YAML document with the place where it stands.
struct YamlValue {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Member {
    std::string key;
    Place key_place;
    YamlPtr value;
  };

  /// The value of `key` in a map; nullptr if it has none.
  const Member* find(std::string_view key) const;

  Kind kind = Kind::kNull;
  Place place;
  std::string text;             ///< of a scalar
  bool quoted = false;          ///< a scalar in quotes is text, even "12"
  std::vector<YamlPtr> items;   ///< of a list
  std::vector<Member> members;  ///< of a map, in the order of the file
};

/// `map` (or an empty value) with `member` in the place of the one of its name, or at the end.
YamlPtr with_member(const YamlValue& map, YamlValue::Member member);

/// `map` without the member of that name.
YamlPtr without_member(const YamlValue& map, const std::string& key);

/// Parses one document. Syntax errors, duplicate keys and the like go to `findings`; a syntax error
/// gives nullptr. Places are in `file`, by line and column.
YamlPtr parse_yaml(const std::string& text, const std::string& file, Findings& findings);

/// As `parse_yaml`, for a value from the command line: every place is `option` as a whole.
YamlPtr parse_yaml_option(const std::string& text, const std::string& option, Findings& findings);

/// Parses the file `path`. A file that cannot be read is a finding at `named_at`, and gives
/// nullptr.
YamlPtr load_yaml(const std::string& path, const Place& named_at, Findings& findings);

}  // namespace qnnsim
