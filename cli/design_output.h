// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/scenario_options.h"
#include "rtl/generator/generate.h"

namespace qnnsim {

/// What verbs that write a design have in common.
struct DesignOutput {
  std::string directory;  ///< empty: no design
  bool force = false;
  GenerateOptions generate;

  /// Returns the option of the directory.
  CLI::Option* add_to(CLI::App& verb);
  /// What stands in the way of a design of `scenario`, before it is made.
  void check(const Scenario& scenario, Findings& findings) const;
  /// Writes the design of a scenario that `source` has prepared as a whole design, and says so. A
  /// scenario that does not flow has none: tells why, and returns its exit code. Throws InputError
  /// and OutputError.
  int write(const ScenarioOptions& source, const Scenario& scenario,
            const PreparedRun& prepared) const;
};

}  // namespace qnnsim
