// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

/// A study of nine points, three of which fail: two are wrong, one stands still.
class Sweep : public testing::Test {
 protected:
  Sweep() {
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
               "fifos: {default_depth: 100}\n");
    write_file(directory_ / "study.yaml",
               "study: residual\n"
               "scenario: scenario.yaml\n"
               "set: {stimulus.frames: 2}\n"
               "grid:\n"
               "  folding.conv.pe: [1, 2, 3]\n"
               "  stimulus.sink: [{interval: 1}, {stall_probability: 0.3}]\n"
               "points:\n"
               "  - {fifos.default_depth: 2}\n"
               "  - {seed: 1}\n"
               "  - {seed: 2}\n"
               "run: {data: bit_true}\n"
               "columns: [fps, outputs.sha256, fifos.join.add->sink.max_occupancy]\n");
  }

  std::string arguments(const std::string& out) const {
    return "sweep '" + (directory_ / "study.yaml").string() + "' -o '" +
           (directory_ / out).string() + "' ";
  }

  std::string table(const std::string& out) const {
    return read_file(directory_ / out / "table.csv") + read_file(directory_ / out / "table.jsonl");
  }

  json rows(const std::string& more = "") {
    return json::parse(qnnsim(arguments("rows") + "--json - " + more).out);
  }

  /// Starts the sweep in a process group of its own.
  pid_t start(const std::string& out) const {
    const std::string command = "exec '" QNNSIM_PROGRAM "' " + arguments(out) + " --quiet";
    const pid_t group = fork();
    if (group != 0) return group;
    setpgid(0, 0);
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }

  /// Sends `signal` to the group. Returns how its first process ended, as a shell tells it.
  static int end(pid_t group, int signal) {
    kill(-group, signal);
    int status = 0;
    waitpid(group, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  /// Waits until some point has been written down.
  void wait_for_a_point(const std::string& out) const {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (std::chrono::steady_clock::now() < deadline) {
      const std::string text = read_file(directory_ / out / "points.jsonl");
      if (std::count(text.begin(), text.end(), '\n') >= 2) return;
      std::this_thread::sleep_for(1ms);
    }
    FAIL() << "no point ends";
  }

  const TemporaryDirectory directory_;
};

TEST_F(Sweep, RunsEveryPointThoughSomeFail) {
  const Outcome outcome = qnnsim(arguments("out"));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("6 done, 3 failed, 0 missing"), std::string::npos) << outcome.out;
  const json result = rows();
  EXPECT_EQ(result["failed"], 3);
  const json& points = result["points"];
  ASSERT_EQ(points.size(), 9u);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const json& point = points[i];
    EXPECT_EQ(point["point"], i + 1);
    const bool should_fail = i / 2 == 2 || i == 6;
    EXPECT_EQ(point["status"], should_fail ? "failed" : "done") << point;
    EXPECT_EQ(point["outputs.sha256"].is_string(), i / 2 != 2) << point;
    EXPECT_EQ(point["fps"].is_number(), !should_fail) << point;
  }
  EXPECT_EQ(points[4]["reason"].get<std::string>().find("wrong input: --set folding.conv.pe=3"), 0u)
      << points[4];
  EXPECT_NE(points[6]["reason"].get<std::string>().find("remedy: fifos: {edges"), std::string::npos)
      << points[6];
  EXPECT_EQ(points[0]["stimulus.sink"], "{interval: 1}");
  EXPECT_EQ(points[2]["folding.conv.pe"], 2);
  EXPECT_EQ(points[0]["outputs.sha256"], points[1]["outputs.sha256"]);
  EXPECT_NE(points[7]["outputs.sha256"], points[8]["outputs.sha256"]);
}

TEST_F(Sweep, APointIsWhatRunGives) {
  const json point = rows()["points"][3];
  const json run = json::parse(qnnsim("run '" + (directory_ / "scenario.yaml").string() +
                                      "' --data bit_true --frames 2 --set folding.conv.pe=2 --set "
                                      "'stimulus.sink={stall_probability: 0.3}' --json -")
                                   .out);
  EXPECT_EQ(point["fps"], run["fps"]);
  EXPECT_EQ(point["outputs.sha256"], run["outputs"]["sha256"]);
}

TEST_F(Sweep, DoesNotRunAgainWhatIsThere) {
  ASSERT_EQ(qnnsim(arguments("out") + "--quiet").exit_code, 0);
  const std::string journal = read_file(directory_ / "out/points.jsonl");
  const std::string before = table("out");
  const Outcome outcome = qnnsim(arguments("out"));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("9 of an earlier sweep"), std::string::npos) << outcome.out;
  EXPECT_EQ(read_file(directory_ / "out/points.jsonl"), journal);
  EXPECT_EQ(table("out"), before);
  const Outcome retried = qnnsim(arguments("out") + "--retry-failed");
  EXPECT_NE(retried.out.find("6 of an earlier sweep"), std::string::npos) << retried.out;
  EXPECT_EQ(table("out"), before);
}

TEST_F(Sweep, OtherColumnsAndMorePointsNeedNoOtherRuns) {
  ASSERT_EQ(qnnsim(arguments("out") + "--quiet").exit_code, 0);
  std::string text = read_file(directory_ / "study.yaml");
  text.replace(text.find("columns: [fps"), 13, "columns: [seconds, cycles.total");
  text.replace(text.find("run:"), 0, "  - {clock_mhz: 100}\n");
  write_file(directory_ / "study.yaml", text);
  const Outcome outcome = qnnsim(arguments("out"));
  EXPECT_NE(outcome.out.find("7 done, 3 failed, 0 missing; 9 of an earlier"), std::string::npos)
      << outcome.out;
  EXPECT_EQ(outcome.err, "warning: no result has 'seconds'\n");
  EXPECT_NE(table("out").find("cycles.total"), std::string::npos);
}

TEST_F(Sweep, KilledAnywhereAndStartedAgainItGivesTheSameTable) {
  constexpr unsigned kSeed = 20;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(qnnsim(arguments("whole") + "--quiet").exit_code, 0);
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  int killed = 0;
  for (int i = 0; i < 6; ++i) {
    const pid_t group = start("killed");
    std::this_thread::sleep_for(time * std::uniform_int_distribution<int>(10, 70)(random) / 100);
    killed += end(group, SIGKILL) == 128 + SIGKILL ? 1 : 0;
    if (i % 2 == 0) {  // as if the host had lost what was last written
      const auto file = directory_ / "killed" / "points.jsonl";
      const std::string text = read_file(file);
      const std::size_t lost = std::uniform_int_distribution<std::size_t>(0, 500)(random);
      write_file(file, text.substr(0, text.size() - std::min(lost, text.size())));
    }
  }
  EXPECT_GT(killed, 0);
  ASSERT_EQ(qnnsim(arguments("killed") + "--quiet").exit_code, 0);
  EXPECT_EQ(table("killed"), table("whole"));
}

TEST_F(Sweep, InterruptedItKeepsWhatIsDoneAndGoesOn) {
  ASSERT_EQ(qnnsim(arguments("whole") + "--quiet").exit_code, 0);
  const pid_t group = start("stopped");
  wait_for_a_point("stopped");
  EXPECT_EQ(end(group, SIGINT), 130);
  EXPECT_NE(table("stopped").find(",missing,"), std::string::npos) << table("stopped");
  EXPECT_EQ(table("stopped").find("interrupted"), std::string::npos) << table("stopped");
  EXPECT_EQ(qnnsim(arguments("stopped") + "--quiet").exit_code, 0);
  EXPECT_EQ(table("stopped"), table("whole"));
}

TEST_F(Sweep, OneJobAndManyGiveTheSameTable) {
  ASSERT_EQ(qnnsim(arguments("one") + "--quiet --jobs 1").exit_code, 0);
  ASSERT_EQ(qnnsim(arguments("many") + "--quiet --jobs 9").exit_code, 0);
  EXPECT_EQ(table("one"), table("many"));
}

/// Runs under mpirun, as root too.
std::string mpirun(int ranks) {
  return "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --oversubscribe -n " +
         std::to_string(ranks) + " ";
}

class SweepUnderMpirun : public Sweep {
 protected:
  void SetUp() override {
    const std::filesystem::path program = QNNSIM_PROGRAM;
    if (!std::filesystem::exists(program.parent_path() / "libqnnsim_mpi.so") ||
        std::system("command -v mpirun > /dev/null") != 0) {
      GTEST_SKIP() << "skipped: no MPI here";
    }
  }
};

TEST_F(SweepUnderMpirun, ItGivesTheSameTable) {
  ASSERT_EQ(qnnsim(arguments("whole") + "--quiet").exit_code, 0);
  for (const int ranks : {1, 3}) {
    const std::string out = std::to_string(ranks);
    const Outcome outcome = qnnsim(arguments(out), mpirun(ranks));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("6 done, 3 failed, 0 missing"), std::string::npos) << outcome.out;
    EXPECT_EQ(table(out), table("whole"));
  }
}

TEST_F(SweepUnderMpirun, ItGoesOnWithWhatIsMissing) {
  ASSERT_EQ(qnnsim(arguments("whole") + "--quiet").exit_code, 0);
  const pid_t group = start("killed");
  wait_for_a_point("killed");
  EXPECT_EQ(end(group, SIGKILL), 128 + SIGKILL);
  const Outcome outcome = qnnsim(arguments("killed") + "--quiet", mpirun(2));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(table("killed"), table("whole"));
}

TEST_F(SweepUnderMpirun, AWrongStudyEndsEveryRank) {
  write_file(directory_ / "study.yaml", "study: none\n");
  const Outcome outcome = qnnsim(arguments("out"), mpirun(3));
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("the study has no points"), std::string::npos) << outcome.err;
}

TEST_F(Sweep, RefusesTheJournalOfAnotherStudyAndBeginsAnewByForce) {
  ASSERT_EQ(qnnsim(arguments("out") + "--quiet").exit_code, 0);
  const std::string before = table("out");
  std::string text = read_file(directory_ / "study.yaml");
  write_file(directory_ / "study.yaml", text.replace(0, text.find('\n'), "study: other"));
  const Outcome refused = qnnsim(arguments("out"));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("journal of study residual, not other"), std::string::npos);
  const Outcome forced = qnnsim(arguments("out") + "--force");
  EXPECT_EQ(forced.exit_code, 0) << forced.err;
  EXPECT_NE(forced.out.find("0 of an earlier sweep"), std::string::npos) << forced.out;
  EXPECT_EQ(table("out"), before);
}

TEST_F(Sweep, AWrongStudyLeavesNothingBehind) {
  write_file(directory_ / "study.yaml", "study: x\nscenario: scenario.yaml\ngrid: {typo: [1]}\n");
  const Outcome outcome = qnnsim(arguments("out"));
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("study.yaml:3:8: error: unknown key 'typo'"), std::string::npos)
      << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(directory_ / "out"));
}

TEST_F(Sweep, SizesAndFoldsToo) {
  for (const std::string verb : {"size", "fold"}) {
    write_file(directory_ / "study.yaml", "study: " + verb +
                                              "\nscenario: scenario.yaml\n"
                                              "grid: {clock_mhz: [100, 200]}\nrun: {verb: " +
                                              verb + "}\n");
    const json result = json::parse(qnnsim(arguments(verb) + "--json -").out);
    EXPECT_EQ(result["done"], 2) << result;
    const std::string fps = verb == "size" ? "sized.fps" : "folded.fps";
    EXPECT_EQ(2 * result["points"][0][fps].get<double>(), result["points"][1][fps].get<double>());
  }
}

TEST_F(Sweep, WarnsOfAColumnThatNoResultHas) {
  write_file(directory_ / "study.yaml",
             "study: x\nscenario: scenario.yaml\ngrid: {seed: [1]}\ncolumns: [fps, fpz]\n");
  const Outcome outcome = qnnsim(arguments("out"));
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "warning: no result has 'fpz'\n");
}

TEST_F(Sweep, EveryStudyOfTheProjectRuns) {
  const json studies = json::parse(qnnsim("list studies --json -").out)["studies"];
  ASSERT_FALSE(studies.empty());
  for (const std::string study : studies) {
    // A long study is ended when some of its points have run.
    const Outcome outcome = qnnsim("sweep scenarios/studies/" + study + ".yaml -q --json - -o '" +
                                       (directory_ / study).string() + "'",
                                   "timeout --signal=INT 12 ");
    EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 124) << study << outcome.err;
    const json table = json::parse(outcome.out);
    EXPECT_EQ(table["failed"], 0) << outcome.out;
    EXPECT_GT(table["done"], 0) << outcome.out;
  }
}

TEST_F(Sweep, HasHelpWithAnExample) {
  const Outcome outcome = qnnsim("sweep --help");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_NE(outcome.out.find("Example: qnnsim sweep scenarios/studies/"), std::string::npos);
}

}  // namespace
}  // namespace qnnsim::test
