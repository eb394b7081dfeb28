// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/diagnostics.h"
#include "sim/yaml_value.h"

namespace qnnsim {

/// A value that stands in for what a scenario says.
struct Setting {
  std::string key;  ///< a path of keys joined by dots
  YamlPtr value;    ///< an empty one takes the key away
  Place place;      ///< of the key
};

/// `root` with the values of `settings` put in, the later winning. A key is a path of keys joined
/// by dots; behind `folding` the last one is the key and all between is the layer or kernel, behind
/// `tensors` the tensor; behind `fifos.edges` all is the edge; behind `cosim` stands a layer or
/// `<layer>.<kind>`.
YamlPtr apply_settings(YamlPtr root, const std::vector<Setting>& settings, Findings& findings);

/// As above, each `KEY=VALUE` of the command line. VALUE is YAML. The place of such a value is the
/// setting itself.
YamlPtr apply_settings(YamlPtr root, const std::vector<std::string>& settings, Findings& findings);

}  // namespace qnnsim
