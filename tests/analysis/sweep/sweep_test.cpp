// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <set>

#include "analysis/sweep/rank_crew.h"
#include "analysis/sweep/sweep_table.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

using Json = nlohmann::ordered_json;

/// Runs nothing: points end in any order, with the exit codes that are set.
class FakeCrew final : public Crew {
 public:
  FakeCrew(int places, unsigned seed) : places_(places), random_(seed) {}

  int places() const override { return places_; }
  bool has_room() const override { return static_cast<int>(running_.size()) < places_; }
  void start(const PointJob& job) override {
    EXPECT_TRUE(has_room());
    started.push_back(job.point);
    running_.push_back(job.point);
  }
  std::optional<PointOutcome> next() override {
    if (running_.empty() || random_() % 3 == 0) return std::nullopt;
    const auto ended = running_.begin() + std::ptrdiff_t(random_() % running_.size());
    PointOutcome outcome;
    outcome.point = *ended;
    outcome.output = Json{{"fps", *ended}}.dump();
    outcome.seconds = double(random_() % 100);
    const auto code = exit_codes.find(*ended);
    if (code != exit_codes.end()) outcome.exit_code = code->second;
    running_.erase(ended);
    return outcome;
  }

  std::map<std::size_t, int> exit_codes;
  std::vector<std::size_t> started;

 private:
  const int places_;
  std::mt19937 random_;
  std::vector<std::size_t> running_;
};

class SweepTest : public testing::Test {
 protected:
  SweepTest() {
    write_file(directory_ / "scenario.yaml", "platform: zcu104\n");
    write_file(directory_ / "study.yaml",
               "scenario: scenario.yaml\ngrid: {seed: [1, 2, 3, 4, 5, 6, 7, 8]}\n"
               "columns: [fps]\n");
    Findings findings;
    study_ = load_study((directory_ / "study.yaml").string(),
                        [](const std::string&) { return std::vector<std::string>(); }, findings);
    EXPECT_EQ(findings.render(), "");
  }

  SweepCount run(FakeCrew& crew, const std::string& out, const SweepOptions& options = {}) {
    Journal journal((directory_ / out).string(), study_, false);
    const SweepCount counts = sweep(study_, journal, crew, options);
    table_ = rows_jsonl(sweep_rows(study_, journal));
    return counts;
  }

  const TemporaryDirectory directory_;
  Study study_;
  std::string table_;  ///< of the latest run
};

TEST_F(SweepTest, TheOrderInWhichPointsEndDoesNotMatter) {
  std::set<std::string> tables;
  for (unsigned seed = 0; seed < 20; ++seed) {
    FakeCrew crew(1 + int(seed % 5), seed);
    crew.exit_codes[3] = 3;
    const SweepCount counts = run(crew, std::to_string(seed));
    EXPECT_EQ(counts.done, 7u);
    EXPECT_EQ(counts.failed, 1u);
    EXPECT_EQ(counts.missing(), 0u);
    EXPECT_TRUE(std::is_sorted(crew.started.begin(), crew.started.end()));
    tables.insert(table_);
  }
  EXPECT_EQ(tables.size(), 1u);
}

TEST_F(SweepTest, AnInterruptedPointEndsTheSweepAndIsRunAgain) {
  FakeCrew interrupted(3, 1);
  interrupted.exit_codes[4] = 130;
  const SweepCount first = run(interrupted, "out");
  EXPECT_GE(first.missing(), 1u);
  EXPECT_EQ(first.failed, 0u);
  EXPECT_NE(table_.find(R"({"point":5,"seed":5,"status":"missing")"), std::string::npos) << table_;
  FakeCrew again(3, 2);
  const SweepCount second = run(again, "out");
  EXPECT_EQ(second.missing(), 0u);
  EXPECT_EQ(second.kept, first.done);
  EXPECT_EQ(again.started.size(), first.missing());
}

TEST_F(SweepTest, FailedPointsAreRunAgainWhenAskedFor) {
  FakeCrew failing(2, 1);
  failing.exit_codes = {{2, 1}, {5, 139}};
  EXPECT_EQ(run(failing, "out").failed, 2u);
  FakeCrew idle(2, 1);
  EXPECT_EQ(run(idle, "out").failed, 2u);
  EXPECT_TRUE(idle.started.empty());
  FakeCrew better(2, 1);
  SweepOptions options;
  options.retry_failed = true;
  EXPECT_EQ(run(better, "out", options).done, 8u);
  EXPECT_EQ(better.started, (std::vector<std::size_t>{2, 5}));
}

TEST_F(SweepTest, StopsWhenAsked) {
  std::atomic<bool> stop{false};
  SweepOptions options;
  options.stop = &stop;
  options.progress = [&](const SweepCount& counts) { stop = counts.done == 3; };
  FakeCrew crew(2, 1);
  EXPECT_EQ(run(crew, "out", options).done, 3u);
}

/// Rank 0 of three; what the others send is set.
class FakeWorld final : public World {
 public:
  int rank() const override { return 0; }
  int size() const override { return 3; }
  void send(int to, const std::string& text) override {
    sent.push_back({to, text});
    if (text == "null") to_come.push_back({to, text});
  }
  std::optional<Message> receive() override {
    if (to_come.empty()) return std::nullopt;
    const Message message = to_come.front();
    to_come.pop_front();
    return message;
  }

  std::vector<Message> sent;  ///< `from` is whom to
  std::deque<Message> to_come;
};

TEST(RankCrew, GivesPointsToRanksWithRoomAndEndsThem) {
  FakeWorld world;
  {
    RankCrew crew(world, 1);
    EXPECT_EQ(crew.places(), 3);
    crew.start({7, "directory", {"run", "a b"}});
    crew.start({8, "directory", {"run"}});
    ASSERT_EQ(world.sent.size(), 2u);
    EXPECT_EQ(world.sent[0].from, 1);
    EXPECT_EQ(world.sent[1].from, 2);
    EXPECT_EQ(
        Json::parse(world.sent[0].text),
        Json::parse(R"({"point": 7, "directory": "directory", "arguments": ["run", "a b"]})"));
    EXPECT_FALSE(crew.next());
    world.to_come.push_back({2, R"({"point": 8, "exit_code": 3, "output": "{}", "errors": "e",
                                    "seconds": 0.5, "host": "h"})"});
    const std::optional<PointOutcome> outcome = crew.next();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->point, 8u);
    EXPECT_EQ(outcome->exit_code, 3);
    EXPECT_EQ(outcome->output, "{}");
    EXPECT_EQ(outcome->errors, "e");
    EXPECT_EQ(outcome->host, "h");
    crew.start({9, "directory", {"run"}});
    ASSERT_EQ(world.sent.size(), 3u);
    EXPECT_EQ(world.sent[2].from, 2);
    // What is under way when the crew ends is dropped, however late it comes.
    world.to_come.push_back({1, R"({"point": 7})"});
  }
  ASSERT_EQ(world.sent.size(), 5u);
  EXPECT_EQ(world.sent[3].text, "null");
  EXPECT_EQ(world.sent[4].text, "null");
}

}  // namespace
}  // namespace qnnsim::test
