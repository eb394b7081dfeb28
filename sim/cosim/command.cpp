// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/command.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>

namespace qnnsim {
namespace {

/// What the new process does; allocates nothing, for other threads may hold the heap's lock.
[[noreturn]] void become(char* const* arguments, const char* directory, int output, int errors,
                         pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it has ended already
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  if (chdir(directory) == 0) execvp(arguments[0], arguments);
  _exit(127);
}

int exit_code_in(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

pid_t start_command(const std::vector<std::string>& arguments, const std::string& directory,
                    int output, int errors) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) become(pointers.data(), directory.c_str(), output, errors, parent);
  if (child > 0) return child;
  throw std::system_error(errno, std::generic_category(), "cannot start " + arguments[0]);
}

int wait_for_command(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return exit_code_in(status);
}

std::optional<int> poll_command(pid_t process) {
  int status = 0;
  if (waitpid(process, &status, WNOHANG) == 0) return std::nullopt;
  return exit_code_in(status);
}

CommandResult run_command(const std::vector<std::string>& arguments, const std::string& directory) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category());
  pid_t child = 0;
  try {
    child = start_command(arguments, directory, ends[1], ends[1]);
  } catch (...) {
    close(ends[0]);
    close(ends[1]);
    throw;
  }
  close(ends[1]);
  CommandResult result;
  std::array<char, 4096> buffer{};
  for (ssize_t size = 1; size != 0;) {
    size = read(ends[0], buffer.data(), buffer.size());
    if (size < 0 && errno != EINTR) break;
    if (size > 0) result.output.append(buffer.data(), static_cast<std::size_t>(size));
  }
  close(ends[0]);
  result.exit_code = wait_for_command(child);
  return result;
}

std::string find_program(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    const std::filesystem::path candidate = std::filesystem::path(directory) / program;
    if (access(candidate.c_str(), X_OK) == 0) return std::filesystem::canonical(candidate).string();
  }
  return {};
}

}  // namespace qnnsim
