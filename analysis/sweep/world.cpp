// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/world.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

/// Where the library stands: beside the program, or where it is installed.
std::string mpi_library() {
  std::error_code ignored;
  const fs::path directory = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const char* path : {QNNSIM_MPI_LIBRARY, QNNSIM_MPI_INSTALLED}) {
    const fs::path candidate = directory / path;
    if (fs::exists(candidate, ignored)) return candidate.string();
  }
  throw std::runtime_error(
      "mpirun started this program, but it was built without MPI (Debian: libopenmpi-dev)");
}

}  // namespace

std::unique_ptr<World> mpi_world() {
  if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr) return nullptr;
  // Open MPI's own plugins look for its symbols among the global ones.
  void* library = dlopen(mpi_library().c_str(), RTLD_NOW | RTLD_GLOBAL);
  void* maker = library == nullptr ? nullptr : dlsym(library, kMpiWorldMaker);
  if (maker == nullptr) throw std::runtime_error(fmt::format("cannot use MPI: {}", dlerror()));
  return std::unique_ptr<World>(reinterpret_cast<MpiWorldMaker>(maker)());
}

}  // namespace qnnsim
