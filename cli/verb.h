// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "sim/exit_code.h"

namespace qnnsim {

/// Each verb adds itself to `app` and sets `exit_code` when it has run.
void add_run(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_generate(CLI::App& app, int& exit_code);
void add_fold(CLI::App& app, int& exit_code);
void add_optimise(CLI::App& app, int& exit_code);
void add_size(CLI::App& app, int& exit_code);
void add_sweep(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);
void add_calibrate(CLI::App& app, int& exit_code);
void add_trace(CLI::App& app, int& exit_code);

}  // namespace qnnsim
