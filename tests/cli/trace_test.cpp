// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

using nlohmann::ordered_json;

/// A trace of `count` requests one burst after the other, all due at once.
class TraceReplay : public testing::Test {
 protected:
  std::string trace(int count, const std::string& kind = "READ",
                    const std::string& name = "seq_64B.trc") {
    std::string text = "# bursts in order\n";
    for (int i = 0; i < count; ++i) text += fmt::format("{:#x} {} 0\n", 64 * i, kind);
    write_file(directory_ / name, text);
    return "'" + (directory_ / name).string() + "'";
  }

  const TemporaryDirectory directory_;
};

// An idle DDR4-2400 bank answers after 1 + tRCD + CL + BL/2 = 1 + 17 + 17 + 4 cycles, seen from the
// cycle in which the request is accepted; the run ends with the data.
TEST_F(TraceReplay, OneReadTakesAsLongAsItsCommandsAndItsData) {
  const Outcome outcome =
      qnnsim("trace replay " + trace(1) + " --memory ddr4-2400-8gb-x8 --json -");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const ordered_json result = ordered_json::parse(outcome.out);
  EXPECT_EQ(result["avg_read_latency"], 39.0);
  EXPECT_EQ(result["num_act"], 1);
  EXPECT_EQ(result["num_rd"], 1);
  EXPECT_EQ(result["partial"], false);
}

TEST_F(TraceReplay, TheTableHasTheFiguresAndTheirUnits) {
  const Outcome outcome = qnnsim("trace replay " + trace(4000) + " --memory ddr4-2400-8gb-x8");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* text : {"ddr4-2400-8gb-x8: DDR4-2400, 8 GiB, 1 rank, 1 channel of 64 bits",
                           "seq_64B.trc, 4000 requests", "CL 17, CWL 12, tRCD 17,", "GB/s, ",
                           "% of the peak of 19.28 GB/s", "ns on average", "nJ"}) {
    EXPECT_NE(outcome.out.find(text), std::string::npos) << text << "\n" << outcome.out;
  }
  EXPECT_EQ(outcome.err, "");
}

TEST_F(TraceReplay, TheJsonHasTheColumnsOfTheReferenceInTheirOrder) {
  const Outcome outcome = qnnsim("trace replay " + trace(100, "WRITE") +
                                 " --memory hbm2-8gb --max-outstanding 4 --issue-width 8 --json -");
  const ordered_json result = ordered_json::parse(outcome.out);
  std::string keys;
  for (const auto& [key, value] : result.items()) keys += key + " ";
  EXPECT_EQ(keys,
            "case config trace requests issue_width max_outstanding request_bytes tCK_ns channels "
            "ranks banks_per_rank end_cycle last_accept_cycle stall_cycles last_read_return_cycle "
            "flushed_writes avg_read_latency max_read_latency avg_write_latency num_act num_pre "
            "num_rd num_wr num_ref rd_row_hits wr_row_hits ondemand_pre hbm_dual_cmds "
            "rank_active_cycles rank_idle_cycles E_act_pJ E_rd_pJ E_wr_pJ E_ref_pJ E_background_pJ "
            "E_total_pJ avg_power_mW bandwidth_GBps partial ");
  EXPECT_EQ(result["case"], "hbm2-8gb/seq/mo4");
  EXPECT_EQ(result["trace"], "seq_64B.trc");
  EXPECT_EQ(result["requests"], 100);
  EXPECT_EQ(result["num_wr"], 100);
  EXPECT_EQ(result["max_outstanding"], 4);
  EXPECT_EQ(result["issue_width"], 8);
}

TEST_F(TraceReplay, FewerOutstandingRequestsTakeLonger) {
  const std::string arguments =
      "trace replay " + trace(500) + " --memory ddr4-2400-8gb-x8 --json - --max-outstanding ";
  const ordered_json one = ordered_json::parse(qnnsim(arguments + "1").out);
  const ordered_json eight = ordered_json::parse(qnnsim(arguments + "8").out);
  EXPECT_GT(one["end_cycle"], 2 * eight["end_cycle"].get<int>());
}

TEST_F(TraceReplay, JsonGoesToAFileBesideTheTableAndQuietPrintsNothing) {
  const std::string json = (directory_ / "result.json").string();
  const std::string arguments =
      "trace replay " + trace(10) + " --memory ddr3-1600-4gb-x16 --json '" + json + "'";
  EXPECT_NE(qnnsim(arguments).out.find("bandwidth"), std::string::npos);
  EXPECT_TRUE(ordered_json::accept(read_file(json)));
  EXPECT_EQ(qnnsim(arguments + " --quiet").out, "");
}

TEST_F(TraceReplay, WrongInputEndsWithTwoAndEveryFinding) {
  write_file(directory_ / "wrong.trc", "0x40 READ 5\nx WRITE 6\n0x40 READ 4\n");
  const std::string wrong = (directory_ / "wrong.trc").string();
  const Outcome lines = qnnsim("trace replay '" + wrong + "' --memory ddr4-2400-8gb-x8");
  EXPECT_EQ(lines.exit_code, 2);
  EXPECT_EQ(lines.out, "");
  EXPECT_NE(lines.err.find(wrong + ":2:1: error: 'x' is not an address"), std::string::npos)
      << lines.err;
  EXPECT_NE(lines.err.find(wrong + ":3:11: error: cycle 4 is before"), std::string::npos)
      << lines.err;

  const Outcome memory = qnnsim("trace replay " + trace(1) + " --memory ddr4-2400-8gb-x9");
  EXPECT_EQ(memory.exit_code, 2);
  EXPECT_NE(memory.err.find("--memory: error: unknown memory"), std::string::npos) << memory.err;
  EXPECT_EQ(qnnsim("trace replay none.trc --memory hbm2-8gb").exit_code, 2);
  EXPECT_EQ(qnnsim("trace replay " + trace(1)).exit_code, 2);
  EXPECT_EQ(qnnsim("trace").exit_code, 2);
}

TEST_F(TraceReplay, HelpHasAnExample) {
  const Outcome outcome = qnnsim("trace replay --help");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_NE(outcome.out.find("Example: qnnsim trace replay"), std::string::npos);
}

// The interrupt comes while three million requests to one bank are read or on their way.
TEST_F(TraceReplay, InterruptedItTellsWhatItHasAsPartial) {
  std::string text;
  for (int i = 0; i < 1500000; ++i) text += "0x0 READ 0\n0x100000 READ 0\n";
  write_file(directory_ / "long.trc", text);
  const std::string json = (directory_ / "result.json").string();
  const Outcome outcome = qnnsim("trace replay '" + (directory_ / "long.trc").string() +
                                     "' --memory ddr4-2400-8gb-x8 --quiet --max-outstanding 1 "
                                     "--json '" +
                                     json + "'",
                                 "timeout --preserve-status -s INT 0.5 ");
  if (outcome.exit_code == 0) GTEST_SKIP() << "done before the interrupt";
  EXPECT_EQ(outcome.exit_code, 130) << outcome.err;
  EXPECT_EQ(ordered_json::parse(read_file(json))["partial"], true);
}

TEST_F(TraceReplay, MemoriesAreListed) {
  const Outcome outcome = qnnsim("list memories");
  for (const char* name : {"ddr3-1600-4gb-x16\n", "ddr4-2400-8gb-x8\n", "hbm2-8gb-pseudo\n"}) {
    EXPECT_NE(outcome.out.find(name), std::string::npos) << outcome.out;
  }
}

}  // namespace
}  // namespace qnnsim::test
