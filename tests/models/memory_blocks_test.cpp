// SPDX-License-Identifier: Apache-2.0
#include "models/memory_blocks.h"

#include <gtest/gtest.h>

#include <array>

#include "models/mvu.h"
#include "models/sliding_window.h"
#include "models/thresholding.h"

namespace qnnsim::test {
namespace {

TEST(MemoryBlocks, BlockRamIsAsWideAsItCanBeMadeForTheDepth) {
  // {width, depth, RAMB18}: by hand from Xilinx UG573, table of the shapes of a RAMB18.
  for (const auto& [width, depth, blocks] :
       std::vector<std::array<std::int64_t, 3>>{{1, 16384, 1},
                                                {1, 16385, 2},
                                                {2, 8192, 1},
                                                {4, 4096, 1},
                                                {3, 4097, 2},
                                                {9, 2048, 1},
                                                {8, 2049, 2},
                                                {18, 1024, 1},
                                                {18, 1025, 2},
                                                {36, 512, 1},
                                                {36, 513, 2},
                                                {37, 512, 2},
                                                {72, 512, 2},
                                                {144, 1024, 8},
                                                {10, 100, 1}}) {
    EXPECT_EQ(bram18_blocks(width, depth), blocks) << width << " x " << depth;
  }
}

TEST(MemoryBlocks, BlockRamFollowsTheTableOfFinn) {
  // matrixvectoractivation.py:378: width PE x SIMD x W, depth omega.
  EXPECT_EQ(bram18_blocks(16 * 32, 36), 15);   // ceil(36 / 512) x ceil(512 / 36)
  EXPECT_EQ(bram18_blocks(4 * 32, 2304), 24);  // ceil(2304 / 1024) x ceil(128 / 18)
  EXPECT_EQ(bram18_blocks(1 * 4, 65536), 16);  // ceil(65536 / 4096) x ceil(4 / 4)
  EXPECT_EQ(bram18_blocks(1 * 8, 32768), 16);  // ceil(32768 / 2048) x ceil(8 / 9)
}

TEST(MemoryBlocks, UltraRamIsSeventyTwoBitsWide) {
  EXPECT_EQ(uram_blocks(72, 4096), 1);
  EXPECT_EQ(uram_blocks(73, 4096), 2);
  EXPECT_EQ(uram_blocks(72, 4097), 2);
  EXPECT_EQ(uram_blocks(1, 1), 1);
}

TEST(MemoryBlocks, ALutHoldsSixtyFourBitsOfARom) {
  EXPECT_EQ(rom_luts(8, 64), 8);
  EXPECT_EQ(rom_luts(8, 65), 16);
  EXPECT_EQ(rom_luts(8, 256), 32);
  EXPECT_EQ(rom_luts(8, 257), 8 * (5 + 1)) << "the multiplexers of a slice end at 256 words";
}

TEST(MemoryBlocks, LutRamComesInPrimitivesOfTheFamily) {
  // RAM32M: 6 bits in 4 LUTs; RAM64M: 3 bits; RAM32M16: 14 bits in 8; RAM64M8: 7 bits.
  EXPECT_EQ(ram_luts(LutRam::kQuads, 24, 32), 16);
  EXPECT_EQ(ram_luts(LutRam::kQuads, 25, 32), 20);
  EXPECT_EQ(ram_luts(LutRam::kQuads, 24, 33), 32);
  EXPECT_EQ(ram_luts(LutRam::kOctets, 28, 32), 16);
  EXPECT_EQ(ram_luts(LutRam::kOctets, 29, 32), 24);
  EXPECT_EQ(ram_luts(LutRam::kOctets, 28, 64), 32);
  // Two parts, a LUT a bit to choose between them, a LUT each to enable them.
  EXPECT_EQ(ram_luts(LutRam::kQuads, 8, 128), 2 * 12 + 8 + 2);
}

TEST(MemoryBlocks, AutoTakesLutsForShallowMemories) {
  EXPECT_EQ(memory_style({64, 1000}), "lut");
  EXPECT_EQ(memory_style({65, 16}), "bram");
  EXPECT_EQ(memory_style({128, 8}), "lut");
  EXPECT_EQ(memory_style({4096, 72}), "bram") << "never UltraRAM";
  EXPECT_EQ(memory_style({4, 4, "uram"}), "uram");
}

TEST(MemoryBlocks, TheStyleDecidesWhatAMemoryTakes) {
  const auto use = [](const char* style, bool read_only) {
    return memory_blocks({256, 32, style, 2, read_only}, LutRam::kQuads);
  };
  EXPECT_EQ(use("bram", true), (Resources{0, 0, 0, 2, 0}));
  EXPECT_EQ(use("uram", true), (Resources{0, 0, 0, 0, 2}));
  EXPECT_EQ(use("lut", true), (Resources{2 * 128, 2 * 32, 0, 0, 0})) << "a register behind it";
  EXPECT_EQ(use("lut", false), (Resources{2 * ram_luts(LutRam::kQuads, 32, 256), 64, 0, 0, 0}));
}

TEST(MemoryBlocks, EqualColumnsOfConstantsAreMadeOnce) {
  EXPECT_EQ(memory_blocks({4, 192, "lut", 1, true}, LutRam::kQuads), (Resources{16, 16, 0, 0, 0}));
  EXPECT_EQ(memory_blocks({4, 12, "lut", 1, true}, LutRam::kQuads), (Resources{12, 12, 0, 0, 0}));
  EXPECT_EQ(memory_blocks({4, 192, "lut"}, LutRam::kQuads).ff, 192) << "what is written may differ";
}

TEST(MemoryBlocks, AConstantTakesNothing) {
  EXPECT_EQ(memory_blocks({1, 32, "bram", 1, true}, LutRam::kQuads), Resources{});
}

/// [bits] that a kernel keeps, copies counted.
std::int64_t bits(const Kernel& kernel, bool read_only) {
  std::int64_t sum = 0;
  for (const KernelMemory& memory : kernel.memories()) {
    if (memory.read_only != read_only) continue;
    sum += static_cast<std::int64_t>(memory.words) * memory.bits * memory.copies;
  }
  return sum;
}

TEST(MemoryBlocks, AMatrixUnitKeepsEveryWeightOnceAndTwoVectors) {
  MvuParams params;
  params.rows = 64;
  params.columns = 576;
  params.pe = 4;
  params.simd = 32;
  params.input_type = DataType::unsigned_integer(2);
  params.weight_type = DataType::signed_integer(4);
  params.output_type = DataType::signed_integer(16);
  const std::int64_t queue = (5 + 5) * 4 * 16;
  EXPECT_EQ(bits(Mvu(params), true), 64 * 576 * 4);
  EXPECT_EQ(bits(Mvu(params), false), 2 * 576 * 2 + queue);
  params.weight_stream = true;
  EXPECT_EQ(bits(Mvu(params), true), 0);
}

TEST(MemoryBlocks, AThresholdingKeepsEveryLevelOnce) {
  ThresholdingParams params;
  params.channels = 64;
  params.pe = 4;
  params.steps = 15;
  params.input_type = DataType::signed_integer(12);
  params.output_type = DataType::unsigned_integer(4);
  // The first stage one level a channel, each of the others its pairs: 1 + 2 + 4 + 8 of 16 slots.
  EXPECT_EQ(bits(Thresholding(params), true), 64 * 15 * 12);
}

TEST(MemoryBlocks, ASlidingWindowKeepsItsLines) {
  SlidingWindowParams params;
  params.height = params.width = 8;
  params.channels = params.simd = 4;
  params.kernel_h = params.kernel_w = 3;
  params.type = DataType::unsigned_integer(2);
  EXPECT_EQ(bits(SlidingWindow(params), false), params.buffer_beats() * 4 * 2);
  params.parallel = true;
  EXPECT_EQ(bits(SlidingWindow(params), false), 2 * (8 - 3) * 4 * 2);
}

}  // namespace
}  // namespace qnnsim::test
