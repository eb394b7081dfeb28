// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/simulation.h"

namespace qnnsim {

/// A FIFO of a dataflow in which nothing can move any more.
struct StuckFifo {
  std::uint64_t depth = 0;     ///< [beats]
  std::uint64_t beats_in = 0;  ///< since reset
  std::uint64_t beats_out = 0;
  Cycle since = 0;            ///< the first cycle that saw the present state
  bool writer_waits = false;  ///< the kernel before it has a beat and no room for it
  bool reader_waits = false;  ///< the kernel behind it needs a beat that is not there
};

/// A dataflow in which nothing can move any more.
struct Standstill {
  Cycle cycle = 0;               ///< the first in which every kernel knew
  std::vector<StuckFifo> fifos;  ///< by edge
};

struct FifoCounts {
  FifoStatistics statistics;
  std::uint64_t beats_in = 0;
  std::uint64_t beats_out = 0;
};

/// What an engine counted in a run.
struct RunCounts {
  RunStatus status = RunStatus::kRunning;
  Cycle cycles = 0;                     ///< elapsed
  std::optional<Cycle> first_accepted;  ///< cycle in which the source's first beat was taken
  std::optional<Cycle> first_output;    ///< cycle in which the sink took its first beat
  std::vector<Cycle> frame_ends;        ///< cycle of the last beat of each frame that is complete
  std::vector<CycleCount> kernels;      ///< by node
  std::vector<std::uint64_t> memory_cycles;  ///< by node: starved of nothing but a memory
  std::vector<FifoCounts> fifos;             ///< by edge
  std::optional<Standstill> standstill;
};

/// The counts of a simulation that has ended.
RunCounts counts_of(const Simulation& simulation);

}  // namespace qnnsim
