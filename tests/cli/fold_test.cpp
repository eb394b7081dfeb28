// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

TEST(Fold, WritesAScenarioAFinnConfigurationAndJson) {
  const TemporaryDirectory directory;
  const auto file = [&](const char* name) { return (directory / name).string(); };
  const Outcome outcome =
      qnnsim("fold scenarios/first-look.yaml -o '" + file("f.yaml") + "' --finn '" +
             file("finn.json") + "' --json '" + file("f.json") + "'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("proof       optimal"), std::string::npos) << outcome.out;
  const auto result = nlohmann::json::parse(read_file(file("f.json")));
  const auto run =
      nlohmann::json::parse(qnnsim("run '" + file("f.yaml") + "' --engine fast --json -").out);
  EXPECT_EQ(run["cycles"]["interval"], result["folded"]["interval"]);
  const auto finn = nlohmann::json::parse(read_file(file("finn.json")));
  EXPECT_TRUE(finn["conv0.mvu"]["PE"].is_number());
  EXPECT_TRUE(finn["conv0.mvu"]["SIMD"].is_number());
  EXPECT_TRUE(finn["conv0.mvu"]["resType"].is_string());
  EXPECT_TRUE(finn["conv0.swg"]["parallel_window"].is_number());
  EXPECT_TRUE(finn["conv0.mvu"]["inFIFODepths"].is_array());
}

TEST(Fold, WritesAScenarioWithoutSimulationToo) {
  const TemporaryDirectory directory;
  const std::string file = (directory / "f.yaml").string();
  EXPECT_EQ(qnnsim("fold scenarios/first-look.yaml --rounds 0 -q -o '" + file + "'").exit_code, 0);
  EXPECT_EQ(qnnsim("check -q '" + file + "'").exit_code, 0);
  const Outcome finn = qnnsim("fold scenarios/first-look.yaml --rounds 0 --finn -");
  EXPECT_TRUE(nlohmann::json::parse(finn.out)["conv0.mvu"]["PE"].is_number());
}

TEST(Fold, EverySolverGivesAFoldingNoneABetterOne) {
  const auto interval = [](const std::string& solver) {
    const Outcome outcome = qnnsim(
        "fold scenarios/tfc-w1a1-pynq.yaml --rounds 0 --budget 5 "
        "--json - --solver " +
        solver);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out)["folded"]["interval"].get<int>();
  };
  const int exact = interval("exact");
  EXPECT_GE(interval("rule"), exact);
  EXPECT_GE(interval("finn"), exact);
  EXPECT_GE(interval("annealing"), exact);
}

TEST(Fold, EndsWithTwoWhereNothingFits) {
  const Outcome outcome = qnnsim("fold scenarios/cnv-w2a2-pynq.yaml --limit lut=0.01 --budget 5");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("error: network 'cnv-w2a2' does not fit"), std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("hint: "), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out, "");
}

TEST(Fold, RefusesWrongOptions) {
  EXPECT_EQ(qnnsim("fold scenarios/first-look.yaml --solver guess").exit_code, 2);
  EXPECT_EQ(qnnsim("fold scenarios/first-look.yaml --objective beauty").exit_code, 2);
  EXPECT_EQ(qnnsim("fold scenarios/none.yaml").exit_code, 2);
  EXPECT_NE(qnnsim("fold --help").out.find("Example: qnnsim fold"), std::string::npos);
}

TEST(Fold, IsSilentWhenAskedTo) {
  const Outcome outcome = qnnsim("fold scenarios/first-look.yaml --quiet --rounds 0");
  EXPECT_EQ(outcome.out + outcome.err, "");
  EXPECT_EQ(outcome.exit_code, 0);
}

}  // namespace
}  // namespace qnnsim::test
