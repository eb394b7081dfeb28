// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rtl/generator/design.h"
#include "sim/lowering.h"

namespace qnnsim {

/// A file of a design: its path from the design's directory, and what stands in it.
struct DesignFile {
  std::string path;
  std::string text;
};

/// What a testbench offers and expects.
struct TestVectors {
  std::vector<DesignFile> files;  ///< in test/
  std::vector<Cycle> frame_ends;  ///< [cycles] without stalls; empty: not foreseen
  std::uint64_t cycles = 0;       ///< [cycles] of the run without stalls
};

/// The frames of `data`, what the reference computation makes of them, and what must lie in memory
/// before and after, as files for $readmemh.
std::vector<DesignFile> test_files(const Scenario& scenario, const Design& design,
                                   const RunData& data);

/// A testbench that starts the design over its registers, offers the frames, and compares every
/// beat, and where `vectors` foresee them the cycles of the run. Where data lies in memory
/// rtl/bench/qnn_bench_memory.sv stands for it. Plus argument +stall=PERCENT stalls both ends at
/// random. It ends with a line that begins with PASS, or with $fatal.
std::string testbench_text(const Design& design, const TestVectors& vectors);

}  // namespace qnnsim
