// SPDX-License-Identifier: Apache-2.0
#include "rtl/generator/design_directory.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "rtl/generator/manifest.h"
#include "sim/input_file.h"
#include "sim/output_file.h"
#include "sim/scratch_directory.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

constexpr char kManifest[] = "manifest.json";

/// The directory's name without a slash at its end.
fs::path target_of(const std::string& directory) {
  const fs::path path = fs::absolute(directory).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

/// Where a design stands until it gets the name of `target`.
fs::path beside(const fs::path& target) {
  return target.parent_path() / fmt::format(".{}.{}", target.filename().string(), getpid());
}

}  // namespace

void check_design_directory(const std::string& directory, bool force, Findings& findings) {
  const fs::path target = target_of(directory);
  std::error_code ignored;
  if (!fs::exists(target, ignored)) return;
  const Place place{directory, 0, 0};
  if (!fs::is_directory(target, ignored)) {
    findings.add(place, "is there, and is no directory");
    return;
  }
  if (fs::is_empty(target, ignored)) return;
  if (!is_manifest(contents((target / kManifest).string()))) {
    findings.add(place, "the directory is not empty, and holds no design of qnnsim's",
                 "choose another one: not even --force replaces it");
  } else if (!force) {
    findings.add(place, "there is a design already", "--force replaces it as a whole");
  }
}

void write_design_directory(const std::string& directory, const std::vector<DesignFile>& files) {
  const fs::path target = target_of(directory);
  try {
    const ScratchDirectory made(beside(target));
    for (const DesignFile& file : files) {
      fs::create_directories((made.path() / file.path).parent_path());
      write_file_atomically((made.path() / file.path).string(), file.text);
    }
    std::error_code none;
    const ScratchDirectory old(beside(target.string() + ".replaced"));
    if (fs::exists(target)) fs::rename(target, old.path() / "design");
    fs::rename(made.path(), target, none);
    if (!none) return;
    if (fs::exists(old.path() / "design")) fs::rename(old.path() / "design", target);
    throw OutputError(fmt::format("cannot write '{}': {}", directory, none.message()));
  } catch (const fs::filesystem_error& error) {
    throw OutputError(fmt::format("cannot write '{}': {}", directory, error.code().message()));
  }
}

}  // namespace qnnsim
