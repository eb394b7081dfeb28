// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace qnnsim {

/// Where the files that come with the program stand: directory `name` ("configs", "rtl") beside the
/// installed program, or in its source.
std::string installed_directory(const std::string& name);

/// The directory where the program keeps what it may lose: $QNNSIM_CACHE, or `qnnsim` in the user's
/// cache directory ($XDG_CACHE_HOME, ~/.cache).
std::string cache_directory();

}  // namespace qnnsim
