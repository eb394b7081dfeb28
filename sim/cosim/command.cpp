// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/command.h"

#include <fcntl.h>
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
[[noreturn]] void become(char* const* arguments, const char* directory, int output) {
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (chdir(directory) == 0) execvp(arguments[0], arguments);
  _exit(127);
}

}  // namespace

CommandResult run_command(const std::vector<std::string>& arguments, const std::string& directory) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category());
  const pid_t child = fork();
  if (child == 0) become(pointers.data(), directory.c_str(), ends[1]);
  const int error = errno;
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    throw std::system_error(error, std::generic_category(), "cannot start " + arguments[0]);
  }
  CommandResult result;
  std::array<char, 4096> buffer{};
  for (ssize_t size = 1; size != 0;) {
    size = read(ends[0], buffer.data(), buffer.size());
    if (size < 0 && errno != EINTR) break;
    if (size > 0) result.output.append(buffer.data(), static_cast<std::size_t>(size));
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
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
