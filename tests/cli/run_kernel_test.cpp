// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

using nlohmann::json;

const std::string kMvu = "run tests/rtl/mvu.yaml ";

TEST(RunKernel, PrintsWhenEachBeatMoved) {
  const Outcome outcome = qnnsim(kMvu);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* words : {"module mvu_axi", "ap_clk, 200 MHz", "ap_rst_n, active low",
                            "constant    ap_clk2x", "8 of 8", "when each beat moved"}) {
    EXPECT_NE(outcome.out.find(words), std::string::npos) << words << "\n" << outcome.out;
  }
}

TEST(RunKernel, WritesEveryBeatAsALine) {
  const TemporaryDirectory directory;
  const std::string file = (directory / "beats.csv").string();
  EXPECT_EQ(qnnsim(kMvu + "-q --beats '" + file + "'").exit_code, 0);
  const std::string csv = read_file(file);
  EXPECT_EQ(csv, qnnsim(kMvu + "--beats -").out);
  EXPECT_EQ(csv.substr(0, csv.find('\n')), "port,index,offered_cycle,xfer_cycle,data");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 8 + 16 + 8);
  EXPECT_NE(csv.find("\nm_axis_output,0,3,3,"), std::string::npos) << csv;
}

TEST(RunKernel, WritesJsonToAFileAndIntoADirectory) {
  const TemporaryDirectory directory;
  const std::string out = (directory / "out").string();
  const Outcome outcome = qnnsim(kMvu + "--json - --out '" + out + "'");
  EXPECT_EQ(outcome.out, read_file(out + "/result.json"));
  const json result = json::parse(outcome.out);
  EXPECT_EQ(result["status"], "done");
  EXPECT_EQ(result["streams"][2]["name"], "m_axis_output");
  EXPECT_EQ(result["streams"][2]["beats"].size(), 8u);
  EXPECT_EQ(result["streams"][2]["beats"][0]["xfer_cycle"], 3);
}

TEST(RunKernel, EndsWithThreeWhenTheKernelIsStuck) {
  const Outcome outcome = qnnsim(kMvu +
                                 "--set stimulus.outputs.m_axis_output.beats=9 "
                                 "--set stimulus.timeout_cycles=200");
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  EXPECT_NE(outcome.out.find("the kernel is stuck"), std::string::npos) << outcome.out;
}

TEST(RunKernel, LeavesNoFileBehindWhereTheKernelDoesNotStart) {
  const TemporaryDirectory directory;
  const std::string file = (directory / "beats.csv").string();
  const Outcome outcome = qnnsim(kMvu + "--set kernel.top=mvu --beats '" + file + "'");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("'mvu' was not found in design"), std::string::npos) << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(RunKernel, RefusesOptionsOfScenariosAndTheOtherWayRound) {
  for (const char* option : {"--trace vcd", "--rtl all", "--frames 2", "--data bit_true"}) {
    EXPECT_EQ(qnnsim(kMvu + option).exit_code, 2) << option;
  }
  EXPECT_EQ(qnnsim("run scenarios/first-look.yaml --beats -").exit_code, 2);
}

TEST(RunKernel, CheckPrintsTheStreamsWithoutRunning) {
  const Outcome outcome = qnnsim("check tests/rtl/mvu.yaml");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("0 of 16"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("total"), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace qnnsim::test
