// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "models/kernel.h"
#include "models/resources.h"
#include "sim/diagnostics.h"
#include "sim/platform.h"

namespace qnnsim {

/// What kernels and FIFOs take of a device, estimated (docs/resources.md).
///
/// "measured": from our kernels synthesised by Yosys, configs/costs/. "finn": FINN's own estimation
/// formulas.
class CostModel {
 public:
  /// The model `name` for the family of the platform's device; a name that is not there is a
  /// finding at `place`.
  static CostModel load(const std::string& name, const Platform& platform, const Place& place,
                        Findings& findings);

  Resources of(const Kernel& kernel) const;
  /// `width` [bits], `depth` [beats].
  Resources of_fifo(std::int64_t width, std::uint64_t depth) const;
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

}  // namespace qnnsim
