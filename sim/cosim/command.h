// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace qnnsim {

/// How a program ended.
struct CommandResult {
  int exit_code = 0;   ///< 127: the program was not found; 128 + n: signal n ended it
  std::string output;  ///< what it wrote to standard output and standard error
};

/// Starts `arguments[0]`, sought in $PATH, in `directory`, with its standard output and standard
/// error going to the files `output` and `errors`. No shell is between: arguments reach the program
/// as they are. It is killed if this process ends before it. Throws std::system_error if no process
/// can be started.
pid_t start_command(const std::vector<std::string>& arguments, const std::string& directory,
                    int output, int errors);

/// Waits for the end of what `start_command` started. Returns its exit code, as in CommandResult.
int wait_for_command(pid_t process);

/// As `wait_for_command`, but at once: empty while the process goes on.
std::optional<int> poll_command(pid_t process);

/// Runs `arguments[0]`, as `start_command` does, and waits for its end.
CommandResult run_command(const std::vector<std::string>& arguments, const std::string& directory);

/// The path of `program` in $PATH, links followed; empty if it is not there.
std::string find_program(const std::string& program);

}  // namespace qnnsim
