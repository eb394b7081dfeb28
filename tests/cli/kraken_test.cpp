// SPDX-License-Identifier: Apache-2.0
//
// What the verbs do with a network on a Kraken engine.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

using nlohmann::json;

class Kraken : public testing::Test {
 protected:
  Kraken() {
    write_file(directory_ / "network.yaml",
               "network: small\n"
               "input: {height: 6, width: 6, channels: 4, type: INT8}\n"
               "layers:\n"
               "  - {name: conv, op: conv, kernel: 3, padding: 1, channels: 6, weights: INT8}\n"
               "  - {name: act, op: activation, type: INT8, shift: 9}\n"
               "  - {name: fc, op: dense, units: 5, weights: INT8}\n");
    write_file(directory_ / "scenario.yaml",
               "network: network.yaml\norganisation: kraken\nplatform: zcu104\n"
               "kraken: {processing_elements: [4, 12], frequency_mhz: 200, max_kernel_size: 5}\n"
               "stimulus: {frames: 3}\n");
  }

  std::string file() const { return "'" + (directory_ / "scenario.yaml").string() + "' "; }

  const TemporaryDirectory directory_;
};

TEST_F(Kraken, VerbsForDataflowsSaySo) {
  const std::pair<std::string, std::string> verbs[] = {
      {"size " + file(), "'qnnsim size'"},
      {"fold " + file(), "'qnnsim fold'"},
      {"optimise --target-fps 100 " + file(), "'qnnsim optimise'"},
      {"generate " + file() + "-o '" + (directory_ / "design").string() + "'",
       "a generated design"},
      {"run --rtl design " + file(), "a generated design"}};
  for (const auto& [arguments, what] : verbs) {
    const Outcome outcome = qnnsim(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << arguments << "\n" << outcome.out << outcome.err;
    EXPECT_EQ(outcome.out, "") << arguments;
    const std::string finding =
        "scenario.yaml:4:9: error: " + what +
        " is for dataflows; this network runs on the Kraken engine\n"
        "    kraken: {processing_elements: [4, 12], frequency_mhz: 200, max_kernel_size: 5}\n"
        "            ^\n"
        "  hint: run it, check it, or sweep its parameters\n";
    EXPECT_NE(outcome.err.find(finding), std::string::npos) << arguments << "\n" << outcome.err;
  }
  EXPECT_FALSE(std::filesystem::exists(directory_ / "design"));
}

TEST_F(Kraken, ARunTellsTheSameInBothEnginesAndWithValues) {
  const auto result = [&](const std::string& options) {
    const Outcome outcome = qnnsim("run " + file() + "--json - " + options);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    json parsed = json::parse(outcome.out);
    for (const char* key : {"host", "engine"}) parsed.erase(key);
    return parsed;
  };
  const json clocked = result("--data bit_true");
  EXPECT_EQ(clocked, result("--data bit_true --engine fast"));
  EXPECT_EQ(clocked["outputs"]["reference_match"], true);
  EXPECT_EQ(clocked["kraken"], result("--engine fast")["kraken"]);
  EXPECT_EQ(clocked["kraken"]["batches"], 3);
}

TEST_F(Kraken, CheckTellsThePlanWithoutARun) {
  const Outcome outcome = qnnsim("check " + file() + "--json -");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const json plan = json::parse(outcome.out)["kraken"];
  ASSERT_EQ(plan["layers"].size(), 2u) << plan;
  EXPECT_EQ(plan["layers"][0]["G"], 3);
  EXPECT_EQ(plan["layers"][0]["T"], 2);
  // 2 iterations of 2 blocks of 6 columns, each of 4 channels of 3 rows and a shift
  EXPECT_EQ(plan["layers"][0]["least_clocks"], 2 * 2 * 6 * (4 * 3 + 1));
}

}  // namespace
}  // namespace qnnsim::test
