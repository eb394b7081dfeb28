// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rtl/generator/design.h"
#include "rtl/generator/design_file.h"
#include "sim/run.h"

namespace qnnsim {

struct GenerateOptions {
  DesignOptions design;
  bool random_weights = false;        ///< constants without a file may be drawn from the seed
  std::vector<std::string> settings;  ///< with which the scenario was read
};

/// A design in full.
struct GeneratedDesign {
  std::vector<DesignFile> files;  ///< of its directory
  Result prediction;              ///< of the scenario; files are there only if it flows
  std::string name;
  std::size_t layers = 0;
  std::size_t kernels = 0;
  std::size_t fifos = 0;
};

/// Adds a finding for every constant of the network that has no file.
void check_constants(const Scenario& scenario, Findings& findings);

/// The design of a scenario that has been prepared with data, with everything around it. Throws
/// InputError with all that stands in its way, `findings` of the caller's among it.
GeneratedDesign generate(const Scenario& scenario, const PreparedRun& prepared,
                         const GenerateOptions& options, Findings findings = {});

}  // namespace qnnsim
