// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace qnnsim {

/// A file of a design: its path from the design's directory, and what stands in it.
struct DesignFile {
  std::string path;
  std::string text;
};

}  // namespace qnnsim
