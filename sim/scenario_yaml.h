// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/diagnostics.h"
#include "sim/yaml_value.h"

namespace qnnsim {

/// The scenario file `path` with what it extends: `extends: FILE` names another scenario, whose
/// keys hold where this file has none of its own. Maps are merged key by key, an empty value takes
/// a key away, everything else is replaced. Places are in the file that the value comes from.
/// nullptr after a finding that leaves nothing to read.
YamlPtr load_scenario_yaml(const std::string& path, Findings& findings);

}  // namespace qnnsim
