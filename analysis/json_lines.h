// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace qnnsim {

/// A file of one JSON value a line that grows: however a program ends, what it has added is there.
/// One program at a time has it.
class JsonLines {
 public:
  /// Opens the file `path`, making it where it is not there; `anew` drops what stands in it.
  /// Throws OutputError; and InputError, with `busy_hint`, where another program has it.
  JsonLines(std::string path, bool anew, const std::string& busy_hint);
  ~JsonLines();
  JsonLines(const JsonLines&) = delete;
  JsonLines& operator=(const JsonLines&) = delete;

  const std::string& path() const { return path_; }
  /// Calls `take` with every line and its number, from 1 on; a discarded value stands for a line
  /// that is no JSON. A last line that was cut is dropped from the file. Throws OutputError.
  void read(const std::function<void(const nlohmann::ordered_json&, int)>& take);
  /// Adds a line, on the disk, before it returns. Throws OutputError.
  void add(const nlohmann::ordered_json& line);

 private:
  void lock(const std::string& busy_hint);
  [[noreturn]] void fail(int error) const;

  const std::string path_;
  int file_ = -1;
};

}  // namespace qnnsim
