// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/operator.h"
#include "sim/dataflow.h"
#include "sim/diagnostics.h"
#include "sim/scenario.h"

namespace qnnsim {

/// The values that a run with data carries.
struct RunData {
  std::vector<Constants> constants;  ///< of each layer of the network
  std::vector<Tensor> frames;        ///< input frames
};

/// How tensors in memory reach the dataflow.
enum class MemoryAnswers {
  kSimulated,  ///< through masters, from a DRAM that is simulated
  kAtOnce,     ///< a beat of the master in every cycle that has room: when it moves is a schedule
};

/// Turns a scenario into kernels and FIFOs: operators become kernels, and where they do not meet,
/// width converters and forks are inserted. `data` may be null: then only beats are carried.
/// `kAtOnce` needs no `data`: its masters are kernels without a memory, under their names.
/// Illegal foldings and unknown edges go to `findings`; the dataflow is then incomplete.
Dataflow lower(const Scenario& scenario, const RunData* data, Findings& findings,
               MemoryAnswers answers = MemoryAnswers::kSimulated);

}  // namespace qnnsim
