// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>

#include "tests/cli/program.h"

namespace qnnsim::test {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

/// Its last layer moves a beat in most cycles, so that a sink that stalls slows it down.
constexpr char kNetwork[] =
    "network: net\n"
    "input: {height: 8, width: 8, channels: 2, type: INT4}\n"
    "layers:\n"
    "  - {name: conv, op: conv, kernel: 3, channels: 8, padding: 1, weights: INT2}\n"
    "  - {name: act, op: threshold, type: UINT2}\n";
constexpr char kScenario[] =
    "network: net.yaml\n"
    "platform: pynq-z1\n"
    "clock_mhz: 100\n"
    "stimulus: {frames: 4, sink: {stall_probability: 0.3}}\n"
    "seed: 1\n";

/// The text of a scenario without its comments.
std::string body(const std::string& text) {
  std::istringstream stream(text);
  std::string result;
  for (std::string line; std::getline(stream, line);) {
    if (line.compare(0, 1, "#") != 0) result += line + "\n";
  }
  return result;
}

class Optimise : public ::testing::Test {
 protected:
  Optimise() {
    write_file(directory_ / "net.yaml", kNetwork);
    write_file(directory_ / "stalled.yaml", kScenario);
  }

  std::string file(const std::string& name) const { return (directory_ / name).string(); }

  std::string arguments(const std::string& left, const std::string& from = "stalled.yaml") const {
    return "optimise '" + file(from) + "' --target-fps 333333 --scenario '" + file(left) + "' ";
  }

  Json optimised(const std::string& left, const std::string& more = "") const {
    const Outcome outcome = qnnsim(arguments(left) + "--quiet --json - " + more);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return Json::parse(outcome.out, nullptr, false);
  }

  /// Lets the program run until `lines` rounds have ended, and then sends `signal`. Returns how it
  /// ended, as a shell tells it.
  int interrupt(const std::string& left, int lines, int signal) const {
    const std::string command = "exec '" QNNSIM_PROGRAM "' " + arguments(left) + "--quiet";
    const pid_t child = fork();
    if (child == 0) {
      execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      _exit(127);
    }
    const std::string journal = file(left.substr(0, left.rfind('.')) + ".rounds.jsonl");
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    int status = 0;
    while (std::chrono::steady_clock::now() < deadline) {
      const std::string text = read_file(journal);
      if (std::count(text.begin(), text.end(), '\n') >= lines) break;
      if (waitpid(child, &status, WNOHANG) == child) return WEXITSTATUS(status);
      std::this_thread::sleep_for(1ms);
    }
    kill(child, signal);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  const TemporaryDirectory directory_;
};

TEST_F(Optimise, FoldsForAHigherRateWhereStallsMakeTheFirstDesignMissTheTarget) {
  const Json result = optimised("left.yaml");
  const Json& rounds = result["rounds"];
  ASSERT_GE(rounds.size(), 2U);
  EXPECT_EQ(rounds[0]["task"]["interval"], 300);
  EXPECT_LE(rounds[0]["estimated_interval"], 300);
  EXPECT_FALSE(rounds[0]["meets_target"].get<bool>());
  EXPECT_TRUE(result["meets_target"].get<bool>());
  const Json& best = rounds[result["best_round"].get<std::size_t>() - 1];
  EXPECT_LE(best["interval"], 300);
  for (const Json& round : rounds) {
    if (!round["meets_target"].get<bool>()) continue;
    EXPECT_GE(round["resources"]["lut"], best["resources"]["lut"]);
  }
  // A long run of the scenario left, on its own.
  const Json run =
      Json::parse(qnnsim("run '" + file("left.yaml") + "' --engine fast --frames 36 --json -").out);
  const Json& ends = run["cycles"]["frame_ends"];
  EXPECT_LE(ends[35].get<int>() - ends[3].get<int>(), 32 * 300);
  EXPECT_EQ(run["resources"]["lut"], best["resources"]["lut"]);
}

TEST_F(Optimise, TheScenarioLeftIsAFixedPoint) {
  optimised("left.yaml");
  const Outcome again = qnnsim(arguments("again.yaml", "left.yaml") + "--quiet");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(body(read_file(file("again.yaml"))), body(read_file(file("left.yaml"))));
}

TEST_F(Optimise, GoesOnBehindTheRoundsThatHaveEnded) {
  const std::size_t rounds = optimised("whole.yaml")["rounds"].size();
  const std::string left = read_file(file("whole.yaml"));
  std::istringstream journal(read_file(file("whole.rounds.jsonl")));
  std::string part;
  std::size_t ended = 0;
  for (std::string line; std::getline(journal, line); part += line + "\n", ++ended) {
    if (ended > 2 && ended + 1 < rounds) continue;
    SCOPED_TRACE(ended);
    // The end of the program cut the line after.
    write_file(file("part.rounds.jsonl"), part + line.substr(0, line.size() / 2));
    const Json result = optimised("part.yaml");
    EXPECT_EQ(result["host"]["rounds_resumed"], ended);
    EXPECT_EQ(result["rounds"].size(), rounds);
    EXPECT_EQ(read_file(file("part.yaml")), left);
  }
  EXPECT_EQ(optimised("whole.yaml")["host"]["rounds_resumed"], rounds);
  EXPECT_EQ(read_file(file("whole.yaml")), left);
  EXPECT_EQ(optimised("whole.yaml", "--fresh")["host"]["rounds_resumed"], 0);
  EXPECT_EQ(read_file(file("whole.yaml")), left);
}

TEST_F(Optimise, GivesTheSameHoweverItWasInterrupted) {
  optimised("whole.yaml");
  const std::string left = read_file(file("whole.yaml"));
  for (int lines = 0; lines < 3; ++lines) {
    SCOPED_TRACE(lines);
    const std::string name = "interrupted" + std::to_string(lines) + ".yaml";
    const int code = interrupt(name, lines, SIGINT);
    EXPECT_TRUE(code == 130 || code == 0) << code;
    const std::string partial = read_file(file(name));
    if (code == 130 && !partial.empty()) {
      EXPECT_NE(partial.find("# partial: interrupted"), std::string::npos) << partial;
    }
    const int killed = interrupt(name, lines + 1, SIGKILL);
    EXPECT_TRUE(killed == 128 + SIGKILL || killed == 0) << killed;
    optimised(name);
    EXPECT_EQ(read_file(file(name)), left);
  }
}

TEST_F(Optimise, RoundsOfOtherInputsAreNone) {
  optimised("left.yaml", "--rounds 2");
  EXPECT_EQ(optimised("left.yaml", "--rounds 2")["host"]["rounds_resumed"], 2);
  EXPECT_EQ(optimised("left.yaml", "--rounds 2 --set seed=2")["host"]["rounds_resumed"], 0);
  EXPECT_EQ(optimised("left.yaml", "--rounds 2 --limit lut=0.5")["host"]["rounds_resumed"], 0);
  std::string network = kNetwork;
  network.replace(network.find("INT2"), 4, "INT3");
  write_file(file("net.yaml"), network);
  EXPECT_EQ(optimised("left.yaml", "--rounds 2")["host"]["rounds_resumed"], 0);
  write_file(file("net.yaml"), kNetwork);
  EXPECT_EQ(optimised("left.yaml", "--rounds 2")["host"]["rounds_resumed"], 2);
}

TEST_F(Optimise, PutsOtherWeightsIntoMemoryWhereTheFirstOnesWaitForIt) {
  const Outcome outcome = qnnsim(
      "optimise scenarios/samo-lfc.yaml --platform zedboard --dram --target-fps 3000 --rounds 3 "
      "--quiet --json - --scenario '" +
      file("left.yaml") + "'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json result = Json::parse(outcome.out);
  const Json& first = result["rounds"][0];
  EXPECT_TRUE(first["waits_for_memory"].get<bool>());
  EXPECT_FALSE(first["meets_target"].get<bool>());
  EXPECT_LT(first["learnt"]["bandwidth"], 1);
  EXPECT_EQ(result["best_round"], 3);
  EXPECT_GE(result["rounds"][2]["fps"], 3000);
}

TEST_F(Optimise, EndsWithFiveWhereNothingKeepsTheRate) {
  const Outcome outcome = qnnsim("optimise '" + file("stalled.yaml") +
                                 "' --target-fps 5e6 --limit lut=0.02 --budget 5 --scenario '" +
                                 file("left.yaml") + "'");
  EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
  EXPECT_NE(outcome.err.find("error: no design keeps 5e+06 frames a second: network 'net' does "
                             "not fit on pynq-z1 at 20 cycles a frame"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("hint: "), std::string::npos) << outcome.err;
  EXPECT_EQ(read_file(file("left.yaml")), "");
}

TEST_F(Optimise, LeavesTheNearestWhereStallsAreTooMany) {
  const Outcome outcome =
      qnnsim(arguments("left.yaml") + "--set stimulus.sink.stall_probability=0.9 --limit lut=0.05");
  EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
  EXPECT_NE(outcome.err.find("the fastest, round "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.out.find("nearest "), std::string::npos) << outcome.out;
  EXPECT_EQ(qnnsim("check -q '" + file("left.yaml") + "'").exit_code, 0);
}

TEST_F(Optimise, GeneratesTheDesignOfTheScenarioLeft) {
  const Outcome outcome =
      qnnsim(arguments("left.yaml") + "--random-weights -o '" + file("design") + "'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json manifest = Json::parse(read_file(file("design/manifest.json")));
  const Json run =
      Json::parse(qnnsim("run '" + file("left.yaml") + "' --engine fast --json -").out);
  std::map<std::string, int> depths;
  for (const Json& fifo : run["fifos"]) depths[fifo["name"]] = fifo["depth"];
  EXPECT_EQ(manifest["fifos"].empty(), false);
  for (const Json& fifo : manifest["fifos"]) EXPECT_EQ(fifo["depth"], depths[fifo["name"]]) << fifo;
  const std::string left = read_file(file("left.yaml"));
  bool is_there = false;
  for (const Json& kernel : manifest["kernels"]) {
    if (kernel["name"] != "conv.mvu") continue;
    is_there = true;
    const std::string pe = kernel["parameters"]["Pe"];
    EXPECT_NE(left.find("conv.mvu: {pe: " + pe + ","), std::string::npos) << pe << "\n" << left;
  }
  EXPECT_TRUE(is_there);
  const Outcome again = qnnsim(arguments("left.yaml") + "-o '" + file("design") + "'");
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_NE(again.err.find("--force"), std::string::npos) << again.err;
  EXPECT_NE(again.err.find("--random-weights"), std::string::npos) << again.err;
}

TEST_F(Optimise, TellsAllThatIsWrongAtOnce) {
  for (const char* rate : {"0", "-5", "nan", "inf"}) {
    SCOPED_TRACE(rate);
    const Outcome outcome =
        qnnsim("optimise '" + file("stalled.yaml") + "' --target-fps " + rate +
               " --platform nope --limit lut=7 --scenario '" + file("stalled.yaml") + "'");
    EXPECT_EQ(outcome.exit_code, 2);
    for (const char* part :
         {"--target-fps: error: a rate above 0", "unknown platform 'nope'",
          "--limit lut=7: error: a share is a number from 0 to 1", "--scenario: error: "}) {
      EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    }
  }
  EXPECT_EQ(read_file(file("stalled.yaml")), kScenario);
  EXPECT_EQ(qnnsim("optimise '" + file("stalled.yaml") + "' --target-fps 1e9").exit_code, 2);
  const Outcome missing = qnnsim("optimise '" + file("stalled.yaml") + "'");
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_NE(missing.err.find("--target-fps is required"), std::string::npos) << missing.err;
  write_file(file("left.rounds.jsonl"), "{\"points\": 1}\n");
  const Outcome other = qnnsim(arguments("left.yaml"));
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_NE(other.err.find("left.rounds.jsonl:1: error: this is no line of a journal of rounds"),
            std::string::npos)
      << other.err;
}

}  // namespace
}  // namespace qnnsim::test
