// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/operator.h"
#include "sim/diagnostics.h"
#include "sim/yaml_reader.h"

namespace qnnsim {

/// The `folding` block of a scenario: one map of values per `default`, `<layer>` or
/// `<layer>.<kind>`. Values stay in the file's form, with their places, until the lowering asks for
/// them.
class Folding {
 public:
  /// The values given for exactly `name`; nullptr if the scenario has none.
  AttributeReader* find(const std::string& name) const;
  /// Adds a finding for every name that was never looked for and every key that was never read.
  void check_all_used(const std::vector<std::string>& known_names, Findings& findings) const;

  struct Entry {
    std::string name;
    Place place;
    std::shared_ptr<YamlReader> values;
  };
  std::vector<Entry> entries;
};

}  // namespace qnnsim
