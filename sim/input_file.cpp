// SPDX-License-Identifier: Apache-2.0
#include "sim/input_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

std::string did_you_mean(const fs::path& path) {
  std::vector<std::string> names;
  std::error_code ignored;
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    names.push_back(entry.path().filename().string());
  }
  const std::string near = closest(path.filename().string(), names);
  return near.empty() ? "" : fmt::format("did you mean '{}'?", near);
}

}  // namespace

std::string resolve_path(const std::string& text, const Place& place) {
  if (place.line == 0) return fs::path(text).lexically_normal().string();
  return (fs::path(place.file).parent_path() / text).lexically_normal().string();
}

bool check_readable(const std::string& path, const Place& named_at, Findings& findings) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    findings.add(named_at, fmt::format("cannot read '{}': it is a directory", path));
    return false;
  }
  if (std::ifstream(path, std::ios::binary).is_open()) return true;
  findings.add(named_at, fmt::format("cannot read '{}': {}", path, std::strerror(errno)),
               did_you_mean(path));
  return false;
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<std::string> read_file(const std::string& path, const Place& named_at,
                                     Findings& findings) {
  if (!check_readable(path, named_at, findings)) return std::nullopt;
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return std::move(bytes).str();
}

}  // namespace qnnsim
