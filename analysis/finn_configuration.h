// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "analysis/sizing.h"
#include "sim/dataflow.h"
#include "sim/scenario.h"

namespace qnnsim {

/// The design as a FINN folding configuration (`folding_config_file` of its builder, FIFO sizing
/// off). `sizing` is of `dataflow`, which must be lowered as it was sized (MemoryAnswers::kAtOnce).
///
/// A scenario whose folding came from a FINN file gives that file: its nodes in their order, every
/// entry kept; with our PE, SIMD, parallel_window, M, ram_style, resType and mem_mode where they
/// are other than the file said, and our depths [beats] in "inFIFODepths", "outFIFODepths" and the
/// StreamingFIFO of each number: at least 2, with which FINN's FIFOs begin. Any other scenario
/// gives our own names: see below.
nlohmann::ordered_json finn_folding_configuration(const Scenario& scenario,
                                                  const Dataflow& dataflow, const Sizing& sizing);

/// The same with the depths that the scenario has. A FINN file without depths gets none.
nlohmann::ordered_json finn_folding_configuration(const Scenario& scenario,
                                                  const Dataflow& dataflow);

/// "Defaults"; for every kernel but source and sink its folding as far as FINN has a name for it,
/// its "inFIFODepths" and "outFIFODepths" [beats], one for each port; and for every edge a
/// "StreamingFIFO_rtl_<n>", numbered in the order of the edges.
///
/// The names of the kernels are ours. Who has a FINN graph copies the two lists of each kernel to
/// the node that stands for it (with ApplyConfig, ahead of InsertFIFO), or the depth of each FIFO
/// to the StreamingFIFO in the same place; which node that is this file cannot tell. FINN rounds
/// the depth of "vivado" FIFOs up to a power of two.
nlohmann::ordered_json finn_folding_configuration(const Dataflow& dataflow, const Sizing& sizing);

}  // namespace qnnsim
