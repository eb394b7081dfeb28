// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>

#include "cli/scenario_options.h"

namespace qnnsim {

/// What `run` does with a kernel file.
struct KernelRunOptions {
  std::string path;
  std::vector<std::string> settings;
  std::vector<std::string> json;  ///< files, or "-" for standard output
  std::string beats;              ///< file, or "-" for standard output; empty: none
  bool quiet = false;
  bool all_beats = false;
};

/// Runs the kernel and writes what was asked for. Returns the program's exit code.
int run_kernel_file(const KernelRunOptions& options, const std::atomic<bool>* stop);

/// Validates the kernel and its stimulus, and prints the streams of its module.
int check_kernel_file(const KernelRunOptions& options);

}  // namespace qnnsim
