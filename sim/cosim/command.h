// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace qnnsim {

/// How a program ended.
struct CommandResult {
  int exit_code = 0;   ///< 127: the program was not found; 128 + n: signal n ended it
  std::string output;  ///< what it wrote to standard output and standard error
};

/// Runs `arguments[0]`, sought in $PATH, in `directory` and waits for its end. No shell is between:
/// arguments reach the program as they are. Throws std::system_error if no process can be started.
CommandResult run_command(const std::vector<std::string>& arguments, const std::string& directory);

/// The path of `program` in $PATH, links followed; empty if it is not there.
std::string find_program(const std::string& program);

}  // namespace qnnsim
