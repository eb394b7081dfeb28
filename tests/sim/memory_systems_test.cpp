// SPDX-License-Identifier: Apache-2.0
//
// The published systems with tensors in DRAM, against sums made by hand.
#include <gtest/gtest.h>

#include "tests/sim/scenario_files.h"

namespace qnnsim::test {
namespace {

const TensorResult& tensor(const Result& result, const std::string& name) {
  for (const MemoryResult& memory : result.memories) {
    for (const TensorResult& tensor : memory.tensors) {
      if (tensor.name == name) return tensor;
    }
  }
  throw std::logic_error("no tensor " + name);
}

TEST(MemorySystems, MobilenetReadsItsLargestMatricesAsOftenAsItsTilesSay) {
  const Result result = run(load("scenarios/mobilenet-v1-zcu104-ddr.yaml", {"stimulus.frames=2"}));
  ASSERT_EQ(result.status, RunStatus::kDone);
  struct Expected {
    const char* tensor;
    std::uint64_t weights;  ///< of 4 bits
    std::uint64_t passes;   ///< a frame: 49 pixels over the tile
  };
  std::uint64_t accesses = 0;
  for (const Expected& one :
       {Expected{"pw12.weights", 1024 * 512, 49 / 7},
        Expected{"pw13.weights", 1024 * 1024, 49 / 49}, Expected{"fc.weights", 1000 * 1024, 1}}) {
    const TensorResult& counted = tensor(result, one.tensor);
    const std::uint64_t bytes = one.weights / 2 * one.passes;
    EXPECT_DOUBLE_EQ(counted.bytes_per_frame, double(bytes)) << one.tensor;
    EXPECT_EQ(counted.moved_bytes, 2 * bytes) << one.tensor;
    EXPECT_EQ(counted.accesses, 2 * bytes / 64) << one.tensor;
    EXPECT_EQ(counted.bursts, 2 * bytes / (64 * 16)) << one.tensor;  // 64 beats of 128 bits
    EXPECT_EQ(counted.starved_cycles, 0u) << one.tensor;
    accesses += counted.accesses;
  }
  EXPECT_EQ(result.memories[0].counts.reads, accesses);
  EXPECT_EQ(result.memories[0].counts.writes, 0u);
}

TEST(MemorySystems, AFrameOfTfcTakesTheBeatsOfItsBusWhereBurstsOverlap) {
  const Result result = run(load("scenarios/tfc-w1a1-pynq-dma.yaml",
                                 {"tensors.input.outstanding=4", "tensors.input.max_burst=16"}));
  ASSERT_TRUE(result.interval);
  EXPECT_EQ(*result.interval, 784u / 8);
}

TEST(MemorySystems, ADmaWithOneBurstUnderWayShowsTheLatencyOfMemoryInEveryFrame) {
  const Result result = run(load("scenarios/tfc-w1a1-pynq-dma.yaml", {}));
  ASSERT_TRUE(result.interval);
  const TensorResult& input = tensor(result, "input");
  // 40 frames of 784 bytes behind each other: 7 lie across a boundary of 4 KB and take two bursts.
  EXPECT_EQ(input.bursts, 40u + 7);
  EXPECT_GT(*result.interval, 784u / 8 + 14);  // both latencies of the interconnect
  EXPECT_LT(*result.interval, 120u);           // what the board took
}

TEST(MemorySystems, TheFullyConnectedLayerOfResnetGetsWhatItNeedsFromOneBank) {
  const Result result = run(load("scenarios/resnet50-pynq-u250-ddr.yaml", {"stimulus.frames=3"}));
  const TensorResult& weights = tensor(result, "fc.weights");
  EXPECT_EQ(weights.accesses, 3u * 2048 * 1000 / 64);
  ASSERT_TRUE(weights.needs_gb_s && weights.gets_gb_s);
  EXPECT_DOUBLE_EQ(*weights.needs_gb_s, 12.8);  // 64 bytes at 200 MHz
  EXPECT_NEAR(*weights.gets_gb_s, 12.8, 0.01);
  EXPECT_EQ(tensor(result, "input").moved_bytes, 3u * 224 * 224 * 3);
}

TEST(MemorySystems, AColumnMapThatStaysInABankGroupCostsBandwidth) {
  const auto gets = [](const char* map) {
    const Result result = run(load(
        "scenarios/resnet50-pynq-u250-ddr.yaml",
        {"stimulus.frames=2", "folding.fc.pe=4", "tensors.default.bus_bits=1024",
         "fifos.edges.fc.weights->fc.mvu=", std::string("memories.bank0.address_map=") + map}));
    EXPECT_EQ(result.bottleneck, "bank0");
    return tensor(result, "fc.weights").gets_gb_s.value();
  };
  // Sequential reads by DRAMsim3: 95.7 % of 19.28 GB/s interleaved, 78 % with the columns lowest.
  const double interleaved = gets("row_column_bank_intlv");
  EXPECT_GT(interleaved, 0.9 * 19.28);
  EXPECT_LT(interleaved, 0.957 * 19.28);
  EXPECT_NEAR(gets("row_bank_column"), 0.78 * 19.28, 0.02 * 19.28);
}

TEST(MemorySystems, ATileOfAWholeFrameBehindAShallowBypassIsADeadlock) {
  const Result result =
      run(load("scenarios/resnet50-pynq-u250-ddr.yaml",
               {"folding.res5c_2b.weight_source=dram", "folding.res5c_2b.weight_tile=49"}));
  ASSERT_EQ(result.status, RunStatus::kDeadlock);
  ASSERT_TRUE(result.deadlock);
  ASSERT_FALSE(result.deadlock->cycle_of_waits.empty());
  EXPECT_EQ(result.deadlock->cycle_of_waits.front().kernel, "res5c_add.add");
  EXPECT_EQ(result.deadlock->cycle_of_waits.back().edge, "res5b_q.fork->res5c_add.add");
  EXPECT_FALSE(result.deadlock->remedy_sought);
}

}  // namespace
}  // namespace qnnsim::test
