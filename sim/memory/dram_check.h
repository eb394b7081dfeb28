// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "sim/diagnostics.h"
#include "sim/memory/dram_spec.h"

namespace qnnsim {

/// Adds every contradiction in `spec` at the place of the key that it is about, by its name in
/// memory files.
void check_dram(const DramSpec& spec, const std::function<Place(const std::string& key)>& place_of,
                Findings& findings);

}  // namespace qnnsim
