// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <string>

#include "tests/temporary_directory.h"

namespace qnnsim {

/// Writes `content` to a file that is gone at the end of the process and returns its path.
inline std::string write_temporary(const std::string& name, const std::string& content) {
  const std::string path = test::temporary_path(name);
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

}  // namespace qnnsim
