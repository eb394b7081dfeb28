// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

namespace qnnsim {

/// How the program ends (DESIGN section 5).
enum ExitCode {
  kExitDone = 0,
  kExitFault = 1,          ///< a fault of ours
  kExitInput = 2,          ///< the input is wrong
  kExitDeadlock = 3,       ///< the accelerator stands still
  kExitDisagrees = 4,      ///< output and reference, or model and RTL, disagree
  kExitTarget = 5,         ///< a target was not met
  kExitInterrupted = 130,  ///< Ctrl-C; results so far are marked as partial
};

/// Each verb adds itself to `app` and sets `exit_code` when it has run.
void add_run(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_size(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);
void add_trace(CLI::App& app, int& exit_code);

}  // namespace qnnsim
