// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "sim/run.h"

namespace qnnsim {

/// What every verb that takes a scenario has in common.
struct ScenarioOptions {
  std::string path;
  std::vector<std::string> settings;
  std::string cost_model;
  std::string json;  ///< file, or "-" for standard output; empty: none
  bool quiet = false;

  void add_to(CLI::App& verb);
  /// `settings`, with those that have options of their own.
  std::vector<std::string> all_settings() const;
  /// Loads and lowers the scenario; throws InputError with everything that is wrong. `rtl` names
  /// layers and kernels to run as RTL beside those that the scenario names; "none": not even those;
  /// kWholeDesign: no kernels, but values are carried.
  PreparedRun prepare(Scenario& scenario, const std::vector<std::string>& rtl = {}) const;
};

/// What `--rtl` calls the generated design as a whole.
inline constexpr char kWholeDesign[] = "design";

/// Writes to the file `path`, or to standard output if it is "-".
void write_text(const std::string& path, const std::string& text);

}  // namespace qnnsim
