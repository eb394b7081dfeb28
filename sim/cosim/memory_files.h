// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/rtl_module.h"

namespace qnnsim {

/// Memories of kernels as files in a directory of their own, for as long as initial blocks read
/// them.
class MemoryFiles {
 public:
  /// Throws RtlError where there is no room for a directory, OutputError where none for a file.
  explicit MemoryFiles(const std::vector<RtlMemory>& memories);
  ~MemoryFiles();
  MemoryFiles(const MemoryFiles&) = delete;
  MemoryFiles& operator=(const MemoryFiles&) = delete;

  /// Empty where there are no memories.
  const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
};

}  // namespace qnnsim
