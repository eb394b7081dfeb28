// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/folding/solvers.h"

namespace qnnsim {

/// Layers that are on the device together.
struct Part {
  std::size_t first = 1;  ///< stage
  std::size_t last = 1;   ///< stage behind the last
  FoldingTotals totals;
};

/// A network in parts, one behind the other.
struct Partition {
  bool found = false;
  std::vector<Part> parts;
  FoldingChoice choice;      ///< of the whole network
  std::uint64_t cycles = 0;  ///< of devices: interval; of configurations: of the whole batch
  std::uint64_t bound = 0;   ///< [cycles] there is no partition below
  std::uint64_t tried = 0;   ///< parts and intervals looked at
  bool interrupted = false;
};

/// The shortest interval of up to `devices` equal devices in a row; `task.limits` are those of one.
///
/// Bisection over the intervals; for each, every device takes as many layers as fit (TargetSearch),
/// which is optimal, since what fits still fits with a layer less on either side. A link between
/// two devices moves at most `link_bits` a cycle; 0: any number.
Partition over_devices(const FoldingSpace& space, const SolverTask& task, int devices,
                       double link_bits);

/// The shortest time for a batch of frames on one device that is configured anew between parts,
/// which takes `reconfiguration` cycles: sum of batch x interval over the parts, plus the
/// reconfigurations between them (as SAMO counts, without the fill of pipelines).
///
/// Dynamic programming over the cuts. The interval of a part is only computed where bounds, those
/// of the parts within it, leave it a chance.
Partition over_configurations(const FoldingSpace& space, const SolverTask& task,
                              std::uint64_t batch, std::uint64_t reconfiguration);

}  // namespace qnnsim
