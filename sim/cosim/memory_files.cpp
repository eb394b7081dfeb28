// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/memory_files.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>

#include "sim/cosim/rtl_source.h"
#include "sim/output_file.h"

namespace qnnsim {
namespace fs = std::filesystem;

MemoryFiles::MemoryFiles(const std::vector<RtlMemory>& memories) {
  if (memories.empty()) return;
  std::string name = (fs::temp_directory_path() / "qnnsim-memories-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw RtlError(fmt::format("cannot make directory '{}'", name));
  }
  directory_ = name;
  for (const RtlMemory& memory : memories) {
    write_file_atomically((fs::path(directory_) / memory.file()).string(), memory_text(memory));
  }
}

MemoryFiles::~MemoryFiles() {
  std::error_code ignored;
  if (!directory_.empty()) fs::remove_all(directory_, ignored);
}

}  // namespace qnnsim
