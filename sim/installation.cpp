// SPDX-License-Identifier: Apache-2.0
#include "sim/installation.h"

#include <cstdlib>
#include <filesystem>

namespace qnnsim {
namespace fs = std::filesystem;

std::string installed_directory(const std::string& name) {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path installed = program.parent_path().parent_path() / "share/qnnsim" / name;
  if (fs::is_directory(installed, ignored)) return installed.string();
  return (fs::path(QNNSIM_SOURCE_DIR) / name).string();
}

std::string cache_directory() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
  };
  if (const std::string chosen = variable("QNNSIM_CACHE"); !chosen.empty()) return chosen;
  if (const std::string cache = variable("XDG_CACHE_HOME"); !cache.empty()) {
    return (fs::path(cache) / "qnnsim").string();
  }
  if (const std::string home = variable("HOME"); !home.empty()) {
    return (fs::path(home) / ".cache/qnnsim").string();
  }
  return (fs::temp_directory_path() / "qnnsim-cache").string();
}

}  // namespace qnnsim
