// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

namespace fs = std::filesystem;

constexpr char kGenerate[] = "generate scenarios/first-look.yaml ";

TEST(Generate, WritesADesignOnceAndReplacesItOnlyByForce) {
  const TemporaryDirectory directory;
  const std::string target = directory / "design";
  const std::string arguments = kGenerate + std::string("--random-weights -o ") + target;
  const Outcome first = qnnsim(arguments);
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_NE(first.out.find("5 layers, 10 kernels, 11 FIFOs"), std::string::npos) << first.out;
  const std::string manifest = read_file(directory / "design/manifest.json");
  EXPECT_EQ(nlohmann::json::parse(manifest).at("design"), "first_look");

  const Outcome second = qnnsim(arguments);
  EXPECT_EQ(second.exit_code, 2);
  EXPECT_NE(second.err.find("there is a design already"), std::string::npos) << second.err;
  write_file(directory / "design/mine.txt", "");
  EXPECT_EQ(qnnsim(arguments + " --force -q").out, "");
  EXPECT_FALSE(fs::exists(directory / "design/mine.txt"));
  EXPECT_EQ(read_file(directory / "design/manifest.json"), manifest);
}

TEST(Generate, TellsEveryMissingConstantAndAnothersDirectoryAtOnce) {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "other");
  write_file(directory / "other/thesis.tex", "dear to me");
  const Outcome outcome =
      qnnsim(kGenerate + std::string("--force -o ") + (directory / "other").string());
  EXPECT_EQ(outcome.exit_code, 2);
  for (const char* text : {"holds no design of qnnsim's", "layer 'conv0' has no weights",
                           "layer 'act0' has no thresholds", "layer 'fc0' has no weights"}) {
    EXPECT_NE(outcome.err.find(text), std::string::npos) << text << "\n" << outcome.err;
  }
  EXPECT_EQ(read_file(directory / "other/thesis.tex"), "dear to me");
}

TEST(Generate, ADeadlockIsToldAndNothingIsWritten) {
  const TemporaryDirectory directory;
  write_file(directory / "network.yaml", R"(network: n
input: {height: 8, width: 8, channels: 2, type: INT4}
layers:
  - {name: a, op: threshold, type: UINT2}
  - {name: l, op: conv, kernel: 3, padding: 1, channels: 2, weights: INT4}
  - {name: lq, op: threshold, type: UINT2}
  - {name: j, op: add, from: [a, lq]}
)");
  write_file(directory / "scenario.yaml",
             "network: network.yaml\nplatform: zcu104\nclock_mhz: 100\n");
  const Outcome outcome = qnnsim("generate " + (directory / "scenario.yaml").string() +
                                 " --random-weights -o " + (directory / "design").string());
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_NE(outcome.err.find("deadlock"), std::string::npos) << outcome.err;
  EXPECT_FALSE(fs::exists(directory / "design"));
}

TEST(Generate, RunsTheWholeDesignBesideItsModels) {
  const Outcome outcome = qnnsim("run scenarios/first-look.yaml --rtl design --json -");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto result = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(result.at("cosim").size(), 1U);
  EXPECT_EQ(result.at("cosim")[0].at("layer"), "design");
  EXPECT_EQ(result.at("cosim")[0].at("cycle_mismatches"), 0);
  EXPECT_EQ(result.at("data"), "bit_true");
  EXPECT_GT(result.at("host").at("design").at("rtl_s"), 0);
  const Outcome traced = qnnsim("run scenarios/first-look.yaml --rtl design --trace vcd");
  EXPECT_EQ(traced.exit_code, 2);
  EXPECT_NE(traced.err.find("--trace"), std::string::npos) << traced.err;
}

}  // namespace
}  // namespace qnnsim::test
