// SPDX-License-Identifier: Apache-2.0
//
// RTL of another house in place of the kernels of a network.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

using nlohmann::json;

const std::string kForeign = "run tests/rtl/foreign.yaml --json - -q ";

/// Sources and sinks: free, starving, stalling, both at random.
const std::string kPressures[] = {
    "", "--set stimulus.source={interval: 7} ", "--set stimulus.sink={interval: 5} ",
    "--set stimulus.source={stall_probability: 0.4} --set stimulus.sink={stall_probability: 0.4} "};

std::string quoted(std::string options) {
  for (std::size_t at = 0; (at = options.find("--set ", at)) != std::string::npos;) {
    options.replace(at, 6, "--set '");
    at = options.find('}', at);
    options.insert(at + 1, "'");
  }
  return options;
}

/// The network with `module` as its last layer, whose thresholds it reads.
std::string with_last_layer(const std::string& module) {
  return kForeign + "--set 'cosim={out.threshold: " + module + "}' ";
}

const std::string kRight =
    "{sources: [tests/rtl/threshold_axi.v, tests/rtl/threshold_core.sv], top: threshold_axi, "
    "directory: tests/rtl, parameters: {WI: 8, C: 6, THRESHOLDS_PATH: out_thresholds.hex}}";
const std::string kLossy =
    "{sources: tests/rtl/threshold_lossy.v, top: threshold_lossy, directory: tests/rtl, "
    "parameters: {WI: 8, C: 6, THRESHOLDS_PATH: out_thresholds.hex}}";

class ForeignRtl : public testing::TestWithParam<std::string> {};

TEST_P(ForeignRtl, StandsForTheKernelsOfANetwork) {
  for (const char* engine : {"systemc", "fast"}) {
    const Outcome outcome = qnnsim(kForeign + quoted(GetParam()) + "--engine " + engine);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
    const json result = json::parse(outcome.out);
    EXPECT_EQ(result["outputs"]["reference_match"], true);
    ASSERT_EQ(result["cosim"].size(), 5u);
    EXPECT_EQ(result["cosim"][0]["beats"], 2 * 3 * 6 * 6 * 2);
    EXPECT_EQ(result["cosim"][0]["cycle_mismatches"], 0);
  }
}

TEST_P(ForeignRtl, WithTheScheduleOfTheModelAgreesInEveryCycle) {
  const Outcome outcome = qnnsim(with_last_layer(kRight) + quoted(GetParam()));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
}

INSTANTIATE_TEST_SUITE_P(Pressures, ForeignRtl, testing::ValuesIn(kPressures));

TEST(ForeignRtl, ThatLosesABeatUnderStallAgreesInFreeFlow) {
  const Outcome outcome = qnnsim(with_last_layer(kLossy));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
}

TEST(ForeignRtl, ThatLosesABeatUnderStallIsFoundOut) {
  const Outcome outcome = qnnsim(with_last_layer(kLossy) + quoted(kPressures[2]));
  EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
  const json cosim = json::parse(outcome.out)["cosim"][0];
  EXPECT_GT(cosim["data_mismatches"].get<int>() + cosim["cycle_mismatches"].get<int>(), 0);
}

TEST(ForeignRtl, ThatLosesABeatWithoutAModelBesideEndsInADeadlock) {
  const Outcome outcome = qnnsim(
      with_last_layer(kLossy) + "--set cosim.out.threshold.compare=false " + quoted(kPressures[2]));
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
}

TEST(ForeignRtl, WhoseStreamsDoNotFitIsRefused) {
  // In the order of the module the weights come first.
  const Outcome outcome = qnnsim(kForeign + "--set 'cosim.mix.mvu.ports={}'");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("s_axis_input_tdata has 8 bits"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace qnnsim::test
