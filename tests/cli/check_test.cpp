// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

TEST(Check, PrintsTheLoweredGraph) {
  const Outcome outcome = qnnsim("check scenarios/first-look.yaml");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* word : {"conv0.pad", "conv0.mvu_dwc->conv0.mvu", "at most"}) {
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word;
  }
}

TEST(Check, AcceptsEveryScenarioThatIsThere) {
  for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
    if (entry.is_directory()) continue;  // studies
    const Outcome outcome = qnnsim("check -q '" + entry.path().string() + "'");
    EXPECT_EQ(outcome.exit_code, 0) << entry.path() << "\n" << outcome.err;
  }
}

TEST(Check, WritesGraphviz) {
  const Outcome outcome = qnnsim("check scenarios/first-look.yaml --dot -");
  EXPECT_EQ(outcome.out.substr(0, 8), "digraph ");
  EXPECT_NE(outcome.out.find("\"cluster_conv0\""), std::string::npos);
  EXPECT_EQ(outcome.out.substr(outcome.out.size() - 2), "}\n");
}

TEST(Check, NamesTheLegalFoldings) {
  const Outcome outcome = qnnsim("check scenarios/first-look.yaml --set folding.conv0.mvu.pe=3");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("legal: 1, 2, 4"), std::string::npos) << outcome.err;
}

TEST(List, NamesWhatIsThere) {
  EXPECT_NE(qnnsim("list platforms").out.find("u250\n"), std::string::npos);
  EXPECT_EQ(qnnsim("list costs").out, "finn\nmeasured\n");
  EXPECT_NE(qnnsim("list layers").out.find("depthwise_conv\n"), std::string::npos);
  EXPECT_NE(qnnsim("list scenarios").out.find("first-look\n"), std::string::npos);
  const auto networks = nlohmann::json::parse(qnnsim("list networks --json -").out)["networks"];
  EXPECT_NE(std::find(networks.begin(), networks.end(), "cnv-w1a1"), networks.end());
  EXPECT_EQ(qnnsim("list nothing").exit_code, 2);
}

}  // namespace
}  // namespace qnnsim::test
