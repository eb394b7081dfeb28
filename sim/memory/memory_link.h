// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/axi_transfer.h"
#include "models/fifo.h"

namespace qnnsim {

/// How a master reaches a memory. Bursts are answered in order; what is sent in a cycle has no
/// effect on what is seen in that same cycle, so the order of calls within a cycle does not matter.
class MemoryLink {
 public:
  virtual ~MemoryLink() = default;
  /// Has the interconnect room for another burst, as seen in cycle `now`?
  virtual bool can_send(Cycle now) = 0;
  /// Sends a burst in cycle `now`; of a write, all data goes with it.
  virtual void send(const AxiBurst& burst, Cycle now) = 0;
  /// What has been answered since reset, as seen in cycle `now`: [beats] read or [bursts] written.
  virtual std::uint64_t answered(Cycle now) = 0;
};

}  // namespace qnnsim
