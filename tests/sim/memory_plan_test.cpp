// SPDX-License-Identifier: Apache-2.0
//
// Where tensors come to lie; what is wrong with that: tests/bad/tensor_*.yaml.
#include "sim/memory_plan.h"

#include <gtest/gtest.h>

#include "tests/sim/scenario_files.h"
#include "tests/sim/temporary_file.h"

namespace qnnsim::test {
namespace {

/// The address of each tensor of a small network: input and output of some frames, and weights.
std::map<std::string, std::uint64_t> places(const std::string& memories, int frames = 3) {
  const std::string network = write_temporary(
      "network.yaml",
      "network: small\ninput: {height: 8, width: 8, channels: 4, type: INT4}\nlayers:\n"
      "  - {name: conv0, op: conv, kernel: 3, channels: 8, weights: INT2}\n");
  const std::string file =
      write_temporary("scenario.yaml", "network: " + network +
                                           "\nplatform: zcu104\nclock_mhz: 100\nfolding: {conv0: "
                                           "{weight_source: dram}}\nstimulus: {frames: " +
                                           std::to_string(frames) + "}\n" + memories);
  std::map<std::string, std::uint64_t> bases;
  const Dataflow dataflow = prepare(load(file)).dataflow;
  for (const MemoryMaster& master : dataflow.memory->masters) {
    bases[master.tensor] = master.contents->transfer.base;
    EXPECT_EQ(master.contents->transfer.stride,
              master.contents->transfer.buffers > 1 ? master.contents->transfer.bytes() : 0);
  }
  return bases;
}

using Places = std::map<std::string, std::uint64_t>;

TEST(MemoryPlan, TensorsLieOneBehindTheOtherOnPages) {
  const Places expected = {{"input", 0}, {"conv0.weights", 4096}, {"output", 8192}};
  EXPECT_EQ(places("memories: {m: {type: ddr4-2400-8gb-x8}}\ntensors: {input: {}, output: {}}\n"),
            expected);
}

TEST(MemoryPlan, ATensorOfFramesTakesTheRoomOfAll) {
  // 40 frames of 128 bytes take two pages; of 288 bytes in the output three.
  const Places expected = {{"input", 0}, {"conv0.weights", 8192}, {"output", 12288}};
  EXPECT_EQ(
      places("memories: {m: {type: ddr4-2400-8gb-x8}}\ntensors: {input: {}, output: {}}\n", 40),
      expected);
}

TEST(MemoryPlan, BasesAreReadAsNumbersOfAnySort) {
  const Places expected = {{"input", 0x12340}, {"conv0.weights", 0}, {"output", 81920}};
  EXPECT_EQ(places("memories: {m: {type: ddr4-2400-8gb-x8}}\n"
                   "tensors: {input: {base: 0x12340}, output: {base: 81920}}\n"),
            expected);
}

TEST(MemoryPlan, TensorsWithoutABaseLieAroundThoseWithOne) {
  // The weights come first, but do not fit below the input.
  const Places expected = {{"input", 64}, {"conv0.weights", 4096}, {"output", 8192}};
  EXPECT_EQ(places("memories: {m: {type: ddr4-2400-8gb-x8}}\n"
                   "tensors: {input: {base: 64}, output: {}}\n"),
            expected);
}

TEST(MemoryPlan, AChannelIsAPartOfTheMemory) {
  const Places placed = places(
      "memories: {m: {type: hbm2-8gb, address_map: [channel, row, rank, bank_group, bank, "
      "column]}}\n"
      "tensors: {input: {channel: 3}, output: {channel: 1}, conv0.weights: {channel: 3}}\n");
  EXPECT_EQ(placed.at("input") % 4096, 0u);
  EXPECT_EQ(placed.at("conv0.weights"), placed.at("input") + 4096);
  EXPECT_EQ(placed.at("input"), 3 * placed.at("output"));
  EXPECT_EQ(placed.at("output"), std::uint64_t(1) << 30);  // of 8 GiB in 8 channels
}

TEST(MemoryPlan, EveryMemoryHasItsOwnAddresses) {
  const Places expected = {{"input", 0}, {"conv0.weights", 0}, {"output", 4096}};
  EXPECT_EQ(places("memories: {a: {type: ddr4-2400-8gb-x8}, b: {type: hbm2-8gb}}\n"
                   "tensors: {default: {memory: a}, input: {}, output: {}, conv0.weights: {memory: "
                   "b}}\n"),
            expected);
}

}  // namespace
}  // namespace qnnsim::test
