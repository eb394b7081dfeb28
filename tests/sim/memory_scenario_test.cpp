// SPDX-License-Identifier: Apache-2.0
//
// Networks with tensors in memory: values equal the reference, both engines count the same, and
// what was moved is what a walk over the beats of every tensor says. SystemC elaborates once a
// program: no test here runs it twice.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <numeric>

#include "tests/sim/random_design.h"
#include "tests/sim/scenario_files.h"

namespace qnnsim::test {
namespace {

/// Files of the running test.
class Directory {
 public:
  Directory() {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    std::string name = fmt::format("{}-{}-{}", test.test_suite_name(), test.name(), getpid());
    std::replace(name.begin(), name.end(), '/', '-');
    path_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::create_directories(path_);
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

/// What moving a tensor takes.
struct Moved {
  std::uint64_t bytes = 0;  ///< over the bus
  std::uint64_t bursts = 0;
  std::uint64_t accesses = 0;
};

/// Beat by beat: `passes` over `elements` of `bits` each, which begin at `base`; with a place of
/// its own for each pass, or the same for all.
Moved walk(const TensorSettings& bus, std::uint64_t access_bytes, std::uint64_t base,
           std::uint64_t elements, int bits, std::uint64_t passes, bool one_place) {
  int container = 1;
  while (container < bits) container *= 2;
  const std::uint64_t beat = bus.bus_bits / 8;
  const std::uint64_t beats = (elements * container + bus.bus_bits - 1) / bus.bus_bits;
  Moved moved;
  for (std::uint64_t pass = 0; pass < passes; ++pass) {
    int length = 0;
    std::uint64_t block = 0;
    for (std::uint64_t i = 0; i < beats; ++i) {
      const std::uint64_t address = base + (one_place ? 0 : pass * beats * beat) + i * beat;
      const bool begins = i == 0 || length == bus.max_burst || address % 4096 == 0;
      if (begins) {
        ++moved.bursts;
        length = 0;
      }
      ++length;
      for (std::uint64_t byte = address; byte < address + beat; byte += 4) {
        if (byte / access_bytes == block && !(begins && byte == address)) continue;
        block = byte / access_bytes;
        ++moved.accesses;
      }
      moved.bytes += beat;
    }
  }
  return moved;
}

TensorSettings bus_of(const Scenario& scenario, const std::string& tensor) {
  const TensorSettings* given = scenario.memory.find(tensor);
  return given != nullptr ? *given : scenario.memory.usual;
}

Moved expected_of(const Scenario& scenario, const std::string& tensor, std::uint64_t base,
                  std::uint64_t access_bytes, std::uint64_t tile) {
  const TensorSettings bus = bus_of(scenario, tensor);
  const std::uint64_t frames = scenario.stimulus.frames;
  const Network& network = scenario.network;
  if (tensor == "input" || tensor == "output") {
    const TensorShape shape =
        tensor == "input" ? network.input : network.layers.back().meaning->output();
    return walk(bus, access_bytes, base, shape.elements(), shape.type.bits(), frames, false);
  }
  for (const Layer& layer : network.layers) {
    if (tensor != layer.name + ".weights") continue;
    const ConstantSpec weights = layer.meaning->constants()[0];
    const std::uint64_t elements = std::accumulate(weights.shape.begin(), weights.shape.end(),
                                                   std::uint64_t(1), std::multiplies<>());
    // All weights once for every pixel of the output, or every `tile` of them.
    const std::uint64_t passes = layer.meaning->macs() / elements * frames / tile;
    return walk(bus, access_bytes, base, elements, weights.type.bits(), passes, true);
  }
  ADD_FAILURE() << "no tensor " << tensor;
  return {};
}

/// What a later layer leaves out need not have been read when a run ends: `all` says that there is
/// no such layer.
void expect_counts_of_memory(const Scenario& scenario, const Result& result, std::uint64_t tile,
                             bool all) {
  for (const MemoryResult& memory : result.memories) {
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    for (const TensorResult& tensor : memory.tensors) {
      SCOPED_TRACE(tensor.name);
      const Moved moved =
          expected_of(scenario, tensor.name, tensor.base, memory.access_bytes, tile);
      if (all || tensor.writes) {
        EXPECT_EQ(tensor.moved_bytes, moved.bytes);
        EXPECT_EQ(tensor.bursts, moved.bursts);
        EXPECT_EQ(tensor.accesses, moved.accesses);
      } else {
        EXPECT_LE(tensor.moved_bytes, moved.bytes);
        EXPECT_LE(tensor.bursts, moved.bursts);
        EXPECT_LE(tensor.accesses, moved.accesses);
      }
      EXPECT_EQ(tensor.bytes_per_frame * double(result.frames), double(moved.bytes));
      EXPECT_EQ(std::accumulate(tensor.latency.begin(), tensor.latency.end(), std::uint64_t(0)),
                tensor.bursts);
      (tensor.writes ? writes : reads) += tensor.accesses;
      for (const KernelResult& kernel : result.kernels) {
        if (kernel.name != tensor.reader || tensor.name == "input") continue;
        EXPECT_LE(tensor.starved_cycles, kernel.cycles.starved);
      }
    }
    EXPECT_EQ(memory.counts.read_requests, reads);
    EXPECT_EQ(memory.counts.write_requests, writes);
    EXPECT_LE(memory.counts.reads, reads);
    EXPECT_LE(memory.counts.writes, writes);
  }
}

void expect_same_memories(const Result& a, const Result& b) {
  ASSERT_EQ(a.memories.size(), b.memories.size());
  for (std::size_t i = 0; i < a.memories.size(); ++i) {
    const MemoryResult& x = a.memories[i];
    const MemoryResult& y = b.memories[i];
    EXPECT_EQ(x.memory_cycles, y.memory_cycles);
    EXPECT_EQ(x.counts.reads, y.counts.reads);
    EXPECT_EQ(x.counts.writes, y.counts.writes);
    EXPECT_EQ(x.counts.activates, y.counts.activates);
    EXPECT_EQ(x.counts.refreshes, y.counts.refreshes);
    EXPECT_EQ(x.counts.read_latency_sum, y.counts.read_latency_sum);
    ASSERT_EQ(x.tensors.size(), y.tensors.size());
    for (std::size_t k = 0; k < x.tensors.size(); ++k) {
      EXPECT_EQ(x.tensors[k].moved_bytes, y.tensors[k].moved_bytes);
      EXPECT_EQ(x.tensors[k].bursts, y.tensors[k].bursts);
      EXPECT_EQ(x.tensors[k].latency, y.tensors[k].latency);
      EXPECT_EQ(x.tensors[k].mean_latency_ns, y.tensors[k].mean_latency_ns);
      EXPECT_EQ(x.tensors[k].starved_cycles, y.tensors[k].starved_cycles);
    }
  }
}

/// Both engines, with and without values, and both orders of evaluation.
Result expect_all_agree(const std::string& file, std::uint64_t tile, bool all, bool systemc) {
  const Scenario scenario = load(file);
  const Scenario beats_only = load(file, {"data=none"});
  Result result = run(scenario);
  EXPECT_EQ(result.status, RunStatus::kDone);
  if (result.status != RunStatus::kDone) return result;
  EXPECT_TRUE(result.outputs->matches) << result.outputs->mismatch;
  expect_counts_of_memory(scenario, result, tile, all);
  const Result without_values = run(beats_only);
  expect_same_counts(result, without_values);
  expect_same_memories(result, without_values);
  Simulation reverse(prepare(beats_only).dataflow, {});
  run_cycles(reverse, ProcessOrder::kReverse);
  EXPECT_EQ(reverse.dataflow().sink().frame_ends(), result.frame_ends);
  if (!systemc) return result;
  const Result clocked = run(scenario, Engine::kSystemc);
  EXPECT_TRUE(clocked.outputs->matches) << clocked.outputs->mismatch;
  expect_same_counts(result, clocked);
  expect_same_memories(result, clocked);
  return result;
}

struct Case {
  const char* name;
  const char* layers;
  const char* folding;
  const char* rest;
  std::uint64_t tile = 1;
};

void PrintTo(const Case& given, std::ostream* stream) { *stream << given.name; }

const char* const kConv = "  - {name: l0, op: conv, kernel: 3, channels: 6, weights: INT3}\n";
const char* const kDepthwise = "  - {name: l0, op: depthwise_conv, kernel: 3, weights: INT4}\n";
const char* const kAll =
    "  - {name: l0, op: conv, kernel: 3, channels: 6, weights: BIPOLAR}\n"
    "  - {name: l1, op: threshold, type: UINT4}\n"
    "  - {name: l2, op: depthwise_conv, kernel: 3, weights: INT4}\n"
    "  - {name: l3, op: threshold, type: INT3}\n"
    "  - {name: l4, op: dense, units: 10, weights: INT8}\n";
const char* const kOne = "memories: {ddr0: {type: ddr4-2400-8gb-x8}}\n";
const char* const kTwo =
    "memories:\n"
    "  ddr0: {type: ddr4-2400-8gb-x16, arbitration: priority, queue: 1}\n"
    "  hbm0: {type: hbm2-8gb, request_latency: 9, response_latency: 1}\n"
    "tensors:\n"
    "  default: {memory: ddr0, bus_bits: 32, max_burst: 3}\n"
    "  input: {memory: hbm0, bus_bits: 256}\n"
    "  output: {bus_bits: 128, max_burst: 256, outstanding: 1}\n"
    "  l0.weights: {memory: hbm0, bus_bits: 64, max_burst: 7, outstanding: 2}\n"
    "  l4.weights: {bus_bits: 512, base: 0x10040}\n";

const std::vector<Case> kCases = {
    {"input", kConv, "l0: {pe: 2, simd: 2}", "tensors: {input: {}}\n"},
    {"output", kConv, "l0: {pe: 2, simd: 2}", "tensors: {output: {}}\n"},
    {"weights", kConv, "l0: {pe: 2, simd: 6, weight_source: dram}", ""},
    {"part_of_a_frame", kConv, "l0: {pe: 2, simd: 6, weight_source: dram, weight_tile: 4}",
     "tensors: {input: {}, output: {bus_bits: 128}, l0.weights: {bus_bits: 32, max_burst: 5}}\n",
     4},
    {"a_frame", kConv, "l0: {pe: 3, simd: 4, weight_source: dram, weight_tile: 16}",
     "tensors: {output: {}, l0.weights: {bus_bits: 256}}\n", 16},
    {"two_frames", kConv, "l0: {pe: 3, simd: 4, weight_source: dram, weight_tile: 32}",
     "tensors: {input: {bus_bits: 1024}}\nstimulus: {frames: 4}\n", 32},
    {"all_frames", kConv, "l0: {pe: 6, simd: 4, weight_source: dram, weight_tile: 64}",
     "stimulus: {frames: 4}\n", 64},
    {"depthwise", kDepthwise, "l0: {pe: 2, weight_source: dram}",
     "tensors: {input: {}, output: {}}\n"},
    {"depthwise_on_a_narrow_bus", kDepthwise, "l0: {pe: 4, weight_source: dram}",
     "tensors: {input: {}, l0.weights: {bus_bits: 32, max_burst: 1, outstanding: 1}}\n"},
    {"stalled", kConv, "l0: {pe: 2, simd: 6, weight_source: dram, weight_tile: 8}",
     "tensors: {input: {}, output: {}}\nstimulus: {frames: 3, source: {stall_probability: 0.6}, "
     "sink: {stall_probability: 0.7}}\n",
     8},
    {"base_off_an_access", kConv, "l0: {pe: 2, simd: 6, weight_source: dram}",
     "tensors: {l0.weights: {base: 0x1fe8}, input: {base: 0x10008, max_burst: 256}}\n"},
};

const char* const kNetwork =
    "network: small\ninput: {height: 6, width: 6, channels: 4, type: INT4}\nlayers:\n";

/// The stimulus that a scenario has unless its case says otherwise.
std::string scenario_of(const Case& given, const std::string& network) {
  std::string text = fmt::format(
      "network: {}\nplatform: zcu104\nclock_mhz: 187.498125\ndata: bit_true\nseed: 5\n"
      "folding: {{{}}}\n{}",
      network, given.folding, given.rest);
  if (text.find("stimulus:") == std::string::npos) text += "stimulus: {frames: 3}\n";
  if (text.find("memories:") == std::string::npos) text += kOne;
  return text;
}

class MemoryScenario : public testing::TestWithParam<Case> {};

TEST_P(MemoryScenario, MovesWhatItMustAndComputesTheReference) {
  const Directory directory;
  const std::string network =
      directory.write("network.yaml", std::string(kNetwork) + GetParam().layers);
  expect_all_agree(directory.write("scenario.yaml", scenario_of(GetParam(), network)),
                   GetParam().tile, /*all=*/true, /*systemc=*/true);
}

std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Tensors, MemoryScenario, testing::ValuesIn(kCases), name_of);

const char* const kAllInDram =
    "default: {weight_source: dram}, l0: {pe: 3, simd: 4}, l2: {pe: 3}, l4: {pe: 5, simd: 4}";
INSTANTIATE_TEST_SUITE_P(
    Memories, MemoryScenario,
    testing::Values(Case{"two", kAll, kAllInDram, kTwo},
                    Case{"one", kAll, kAllInDram,
                         "memories: {ddr0: {type: ddr3-1600-4gb-x16}}\n"
                         "tensors: {input: {}, output: {}, default: {outstanding: 2}}\n"},
                    Case{"priority", kAll, kAllInDram,
                         "memories: {ddr0: {type: lpddr4-3200-8gb-x16, arbitration: priority}}\n"
                         "tensors: {input: {}, output: {}}\n"}),
    name_of);

class RandomMemoryNetworks : public testing::TestWithParam<int> {};

TEST_P(RandomMemoryNetworks, StreamTheValuesOfTheReference) {
  constexpr int kCasesPerTest = 30;
  const Directory directory;
  int done = 0;
  int deadlocks = 0;
  for (int i = 0; i < kCasesPerTest && !HasFailure(); ++i) {
    const std::uint64_t seed = std::uint64_t(GetParam()) * 1000 + i;
    RandomDesign design(seed);
    const std::string network = directory.write("network.yaml", design.network());
    const std::string scenario = design.scenario_in_memory(network);
    const std::string file = directory.write("scenario.yaml", scenario);
    SCOPED_TRACE(fmt::format("seed {}\n{}\n{}", seed, design.network(), scenario));
    // Branches may want deeper FIFOs than they have: then everything must stand still.
    const Result beats = run(load(file, {"data=none"}));
    if (beats.status != RunStatus::kDone) {
      EXPECT_EQ(beats.status, RunStatus::kDeadlock);
      EXPECT_FALSE(beats.deadlock->cycle_of_waits.empty());
      ++deadlocks;
      continue;
    }
    ++done;
    expect_all_agree(file, 1, /*all=*/false, /*systemc=*/done == 1);
  }
  EXPECT_GT(done, kCasesPerTest / 2);
  EXPECT_GT(deadlocks, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomMemoryNetworks, testing::Range(1, 7));

TEST(SlowMemory, StarvesItsReaderByWhatItCannotGive) {
  const Directory directory;
  const std::string network = directory.write(
      "network.yaml",
      "network: wide\ninput: {height: 1, width: 1, channels: 256, type: INT8}\nlayers:\n"
      "  - {name: l0, op: dense, units: 64, weights: INT8}\n");
  const std::string file = directory.write(
      "scenario.yaml",
      fmt::format("network: {}\nplatform: zcu104\nclock_mhz: 200\n"
                  "folding: {{l0: {{pe: 16, simd: 16, weight_source: dram}}}}\n"
                  "stimulus: {{frames: 40}}\nmemories: {{m: {{type: lpddr4-3200-8gb-x16}}}}\n"
                  "tensors: {{l0.weights: {{bus_bits: 256, max_burst: 128, outstanding: 8}}}}\n",
                  network));
  const Result result = run(load(file));
  const MemoryResult& memory = result.memories.at(0);
  const TensorResult& tensor = memory.tensors.at(0);
  // 256 weights a cycle of 5 ns against a channel of 16 bits at 3200 MT/s.
  EXPECT_DOUBLE_EQ(*tensor.needs_gb_s, 51.2);
  EXPECT_DOUBLE_EQ(memory.peak_gb_s, 6.4);
  EXPECT_LT(*tensor.gets_gb_s, memory.peak_gb_s);
  const double seconds = double(result.total_cycles) * 5e-9;
  const double measured = double(tensor.moved_bytes) / seconds / 1e9;
  EXPECT_NEAR(*tensor.gets_gb_s / measured, 1, 0.03);
  EXPECT_NEAR(memory.bandwidth_gb_s / measured, 1, 0.001);
  EXPECT_GT(memory.utilisation, 0.7);
  EXPECT_LE(memory.utilisation, 1.0);
  EXPECT_EQ(tensor.reader, "l0.mvu");
  EXPECT_GT(tensor.starved_cycles * 10, result.total_cycles * 8);
  EXPECT_EQ(result.bottleneck, "m");
  ASSERT_FALSE(result.warnings.empty());
}

}  // namespace
}  // namespace qnnsim::test
