// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "sim/diagnostics.h"

namespace qnnsim {

/// The path that `text` means where it stands at `place`: relative to the file that names it, and
/// on the command line (no line) to the working directory.
std::string resolve_path(const std::string& text, const Place& place);

/// Adds a finding at `named_at` unless `path` is a file that can be opened.
bool check_readable(const std::string& path, const Place& named_at, Findings& findings);

/// The bytes of a file of the program's own; empty if it cannot be read.
std::string contents(const std::string& path);

/// The bytes of `path`; a finding at `named_at` if it cannot be read.
std::optional<std::string> read_file(const std::string& path, const Place& named_at,
                                     Findings& findings);

}  // namespace qnnsim
