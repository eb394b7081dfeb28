// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rtl/generator/design.h"
#include "rtl/generator/design_file.h"
#include "sim/lowering.h"

namespace qnnsim {

/// When a run without stalls at the two ends is done.
struct ForeseenRun {
  std::vector<Cycle> frame_ends;  ///< cycle of the last beat of each frame; empty: not foreseen
  std::uint64_t cycles = 0;       ///< [cycles]
};

/// The frames of `data`, what the reference computation makes of them, and what must lie in memory
/// before and after, as files for $readmemh.
std::vector<DesignFile> test_files(const Scenario& scenario, const Design& design,
                                   const RunData& data);

/// A testbench that starts the design over its registers, offers the frames, and compares every
/// beat, and where they are foreseen the cycles of the run. Where data lies in memory
/// rtl/bench/qnn_bench_memory.sv stands for it. Plus argument +stall=PERCENT stalls both ends at
/// random. It ends with a line that begins with PASS, or with $fatal.
std::string testbench_text(const Design& design, const ForeseenRun& run);

}  // namespace qnnsim
