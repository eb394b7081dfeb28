// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace qnnsim {

/// A file cannot be written; the message names it and says why. The program ends with exit code 2.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A file that appears under its name only when it is complete. Until `commit` what is written
/// stands in a temporary file beside it, which the destructor removes. What is not a regular file
/// (a pipe, a terminal, /dev/null) is written to directly.
class OutputFile {
 public:
  /// Opens the file; throws OutputError if it cannot be written.
  explicit OutputFile(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Where the disk takes no more, that is noted for `commit`, and the room given back at once.
  void write(std::string_view text);
  /// Gives the file its name, replacing one that was there. Throws OutputError if that, or a write
  /// before, failed.
  void commit();

 private:
  /// Closes the file and gives its room back.
  void discard();
  [[noreturn]] void fail(int error) const;

  const std::string path_;  ///< as the user named it, for messages
  std::string target_;      ///< where links lead
  std::string temporary_;   ///< empty where the file is written directly
  std::ofstream stream_;
  int write_error_ = 0;  ///< errno of the first write that failed
};

/// Writes `text` to `path` at once: afterwards the file is there in full, or as it was before.
/// Throws OutputError.
void write_file_atomically(const std::string& path, std::string_view text);

}  // namespace qnnsim
