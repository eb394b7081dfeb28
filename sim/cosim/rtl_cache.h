// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/cosim/rtl_source.h"

namespace qnnsim {

/// A verilated and compiled kernel, ready to be loaded.
struct CompiledRtl {
  std::string top;
  std::string library;  ///< path of the shared object
  RtlPorts ports;
};

/// What became of a kernel that was to be compiled.
struct RtlOutcome {
  std::optional<CompiledRtl> compiled;
  std::string error;  ///< where there is none
};

/// Verilated kernels on disk, found by their content.
///
/// An entry is the directory `cosim/<key>` of the cache: `kernel.so`, and `entry.json` with the
/// ports and the digests of kernel.so and of every file that Verilator read. The key is the digest
/// of the sources, top, parameters, defines and port map, of the tools, and of the harness. An
/// entry is made in a directory of its own and renamed, under a lock that goes away with its
/// process; one that is damaged or whose files have changed is made anew. The whole cache may be
/// deleted at any time.
class RtlCache {
 public:
  /// `directory` is made when it is first needed.
  explicit RtlCache(std::string directory);

  /// Throws RtlError with the tool's own message where one refuses.
  CompiledRtl get(const RtlSource& source);

  /// `sources`, kMostAtOnce at a time. `progress` is called with the number of those that have been
  /// compiled and the one that is next.
  std::vector<RtlOutcome> try_all(const std::vector<RtlSource>& sources,
                                  const std::function<void(const std::string&)>& progress);

  /// As `try_all`; throws RtlError where one fails, and tells every failure, not only the first.
  std::vector<CompiledRtl> get_all(const std::vector<RtlSource>& sources,
                                   const std::function<void(const std::string&)>& progress);

  static constexpr int kMostAtOnce = 2;

 private:
  const std::string directory_;
};

}  // namespace qnnsim
