// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "rtl/generator/design_file.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// The scenario file `path` with `settings`, its network and every file that they name, as files of
/// one directory `source/`: what is run or generated from `source/scenario.yaml` comes out the
/// same, with the configs of the same version. RTL of others (`cosim`) is left out.
std::vector<DesignFile> source_copy(const std::string& path,
                                    const std::vector<std::string>& settings, Findings& findings);

}  // namespace qnnsim
