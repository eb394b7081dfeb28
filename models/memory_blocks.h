// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "models/kernel.h"
#include "models/resources.h"

namespace qnnsim {

/// How distributed RAM is packed.
enum class LutRam {
  kQuads,   ///< 7-series: four LUTs hold 6 bits x 32 or 3 bits x 64 (RAM32M, RAM64M)
  kOctets,  ///< UltraScale+: eight LUTs hold 14 bits x 32 or 7 bits x 64 (RAM32M16, RAM64M8)
};

/// Block RAMs of 18 Kbit for `depth` words of `width` bits: as wide as one can be made for the
/// depth. Source: Xilinx/finn, matrixvectoractivation.py:378, streamingfifo.py:147.
std::int64_t bram18_blocks(std::int64_t width, std::int64_t depth);

/// UltraRAMs, 72 bits x 4096 each. Source: Xilinx/finn, matrixvectoractivation.py:357.
std::int64_t uram_blocks(std::int64_t width, std::int64_t depth);

/// LUTs of a ROM: one a bit and 64 words; above 256 words, where the multiplexers of the slice
/// end, LUTs that choose between its parts. An upper bound: contents may need less.
std::int64_t rom_luts(std::int64_t width, std::int64_t depth);

/// LUTs of a RAM with one write and one read port, with what chooses between its parts of 64 words.
std::int64_t ram_luts(LutRam packing, std::int64_t width, std::int64_t depth);

/// What "auto" means: "lut" up to 64 words or 1 Kbit, otherwise "bram".
std::string memory_style(const KernelMemory& memory);

/// What all copies of a memory take. A memory in LUTs that is read at a clock edge has a register
/// behind it; other RAM has it inside. Constants: equal columns are made once, a single word takes
/// nothing.
Resources memory_blocks(const KernelMemory& memory, LutRam packing);

}  // namespace qnnsim
