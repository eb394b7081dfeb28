// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

using nlohmann::json;

const std::string kMvu = "tests/rtl/calibrate_mvu.yaml ";
const std::string kKernel = "tests/rtl/calibrate_kernel.yaml ";

/// Where the calibration of a test and its traces go.
class Calibrate : public testing::Test {
 protected:
  Outcome calibrate(const std::string& arguments) const {
    return qnnsim("calibrate " + arguments + " -o '" + file() + "'");
  }
  std::string file() const { return (directory_ / "mine.yaml").string(); }
  std::string traces(const std::string& kernel) const {
    return (directory_ / "mine.traces" / (kernel + ".trace")).string();
  }
  static bool has(const std::string& text, const std::string& words) {
    return text.find(words) != std::string::npos;
  }

  const TemporaryDirectory directory_;
};

TEST_F(Calibrate, FindsTheTimingThatOurMatrixUnitIsKnownToHave) {
  const Outcome outcome = calibrate(kMvu + "--json -");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
  const json result = json::parse(outcome.out);
  ASSERT_EQ(result["fit"].size(), 2u) << outcome.out;
  for (const json& entry : result["fit"]) {
    // mac_pipeline_depth, and a queue of as many beats (Pipeline).
    EXPECT_EQ(entry["timing"]["latency"], "5 + clog2(simd)");
    EXPECT_EQ(entry["timing"]["queue"], "5 + clog2(simd)");
  }
  EXPECT_EQ(result["fit"][0]["when"], "folds_out == 1");
  EXPECT_EQ(result["fit"][0]["style"], "credits, no buffer");
  EXPECT_EQ(result["fit"][1]["style"], "credits, intake 1, release 1");
  EXPECT_EQ(result["fit"][1]["timing"]["capacity"], "2 * folds_in");
  EXPECT_GT(result["held_out"]["beats"], 1000);
  EXPECT_EQ(result["held_out"]["worst_cycles"], 0);
  EXPECT_EQ(result["fitted"]["worst_cycles"], 0);
}

TEST_F(Calibrate, FindsTheTimingThatOurThresholdUnitIsKnownToHave) {
  const Outcome outcome = calibrate("tests/rtl/calibrate_thresholding.yaml --json -");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json result = json::parse(outcome.out);
  ASSERT_EQ(result["fit"].size(), 1u) << outcome.out;
  EXPECT_EQ(result["fit"][0]["style"], "credits, no buffer");
  EXPECT_EQ(result["fit"][0]["timing"]["latency"], "clog2(steps + 1)");
  EXPECT_EQ(result["fit"][0]["timing"]["queue"], "clog2(steps + 1)");
  EXPECT_EQ(result["held_out"]["worst_cycles"], 0);
}

TEST_F(Calibrate, FindsALatencyAndAQueueThatAreNotOurs) {
  const Outcome outcome = calibrate(kKernel);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
  EXPECT_TRUE(has(outcome.out, "credits, no buffer")) << outcome.out;
  EXPECT_TRUE(has(outcome.out, "latency     2 + clog2(steps + 1)")) << outcome.out;
  EXPECT_TRUE(has(outcome.out, "queue       5 + clog2(steps + 1)")) << outcome.out;
  const std::string written = read_file(file());
  EXPECT_TRUE(has(written, "2 + clog2(steps + 1)")) << written;
  EXPECT_TRUE(has(written, "worst_cycles: 0")) << written;
  EXPECT_TRUE(has(written, "calibrate_kernel.sv")) << written;
}

TEST_F(Calibrate, FindsTwoMoreCyclesOfLatency) {
  const Outcome outcome = calibrate(kKernel +
                                    "--set 'kernel.parameters.LATENCY=clog2(steps + 1) + 4' --set "
                                    "'calibrate.grid.steps=[1, 3, 12, 30]' --json -");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json result = json::parse(outcome.out);
  EXPECT_EQ(result["fit"][0]["timing"]["latency"], "4 + clog2(steps + 1)");
}

TEST_F(Calibrate, FindsAFrozenPipeline) {
  const Outcome outcome = calibrate(
      kKernel +
      "--set kernel.parameters.FROZEN=1 --set 'calibrate.grid.steps=[1, 3, 12, 30]' --json -");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json result = json::parse(outcome.out);
  EXPECT_EQ(result["fit"][0]["style"], "frozen, no buffer");
  EXPECT_EQ(result["fit"][0]["timing"]["latency"], "2 + clog2(steps + 1)");
  EXPECT_EQ(result["fit"][0]["timing"]["queue"], "1");
}

TEST_F(Calibrate, FindsWhatAFifoHoldsAndThatOursHasTheTimingOfTheEdges) {
  for (const auto& [hidden, queue] : {std::pair("0", "steps"), std::pair("-1", "-1 + steps")}) {
    const Outcome outcome = calibrate(std::string("tests/rtl/calibrate_fifo.yaml ") +
                                      "--set kernel.parameters.HIDDEN=" + hidden + " --json -");
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const json result = json::parse(outcome.out);
    ASSERT_EQ(result["fit"].size(), 1u) << outcome.out;
    EXPECT_EQ(result["fit"][0]["style"], "credits, room after 1, no buffer");
    EXPECT_EQ(result["fit"][0]["timing"]["latency"], "1");
    EXPECT_EQ(result["fit"][0]["timing"]["queue"], queue);
  }
}

TEST_F(Calibrate, RefusesAKernelThatLosesACycleEverySevenBeats) {
  const Outcome outcome =
      calibrate(kKernel + "--set kernel.parameters.DROP=7 --set calibrate.grid.steps=3");
  EXPECT_EQ(outcome.exit_code, 4) << outcome.out;
  EXPECT_TRUE(has(outcome.err, "no timing of block 'thresholding' follows the RTL")) << outcome.err;
  // Beats 0 to 6 are taken in cycles 0 to 6.
  EXPECT_TRUE(has(outcome.out,
                  "under 'free' the model moves beat 7 of s_axis in cycle 7, the RTL "
                  "in cycle 8"))
      << outcome.out;
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(Calibrate, AToleranceIsWrittenDownWithItsErrors) {
  const Outcome outcome = calibrate(
      kKernel +
      "--set kernel.parameters.DROP=100 --set calibrate.grid.steps=3 --tolerance 9 --json -");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json result = json::parse(outcome.out);
  EXPECT_GT(result["tolerance_cycles"], 0);
  EXPECT_GT(result["fitted"]["worst_cycles"], 0);
  EXPECT_TRUE(has(read_file(file()), "off by up to ")) << read_file(file());
}

TEST_F(Calibrate, NamesThePointsThatTheRtlRefuses) {
  const Outcome outcome = calibrate(
      kKernel +
      "--set kernel.parameters.REFUSED_LATENCY=5 --set 'calibrate.grid.steps=[1, 3, 7, 30]'");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(has(outcome.out, "the RTL refuses\n  steps=7: ")) << outcome.out;
  EXPECT_TRUE(has(outcome.out, "LATENCY 5 is refused")) << outcome.out;
}

TEST_F(Calibrate, APointWhoseRtlEndsItselfUnderOnePressureIsRefused) {
  // Its queue of 8 results is full only while the sink stalls.
  const Outcome outcome = calibrate(kKernel +
                                    "--set 'kernel.parameters.ENDS_HOLDING=(steps == 7) * 8' "
                                    "--set 'calibrate.grid.steps=[1, 3, 7, 12, 30]'");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(has(outcome.out, "1 that the RTL refuses")) << outcome.out;
  EXPECT_TRUE(has(outcome.out, "steps=7: the RTL ended itself in cycle ")) << outcome.out;
  EXPECT_TRUE(has(outcome.out, " under 'sink 3'")) << outcome.out;
}

TEST_F(Calibrate, NamesThePointsThatTheModelCannotHave) {
  const Outcome outcome = calibrate(kKernel +
                                    "--set 'calibrate.grid={steps: [1, 3, 12, 30], pe: "
                                    "[1, 4]}'");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(has(outcome.out, "4 that the model cannot have")) << outcome.out;
  EXPECT_TRUE(has(outcome.out, "steps=1 pe=4: thresholding: pe 4 does not divide channels 6"))
      << outcome.out;
}

TEST_F(Calibrate, WhatWasRecordedIsNotRunAgain) {
  const Outcome first = calibrate(kKernel);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const std::string recorded = read_file(traces("calibrate_kernel"));
  EXPECT_LT(recorded.size(), 30000u);
  const Outcome second = calibrate(kKernel + "--json -");
  ASSERT_EQ(second.exit_code, 0) << second.err;
  const json result = json::parse(second.out);
  EXPECT_EQ(result["runs"], 0);
  EXPECT_GT(result["runs_recorded_before"], 40);
  EXPECT_EQ(read_file(traces("calibrate_kernel")), recorded);
  // Of a parameter that is another, all is recorded anew.
  const Outcome third = calibrate(kKernel + "--set kernel.parameters.FROZEN=1 --json -");
  EXPECT_EQ(json::parse(third.out)["runs_recorded_before"], 0);
}

TEST_F(Calibrate, WithAnotherSeedOrSourceAllIsRecordedAnew) {
  for (const char* name : {"calibrate_kernel.yaml", "calibrate_kernel.sv"}) {
    std::filesystem::copy_file(std::filesystem::path("tests/rtl") / name, directory_ / name);
  }
  const std::string kernel = "'" + (directory_ / "calibrate_kernel.yaml").string() +
                             "' --set 'calibrate.grid.steps=[1, 3, 7, 12]' --json - ";
  const auto recorded_before = [&](const std::string& settings) {
    const Outcome outcome = calibrate(kernel + settings);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return json::parse(outcome.out)["runs_recorded_before"].get<int>();
  };
  EXPECT_EQ(recorded_before(""), 0);
  EXPECT_GT(recorded_before(""), 0);
  EXPECT_EQ(recorded_before("--set seed=2"), 0);
  EXPECT_GT(recorded_before("--set seed=2"), 0);
  std::ofstream(directory_ / "calibrate_kernel.sv", std::ios::app) << "// another source\n";
  EXPECT_EQ(recorded_before("--set seed=2"), 0);
}

TEST_F(Calibrate, ARunThatIsMissingInTheTracesIsRecordedAgain) {
  ASSERT_EQ(calibrate(kKernel + "-q").exit_code, 0);
  const std::string whole = read_file(traces("calibrate_kernel"));
  // Without the last run of the last point.
  std::ofstream(traces("calibrate_kernel")) << whole.substr(0, whole.rfind("run "));
  const Outcome outcome = calibrate(kKernel + "--json -");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json result = json::parse(outcome.out);
  EXPECT_GT(result["runs"], 0);
  EXPECT_GT(result["runs_recorded_before"], 0);
  EXPECT_EQ(read_file(traces("calibrate_kernel")), whole);
}

TEST_F(Calibrate, RunsUnderOtherPressuresAreNotTaken) {
  ASSERT_EQ(calibrate(kKernel + "-q").exit_code, 0);
  std::string text = read_file(traces("calibrate_kernel"));
  for (std::size_t at = 0; (at = text.find("sink 3", at)) != std::string::npos;) text[at + 5] = '4';
  write_file(traces("calibrate_kernel"), text);
  const Outcome outcome = calibrate(kKernel + "--json -");
  EXPECT_EQ(json::parse(outcome.out)["runs_recorded_before"], 0) << outcome.err;
}

TEST_F(Calibrate, ADamagedTraceIsAFinding) {
  ASSERT_EQ(calibrate(kKernel + "-q").exit_code, 0);
  std::ofstream(traces("calibrate_kernel"), std::ios::app) << "in nonsense\n";
  const Outcome outcome = calibrate(kKernel);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_TRUE(has(outcome.err, "the file is damaged: remove it")) << outcome.err;
}

TEST_F(Calibrate, OtherBlocksOfACalibrationStay) {
  ASSERT_EQ(calibrate(kKernel + "-q").exit_code, 0);
  const Outcome outcome =
      calibrate(kKernel +
                "-q --set kernel.parameters.LATENCY=1 --set kernel.parameters.QUEUE=1 --set "
                "calibrate.block=add --set 'calibrate.model={pe: 1, beats: 9, inputs: 2, "
                "input_type: INT4, output_type: INT5}' --set 'calibrate.grid={pe: [1, 2, 4]}'");
  EXPECT_EQ(outcome.exit_code, 2);  // two inputs, but the module has one
  EXPECT_TRUE(has(outcome.err, "the module has 1 inputs (s_axis), the model of 'add' has 2"))
      << outcome.err;
  EXPECT_TRUE(has(read_file(file()), "thresholding")) << "kept as it was";
}

TEST_F(Calibrate, AllFindingsAreToldAtOnce) {
  const std::string input = (directory_ / "bad.yaml").string();
  std::ofstream(input)
      << "kernel: {sources: none.sv, top: t, parameters: {A: sidm, B: '1 +', C: 1 +}}\n"
         "calibrate:\n"
         "  name: bad\n"
         "  block: thresholdin\n"
         "  held_out: 2\n"
         "  grids: {}\n";
  const Outcome outcome = qnnsim("calibrate '" + input + "'");
  EXPECT_EQ(outcome.exit_code, 2);
  for (const char* words : {"there is no block 'thresholdin'", "did you mean 'thresholding'?",
                            "number from 0 to less than 1", "unknown key 'grids'"}) {
    EXPECT_TRUE(has(outcome.err, words)) << words << "\n" << outcome.err;
  }
  std::ofstream(input) << "kernel: {sources: none.sv, top: t, parameters: {A: stps, C: 1 +}}\n"
                          "calibrate:\n"
                          "  name: bad\n"
                          "  block: thresholding\n"
                          "  model: {channels: 2, pe: 1, input_type: INT8, output_type: UINT2}\n"
                          "  grid: {steps: [1, two]}\n";
  const Outcome formulas = qnnsim("calibrate '" + input + "'");
  EXPECT_EQ(formulas.exit_code, 2);
  for (const char* words : {"the model has no parameter 'stps'", "did you mean 'steps'?",
                            "'1 +' is no formula", "none.sv", "'steps' must be an integer"}) {
    EXPECT_TRUE(has(formulas.err, words)) << words << "\n" << formulas.err;
  }
}

}  // namespace
}  // namespace qnnsim::test
