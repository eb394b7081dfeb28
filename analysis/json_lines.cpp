// SPDX-License-Identifier: Apache-2.0
#include "analysis/json_lines.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "sim/diagnostics.h"
#include "sim/output_file.h"

namespace qnnsim {

using Json = nlohmann::ordered_json;

JsonLines::JsonLines(std::string path, bool anew, const std::string& busy_hint)
    : path_(std::move(path)) {
  file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file_ < 0) fail(errno);
  try {
    lock(busy_hint);
    if (anew && ftruncate(file_, 0) != 0) fail(errno);
  } catch (...) {
    close(file_);
    throw;
  }
}

JsonLines::~JsonLines() { close(file_); }

void JsonLines::lock(const std::string& busy_hint) {
  if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  if (errno != EWOULDBLOCK) return;  // a file system without locks
  Findings findings;
  findings.add({path_, 0, 0}, "another run of the program writes this journal", busy_hint);
  throw InputError(findings);
}

void JsonLines::read(const std::function<void(const Json&, int)>& take) {
  std::ifstream stream(path_, std::ios::binary);
  off_t end = 0;  // of the last whole line
  int number = 0;
  for (std::string line; std::getline(stream, line) && !stream.eof();) {
    end += static_cast<off_t>(line.size()) + 1;
    take(Json::parse(line, nullptr, false), ++number);
  }
  if (ftruncate(file_, end) != 0) fail(errno);
}

void JsonLines::add(const Json& line) {
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t size = ::write(file_, text.data() + done, text.size() - done);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail(errno);
    done += static_cast<std::size_t>(size);
  }
  fdatasync(file_);
}

void JsonLines::fail(int error) const {
  throw OutputError(fmt::format("cannot write '{}': {}", path_, std::strerror(error)));
}

}  // namespace qnnsim
