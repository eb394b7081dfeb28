// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/kernel_run.h"

#include <gtest/gtest.h>

#include "sim/cosim/kernel_report.h"
#include "sim/cosim/rtl_source.h"
#include "tests/temporary_directory.h"

namespace qnnsim {
namespace {

/// Kernel files beside their data, in a directory of the test.
class KernelRunTest : public testing::Test {
 protected:
  /// Runs the module of tests/rtl/`source` with what `rest` says: parameters, and the stimulus.
  KernelRun run(const std::string& source, const std::string& rest) {
    const std::string top = source.substr(0, source.rfind('.'));
    test::write_file(directory_ / "kernel.yaml", "kernel: {sources: " QNNSIM_SOURCE_DIR
                                                 "/tests/rtl/" +
                                                     source + ", top: " + top + ", " + rest);
    Findings findings;
    const KernelFile file = load_kernel_file((directory_ / "kernel.yaml").string(), {}, findings);
    if (!findings.empty()) throw InputError(findings);
    return run_kernel(file, nullptr, {});
  }

  static std::vector<Cycle> moved(const StreamRecord& stream) {
    std::vector<Cycle> cycles;
    for (const Beat& beat : stream.beats) cycles.push_back(beat.moved);
    return cycles;
  }
  static std::vector<Cycle> offered(const StreamRecord& stream) {
    std::vector<Cycle> cycles;
    for (const Beat& beat : stream.beats) cycles.push_back(beat.offered);
    return cycles;
  }
  static std::vector<std::string> data(const StreamRecord& stream) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < stream.beats.size(); ++i) texts.push_back(stream.data(i));
    return texts;
  }

  const test::TemporaryDirectory directory_;
};

using Cycles = std::vector<Cycle>;
using Texts = std::vector<std::string>;

TEST_F(KernelRunTest, BeginsWithTheFirstEdgeOutOfReset) {
  // The word register is loaded at edge 0, so its first word stands in cycle 1.
  test::write_file(directory_ / "rom.hex", "1\n2\nf\n");
  const KernelRun free = run("weight_rom.v",
                             "parameters: {WIDTH: 4, DEPTH: 3, INIT_FILE: rom.hex}}\n"
                             "stimulus: {cycles: 6}");
  ASSERT_EQ(free.streams.size(), 1u);
  EXPECT_EQ(free.cycles, 6u);
  EXPECT_EQ(free.status, RunStatus::kDone);
  EXPECT_EQ(moved(free.streams[0]), (Cycles{1, 2, 3, 4, 5}));
  EXPECT_EQ(data(free.streams[0]), (Texts{"01", "02", "0f", "01", "02"}));
}

TEST_F(KernelRunTest, SeesACombinationalPathWithinTheCycle) {
  // Wires: an output moves in the cycle of its input, and an input only when its turn has come.
  const KernelRun wires = run("concat_hls.v",
                              "parameters: {FOLDS0: 2, FOLDS1: 1}}\n"
                              "stimulus:\n"
                              "  inputs:\n"
                              "    in0_V_V: {beats: 4, source: {interval: 3}}\n"
                              "    in1_V_V: {beats: 2}\n"
                              "  outputs: {out_V_V: {beats: 6}}");
  EXPECT_EQ(moved(wires.streams[0]), (Cycles{0, 3, 6, 9}));
  EXPECT_EQ(offered(wires.streams[0]), moved(wires.streams[0]));
  EXPECT_EQ(offered(wires.streams[1]), (Cycles{0, 5}));
  EXPECT_EQ(moved(wires.streams[1]), (Cycles{4, 10}));
  EXPECT_EQ(moved(wires.streams[2]), (Cycles{0, 3, 4, 6, 9, 10}));
  EXPECT_EQ(wires.cycles, 11u);
}

TEST_F(KernelRunTest, OffersAndTakesAsThePressureSays) {
  // As an Icarus Verilog bench with the same stimulus sees it.
  test::write_file(directory_ / "beats.hex", "030201\n060504  # a comment\n\n090807\nC0B0A\n");
  const KernelRun slow = run("dwc_down.v",
                             "parameters: {OUT_WIDTH: 8, RATIO: 3}}\n"
                             "stimulus:\n"
                             "  inputs: [{source: {interval: 5}, data_file: beats.hex}]\n"
                             "  outputs: [{beats: 12, sink: {interval: 2}}]");
  EXPECT_FALSE(slow.ports.reset_active_low);
  EXPECT_EQ(slow.streams[0].wanted, 4u);
  EXPECT_EQ(offered(slow.streams[0]), (Cycles{0, 5, 10, 15}));
  EXPECT_EQ(moved(slow.streams[0]), (Cycles{0, 5, 11, 17}));
  EXPECT_EQ(moved(slow.streams[1]), (Cycles{1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23}));
  EXPECT_EQ(offered(slow.streams[1]), (Cycles{1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22}));
  EXPECT_EQ(data(slow.streams[1]),
            (Texts{"01", "02", "03", "04", "05", "06", "07", "08", "09", "0a", "0b", "0c"}));
}

TEST_F(KernelRunTest, ComputesWhatTheElementsSay) {
  // y = W x of one vector: MW 4, MH 2, all in one beat.
  const std::string preamble("\x93NUMPY\x01\x00\x76\x00", 10);
  std::string header = "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 4), }";
  header.resize(117, ' ');
  const std::string elements("\x01\x02\x03\xfc\x00\x00\x01\xff", 8);
  test::write_file(directory_ / "x.npy", preamble + header + "\n" + elements);
  test::write_file(directory_ / "w.hex", "4321cdef\n4321cdef\n");  // rows -1 -2 -3 -4, 1 2 3 4
  const KernelRun product = run("mvu_axi.sv",
                                "parameters: {MW: 4, MH: 2, PE: 2, SIMD: 4, ACCU_WIDTH: 8,\n"
                                "  SIGNED_ACTIVATIONS: 1}}\n"
                                "stimulus:\n"
                                "  inputs:\n"
                                "    s_axis_input: {data_file: x.npy, type: INT4}\n"
                                "    s_axis_weights: {data_file: w.hex}\n"
                                "  outputs: {m_axis_output: {beats: 2}}");
  EXPECT_EQ(product.streams[0].name, "s_axis_weights");
  EXPECT_EQ(data(product.streams[1]), (Texts{"c321", "f100"}));
  // 1 + 4 + 9 - 16 = -2 and its opposite; 3 - 4 = -1.
  EXPECT_EQ(data(product.streams[2]), (Texts{"fe02", "ff01"}));
  EXPECT_EQ(moved(product.streams[2]), (Cycles{1, 2}));
}

TEST_F(KernelRunTest, DrawsTheSameBeatsFromTheSameSeed) {
  const std::string rest =
      "parameters: {OUT_WIDTH: 40, RATIO: 2}}\n"
      "stimulus: {inputs: {s_axis: {beats: 3, type: UINT9, lanes: 7,\n"
      "  source: {stall_probability: 0.4}}}, outputs: {m_axis: {beats: 6}}}\nseed: ";
  const KernelRun first = run("dwc_down.v", rest + "5");
  const KernelRun again = run("dwc_down.v", rest + "5");
  const KernelRun other = run("dwc_down.v", rest + "6");
  EXPECT_EQ(beats_csv(first), beats_csv(again));
  EXPECT_NE(data(first.streams[0]), data(other.streams[0]));
  for (const std::string& beat : data(first.streams[0])) {
    // 7 x 9 of 80 bits.
    ASSERT_EQ(beat.size(), 20u);
    EXPECT_EQ(beat.substr(0, 4), "0000");
    EXPECT_LT(beat[4], '8');
  }
}

TEST_F(KernelRunTest, ExplainsAKernelThatIsStuck) {
  const KernelRun stuck = run("concat_hls.v",
                              "parameters: {FOLDS0: 2, FOLDS1: 1}}\n"
                              "stimulus:\n"
                              "  inputs: {in0_V_V: {beats: 9}, in1_V_V: {beats: 1}}\n"
                              "  outputs: {out_V_V: {beats: 9}}\n"
                              "  timeout_cycles: 50");
  EXPECT_EQ(stuck.status, RunStatus::kDeadlock);
  EXPECT_EQ(stuck.cycles, 4u + 51u);
  const std::string table = kernel_table(stuck, 100);
  for (const char* words :
       {"in the last 50 cycles", "in1_V_V: has all its beats",
        "out_V_V: beat 5 does not come: ready is high, valid stays low", "timeout_cycles"}) {
    EXPECT_NE(table.find(words), std::string::npos) << words << "\n" << table;
  }
}

TEST_F(KernelRunTest, RunsForTheCyclesGiven) {
  const KernelRun hundred =
      run("dwc_down.v", "}\nstimulus: {inputs: {s_axis: {beats: 3}}, cycles: 100}");
  EXPECT_EQ(hundred.cycles, 100u);
  EXPECT_EQ(hundred.status, RunStatus::kDone);
  EXPECT_EQ(hundred.streams[0].beats.size(), 3u);
  EXPECT_EQ(hundred.streams[1].beats.size(), 6u);
}

TEST_F(KernelRunTest, EndsWithTheLastInputWhereNoOutputIsCounted) {
  // Beats enter in cycles 0, 2 and 4, while the one before leaves.
  const KernelRun inputs = run("dwc_down.v", "}\nstimulus: {inputs: {s_axis: {beats: 3}}}");
  EXPECT_EQ(inputs.status, RunStatus::kDone);
  EXPECT_EQ(moved(inputs.streams[0]), (Cycles{0, 2, 4}));
  EXPECT_EQ(inputs.cycles, 5u);
}

TEST_F(KernelRunTest, WarnsOfAKernelThatBreaksTheRules) {
  test::write_file(directory_ / "levels.hex", "00\n7f\n");
  const KernelRun lossy = run("threshold_lossy.v",
                              "parameters: {C: 2, THRESHOLDS_PATH: levels.hex}}\n"
                              "stimulus:\n"
                              "  inputs: {in0_V: {beats: 20, type: UINT4, lanes: 1}}\n"
                              "  outputs: {out_V: {beats: 5, sink: {interval: 3}}}");
  EXPECT_EQ(lossy.streams[1].broken_rule,
            "data changed in cycle 3 although the beat offered since cycle 2 had not been taken");
  EXPECT_NE(kernel_table(lossy, 5).find("out_V does not keep to AXI-Stream"), std::string::npos);
}

TEST_F(KernelRunTest, TellsEveryStreamThatTheModuleDoesNotHave) {
  try {
    run("concat_hls.v",
        "}\nstimulus:\n"
        "  inputs: {in_V_V: {beats: 1}, in1_V_V: {beats: 1, type: UINT9}}\n"
        "  outputs: [{beats: 1}, {beats: 1}]");
    FAIL();
  } catch (const InputError& error) {
    const std::string said = error.what();
    for (const char* words :
         {"the module has no input 'in_V_V'", "did you mean 'in0_V_V'?",
          "nothing is said of the input 'in0_V_V'", "1 x UINT9 are more than the 8 bits of TDATA",
          "the module has no output number 2", "its outputs: out_V_V"}) {
      EXPECT_NE(said.find(words), std::string::npos) << words << "\n" << said;
    }
  }
}

TEST_F(KernelRunTest, TellsEveryBeatThatIsNoHexadecimalNumber) {
  test::write_file(directory_ / "beats.hex", "12\n  0x3\n1ff\n");
  try {
    run("concat_hls.v", "}\nstimulus: {inputs: [{data_file: beats.hex}, {beats: 1}], cycles: 9}");
    FAIL();
  } catch (const InputError& error) {
    const std::string said = error.what();
    EXPECT_NE(said.find("beats.hex:2:3: error: '0x3' is no hexadecimal number"), std::string::npos);
    EXPECT_NE(said.find("beats.hex:3:1: error: the beat has more than the 8 bits of TDATA"),
              std::string::npos);
  }
}

TEST_F(KernelRunTest, RefusesAMemoryFileThatIsNotThere) {
  try {
    run("weight_rom.v", "parameters: {INIT_FILE: rom.hex}}\nstimulus: {cycles: 6}");
    FAIL();
  } catch (const RtlError& error) {
    EXPECT_NE(std::string(error.what()).find("rom.hex:0: $readmem file not found"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace qnnsim
