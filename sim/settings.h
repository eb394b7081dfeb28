// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/diagnostics.h"
#include "sim/yaml_value.h"

namespace qnnsim {

/// `root` with the values of `settings` put in, each `KEY=VALUE`, the later winning. KEY is a path
/// of keys joined by dots; behind `folding` the last one is the key and all between is the layer or
/// kernel, behind `tensors` the tensor; behind `fifos.edges` all is the edge; behind `cosim` stands
/// a layer or `<layer>.<kind>`. VALUE is YAML; an empty one takes the key away. The place of such a
/// value is the setting itself.
YamlPtr apply_settings(YamlPtr root, const std::vector<std::string>& settings, Findings& findings);

}  // namespace qnnsim
