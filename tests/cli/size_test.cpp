// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

nlohmann::json sized(const std::string& options) {
  const Outcome outcome = qnnsim("size scenarios/first-look.yaml --check none --json - " + options);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return nlohmann::json::parse(outcome.out);
}

TEST(Size, PricesFifosByTheCostModelThatIsAskedFor) {
  const nlohmann::json measured = sized("");
  const nlohmann::json finn = sized("--cost-model finn");
  EXPECT_EQ(measured["cost_model"], "measured");
  EXPECT_EQ(finn["cost_model"], "finn");
  EXPECT_LT(finn["before"]["cost"], measured["before"]["cost"]);
  EXPECT_TRUE(finn["fifos"][0]["resources"]["ff"].is_null()) << "FINN says nothing of flip-flops";
  EXPECT_GT(measured["fifos"][0]["resources"]["ff"], 0);
}

TEST(Size, TheScenarioThatIsWrittenKeepsTheCostModel) {
  const TemporaryDirectory directory;
  const std::string file = (directory / "sized.yaml").string();
  sized("--cost-model finn -o '" + file + "'");
  EXPECT_NE(read_file(file).find("cost_model: finn"), std::string::npos) << read_file(file);
}

TEST(Size, AnUnknownCostModelIsAFinding) {
  const Outcome outcome = qnnsim("size scenarios/first-look.yaml --cost-model fin");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("did you mean 'finn'?"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace qnnsim::test
