// SPDX-License-Identifier: Apache-2.0
#include "sim/output_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace qnnsim {
namespace fs = std::filesystem;

OutputFile::OutputFile(const std::string& path) : path_(path) {
  std::error_code ignored;
  const fs::path resolved = fs::canonical(path, ignored);
  target_ = resolved.empty() ? path : resolved.string();
  const fs::file_status status = fs::status(target_, ignored);
  // A regular file that may not be written is not replaced either, though its directory would allow
  // it.
  if (fs::is_regular_file(status) && access(target_.c_str(), W_OK) != 0) fail(errno);
  if (!fs::exists(status) || fs::is_regular_file(status)) {
    temporary_ = fmt::format("{}.{}.partial", target_, getpid());
  }
  stream_.open(temporary_.empty() ? target_ : temporary_, std::ios::binary);
  if (!stream_) {
    temporary_.clear();
    fail(errno);
  }
}

OutputFile::~OutputFile() { discard(); }

void OutputFile::write(std::string_view text) {
  if (write_error_ != 0) return;
  if (stream_.write(text.data(), static_cast<std::streamsize>(text.size()))) return;
  write_error_ = errno;
  discard();
}

void OutputFile::commit() {
  if (write_error_ != 0) fail(write_error_);
  stream_.close();
  if (!stream_) fail(errno);
  if (temporary_.empty()) return;
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
}

void OutputFile::discard() {
  stream_.close();
  if (!temporary_.empty()) std::remove(temporary_.c_str());
  temporary_.clear();
}

void OutputFile::fail(int error) const {
  throw OutputError(fmt::format("cannot write '{}': {}", path_, std::strerror(error)));
}

void write_file_atomically(const std::string& path, std::string_view text) {
  OutputFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace qnnsim
