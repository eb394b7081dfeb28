// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
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

/// Gives the edges of a scenario's dataflow their depths. An edge that it does not have is a
/// finding unless `may_be_absent` says so.
void set_depths(const Scenario& scenario, Dataflow& dataflow,
                const std::function<bool(const std::string& edge)>& may_be_absent,
                Findings& findings);

/// Turns a scenario into kernels and FIFOs: operators become kernels, and where they do not meet,
/// width converters and forks are inserted. `data` may be null: then only beats are carried.
/// `kAtOnce` needs no `data`: its masters are kernels without a memory, under their names.
/// Illegal foldings and unknown edges go to `findings`; the dataflow is then incomplete.
Dataflow lower(const Scenario& scenario, const RunData* data, Findings& findings,
               MemoryAnswers answers = MemoryAnswers::kSimulated);

}  // namespace qnnsim
