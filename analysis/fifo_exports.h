// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "analysis/sizing.h"
#include "sim/dataflow.h"

namespace qnnsim {

/// The design as a FINN folding configuration: "Defaults"; for every kernel but source and sink its
/// folding as far as FINN has a name for it ("PE", "SIMD", "parallel_window", "ram_style",
/// "mem_mode", "resType"), its "inFIFODepths" and "outFIFODepths" [beats], one for each port; and
/// for every edge a "StreamingFIFO_rtl_<n>", numbered in the order of the edges. `sizing` is of
/// `dataflow`, which must be lowered as it was sized (MemoryAnswers::kAtOnce).
///
/// The names of the kernels are ours. Who has a FINN graph copies the two lists of each kernel to
/// the node that stands for it (with ApplyConfig, ahead of InsertFIFO), or the depth of each FIFO
/// to the StreamingFIFO in the same place; which node that is this file cannot tell. FINN rounds
/// the depth of "vivado" FIFOs up to a power of two.
nlohmann::ordered_json finn_folding_configuration(const Dataflow& dataflow, const Sizing& sizing);

/// The depths [beats] as in the fifo_depths.json that hls4ml's FIFO depth optimisation leaves:
/// {"<stream>": {"initial": before, "optimized": found}}, by edge. The streams bear our names; to
/// apply them, set the depth in the `pragma` of the model's output variable that stands for each.
nlohmann::ordered_json hls4ml_fifo_depths(const Sizing& sizing);

}  // namespace qnnsim
