// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/world.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "sim/diagnostics.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_mpi(const std::string& message, const std::string& hint) {
  Findings findings;
  findings.add({"mpirun", 0, 0}, message, hint);
  throw InputError(findings);
}

/// Where the library stands: beside the program, or where it is installed.
std::string mpi_library() {
  std::error_code ignored;
  const fs::path directory = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const char* path : {QNNSIM_MPI_LIBRARY, QNNSIM_MPI_INSTALLED}) {
    const fs::path candidate = directory / path;
    if (fs::exists(candidate, ignored)) return candidate.string();
  }
  refuse_mpi("this program was built without MPI",
             "build it where Open MPI is (on Debian libopenmpi-dev), or leave mpirun out");
}

}  // namespace

std::unique_ptr<World> mpi_world() {
  if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr) return nullptr;
  // Open MPI's own plugins look for its symbols among the global ones.
  void* library = dlopen(mpi_library().c_str(), RTLD_NOW | RTLD_GLOBAL);
  void* maker = library == nullptr ? nullptr : dlsym(library, kMpiWorldMaker);
  if (maker == nullptr) refuse_mpi(fmt::format("cannot load MPI: {}", dlerror()), "");
  return std::unique_ptr<World>(reinterpret_cast<MpiWorldMaker>(maker)());
}

}  // namespace qnnsim
