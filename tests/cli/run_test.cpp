// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

using nlohmann::json;
using testing::Test;

const std::string kFirstLook = "run scenarios/first-look.yaml ";

json without_host(const std::string& text) {
  json result = json::parse(text);
  result.erase("host");
  return result;
}

TEST(Run, PrintsTablesAndEndsWithZero) {
  const Outcome outcome = qnnsim(kFirstLook);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("conv0.mvu: 100.0 % busy"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.err, "");
}

TEST(Run, WritesTheSameBytesForTheSameSeedButForTheHost) {
  const std::string arguments =
      kFirstLook + "--data bit_true --set 'stimulus.sink={stall_probability: 0.3}' --json - ";
  const Outcome first = qnnsim(arguments);
  const Outcome second = qnnsim(arguments);
  const Outcome fast = qnnsim(arguments + "--engine fast");
  const Outcome other_seed = qnnsim(arguments + "--seed 2");
  EXPECT_EQ(without_host(first.out).dump(), without_host(second.out).dump());
  json a = without_host(first.out);
  json b = without_host(fast.out);
  EXPECT_EQ(a["engine"], "systemc");
  EXPECT_EQ(b["engine"], "fast");
  a.erase("engine");
  b.erase("engine");
  EXPECT_EQ(a, b);
  EXPECT_NE(a["outputs"], without_host(other_seed.out)["outputs"]);
}

TEST(Run, ComparesValuesWithTheReference) {
  const Outcome outcome = qnnsim(kFirstLook + "--data bit_true --json -");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(json::parse(outcome.out)["outputs"]["reference_match"], true);
}

TEST(Run, PrintsNothingButJsonOnStandardOutput) {
  EXPECT_TRUE(json::accept(qnnsim(kFirstLook + "--json -").out));
  EXPECT_EQ(qnnsim(kFirstLook + "--quiet").out, "");
}

TEST(Run, WritesResultAndTraceIntoADirectory) {
  const TemporaryDirectory directory;
  const std::string out = (directory / "deep" / "er").string();
  for (const std::string trace : {"vcd", "perfetto"}) {
    const Outcome outcome =
        qnnsim(kFirstLook + "--quiet --trace " + trace + " --out '" + out + "'");
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  EXPECT_TRUE(json::accept(read_file(directory / "deep/er/result.json")));
  EXPECT_TRUE(json::accept(read_file(directory / "deep/er/first-look.perfetto.json")));
  EXPECT_NE(read_file(directory / "deep/er/first-look.vcd").find("$enddefinitions"),
            std::string::npos);
}

TEST(Run, LeavesNothingBehindWhereItMayNotWrite) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "in the way");
  for (const std::string& arguments :
       {"--out '" + (directory / "file").string() + "'",
        "--json '" + (directory / "none" / "result.json").string() + "'",
        "--trace vcd --out '" + (directory / "file").string() + "'"}) {
    const Outcome outcome = qnnsim(kFirstLook + arguments);
    EXPECT_EQ(outcome.exit_code, 2) << arguments;
    EXPECT_NE(outcome.err.find("error: "), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(read_file(directory / "file"), "in the way");
}

TEST(Run, TellsEveryWrongInputAtOnce) {
  const Outcome outcome = qnnsim(kFirstLook + "--frames 0 --set clock_mhz=fast --set typo=1");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, "");
  for (const char* word : {"frames", "clock_mhz", "typo"}) {
    EXPECT_NE(outcome.err.find(word), std::string::npos) << outcome.err;
  }
}

TEST(Run, RefusesUnknownOptions) {
  EXPECT_EQ(qnnsim("run scenarios/first-look.yaml --no-such-option").exit_code, 2);
  EXPECT_EQ(qnnsim("run").exit_code, 2);
  EXPECT_EQ(qnnsim("no-such-verb").exit_code, 2);
  EXPECT_EQ(qnnsim("run scenarios/none.yaml").exit_code, 2);
}

TEST(Run, EveryVerbHasHelpWithAnExample) {
  for (const char* verb : {"run", "check", "list"}) {
    const Outcome outcome = qnnsim(std::string(verb) + " --help");
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.out.find("Example: qnnsim " + std::string(verb)), std::string::npos);
    EXPECT_NE(outcome.out.find("--json"), std::string::npos);
    EXPECT_NE(outcome.out.find("--quiet"), std::string::npos);
  }
}

/// A residual block whose bypass holds too little.
class DeadlockedResidual : public Test {
 protected:
  DeadlockedResidual() {
    write_file(directory_ / "network.yaml",
               "network: residual\n"
               "input: {height: 8, width: 8, channels: 4, type: UINT4}\n"
               "layers:\n"
               "  - {name: act, op: threshold, type: UINT4}\n"
               "  - {name: conv, op: conv, kernel: 3, padding: 1, channels: 4, weights: INT4}\n"
               "  - {name: join, op: add, from: [conv, act]}\n");
    write_file(directory_ / "scenario.yaml",
               "network: network.yaml\nplatform: zcu104\nclock_mhz: 200\n"
               "folding: {conv: {pe: 4, simd: 4}}\n"
               "stimulus: {frames: 2}\n");
  }

  Outcome run(const std::string& arguments) {
    return qnnsim("run '" + (directory_ / "scenario.yaml").string() + "' " + arguments);
  }

  const TemporaryDirectory directory_;
};

TEST_F(DeadlockedResidual, IsExplainedAndEndsWithThree) {
  const Outcome outcome = run("");
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  for (const char* word : {"act.fork->join.add", "blocked", "starved", "fifos: {edges: {"}) {
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word << "\n" << outcome.out;
  }
}

TEST_F(DeadlockedResidual, FlowsWithTheRemedyAndNotWithLess) {
  const json deadlock = json::parse(run("--json -").out)["deadlock"];
  const json changes = deadlock["remedy"]["changes"];
  ASSERT_EQ(changes.size(), 1u) << deadlock;
  const std::string edge = changes[0]["edge"];
  const int depth = changes[0]["to"];
  const auto with_depth = [&](int beats) {
    return run("--set 'fifos.edges." + edge + "=" + std::to_string(beats) + "'").exit_code;
  };
  EXPECT_EQ(with_depth(depth), 0);
  EXPECT_EQ(with_depth(depth - 1), 3);
}

TEST(Run, EndsCleanlyOnAnInterrupt) {
  const TemporaryDirectory directory;
  const std::string file = (directory / "result.json").string();
  const Outcome outcome =
      qnnsim("run scenarios/cnv-w1a1-pynq.yaml --frames 1000000 --json '" + file + "'",
             "timeout --preserve-status -s INT 2 ");
  EXPECT_EQ(outcome.exit_code, 130);
  const json result = json::parse(read_file(file));
  EXPECT_EQ(result["partial"], true);
  EXPECT_GT(result["cycles"]["total"], 0);
}

}  // namespace
}  // namespace qnnsim::test
