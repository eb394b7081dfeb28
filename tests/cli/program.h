// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "tests/temporary_directory.h"

namespace qnnsim::test {

/// How one run of the program ended.
struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// Runs the program with `arguments`, in the source directory.
inline Outcome qnnsim(const std::string& arguments, const std::string& before = "") {
  TemporaryDirectory directory;
  const std::string command = before + "'" QNNSIM_PROGRAM "' " + arguments + " > '" +
                              (directory / "out").string() + "' 2> '" +
                              (directory / "err").string() + "'";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(directory / "out"),
          read_file(directory / "err")};
}

}  // namespace qnnsim::test
