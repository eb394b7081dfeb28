// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "rtl/generator/design_file.h"
#include "sim/diagnostics.h"
#include "sim/scenario.h"

namespace qnnsim {

/// The scenario with `settings`, with which it was read, as `source/<name>.yaml`; its network and
/// every file that they name in `source/files/`. What is run or generated from there comes out the
/// same, with the configs of the same version. RTL of others (`cosim`) is left out.
std::vector<DesignFile> source_copy(const Scenario& scenario,
                                    const std::vector<std::string>& settings, Findings& findings);

}  // namespace qnnsim
