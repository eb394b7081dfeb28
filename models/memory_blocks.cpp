// SPDX-License-Identifier: Apache-2.0
#include "models/memory_blocks.h"

#include <algorithm>

#include "models/pipeline.h"

namespace qnnsim {

std::int64_t bram18_blocks(std::int64_t width, std::int64_t depth) {
  if (width == 1) return divide_up(depth, 16384);
  if (width == 2) return divide_up(depth, 8192);
  if (width <= 4) return divide_up(depth, 4096) * divide_up(width, 4);
  if (width <= 9) return divide_up(depth, 2048) * divide_up(width, 9);
  if (width <= 18 || depth > 512) return divide_up(depth, 1024) * divide_up(width, 18);
  return divide_up(depth, 512) * divide_up(width, 36);
}

std::int64_t uram_blocks(std::int64_t width, std::int64_t depth) {
  return divide_up(width, 72) * divide_up(depth, 4096);
}

std::int64_t rom_luts(std::int64_t width, std::int64_t depth) {
  const std::int64_t parts = divide_up(depth, 256);
  return width * (divide_up(depth, 64) + divide_up(parts - 1, 3));
}

std::int64_t ram_luts(LutRam packing, std::int64_t width, std::int64_t depth) {
  const bool quads = packing == LutRam::kQuads;
  const std::int64_t luts = quads ? 4 : 8;
  if (depth <= 32) return luts * divide_up(width, quads ? 6 : 14);
  const std::int64_t parts = divide_up(depth, 64);
  const std::int64_t decode = parts > 1 ? parts : 0;
  return parts * luts * divide_up(width, quads ? 3 : 7) + width * divide_up(parts - 1, 3) + decode;
}

std::string memory_style(const KernelMemory& memory) {
  if (memory.style != "auto") return memory.style;
  const auto words = static_cast<std::int64_t>(memory.words);
  return words <= 64 || words * memory.bits <= 1024 ? "lut" : "bram";
}

Resources memory_blocks(const KernelMemory& memory, LutRam packing) {
  const auto words = static_cast<std::int64_t>(memory.words);
  Resources resources;
  if (memory.read_only && words <= 1) return resources;
  const std::string style = memory_style(memory);
  if (style == "bram") {
    resources.bram18 = memory.copies * bram18_blocks(memory.bits, words);
  } else if (style == "uram") {
    resources.uram = memory.copies * uram_blocks(memory.bits, words);
  } else {
    // There are but 2^words different columns of constants; equal ones are made once.
    const std::int64_t bits = memory.read_only && words < 31
                                  ? std::min(memory.bits, std::int64_t{1} << words)
                                  : memory.bits;
    resources.lut =
        memory.copies * (memory.read_only ? rom_luts(bits, words) : ram_luts(packing, bits, words));
    if (memory.clocked) resources.ff = memory.copies * bits;
  }
  return resources;
}

}  // namespace qnnsim
