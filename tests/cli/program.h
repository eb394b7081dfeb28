// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace qnnsim::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

/// A directory that is gone at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "qnnsim-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

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
