// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/sizing.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// The text of a scenario file with the FIFO depths of `sizing`: the scenario file `path` with
/// `settings` put in (`KEY=VALUE`, see apply_settings), the most frequent depth as
/// `fifos.default_depth`, and every FIFO of another depth in `fifos.edges`. The paths in it lead
/// from the directory of `output_path`, where the text is to be written, to where they led before;
/// absolute paths remain. Comments on top say what the file is; those of the original are lost.
///
/// `sizing` is of that scenario with these settings. A file or setting that cannot be read goes to
/// `findings`, and the text is then empty.
std::string sized_scenario(const std::string& path, const std::vector<std::string>& settings,
                           const Sizing& sizing, const std::string& output_path,
                           Findings& findings);

/// The same with a title of one's own, one comment for each line of `about`; `settings` are changes
/// to the scenario that need not be told.
std::string changed_scenario(const std::string& path, const std::vector<std::string>& settings,
                             const std::vector<std::string>& about, const Sizing& sizing,
                             const std::string& output_path, Findings& findings);

}  // namespace qnnsim
