// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/journal.h"

#include <gtest/gtest.h>

#include <memory>

#include "analysis/sweep/point_reason.h"
#include "analysis/sweep/sweep_table.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

using Json = nlohmann::ordered_json;

/// A study of points that set `seed` to 1, 2, ...; nothing is run.
class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    write_file(directory_ / "scenario.yaml", "platform: zcu104\n");
    write_study("seed: [1, 2, 3, 4]");
  }

  void write_study(const std::string& grid) {
    write_file(directory_ / "study.yaml", "study: some\nscenario: scenario.yaml\ngrid: {" + grid +
                                              "}\ncolumns: [fps, name]\n");
    Findings findings;
    study_ = load_study((directory_ / "study.yaml").string(),
                        [](const std::string&) { return std::vector<std::string>(); }, findings);
    EXPECT_EQ(findings.render(), "");
  }

  std::unique_ptr<Journal> open(bool anew = false) {
    return std::make_unique<Journal>((directory_ / "out").string(), study_, anew);
  }

  std::string refusal() {
    try {
      open();
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }

  /// Writes down that point `index` has ended, well or not.
  void add(Journal& journal, std::size_t index, int exit_code = 0) {
    PointOutcome outcome;
    outcome.point = index;
    outcome.exit_code = exit_code;
    outcome.output =
        R"({"fps": 0.1, "name": "comma, quote \" and )" + std::to_string(index) + R"("})";
    if (exit_code != 0) outcome.errors = "x.yaml:1: error: broken \xff\n  hint: mend it\n";
    journal.add(study_.points[index], outcome);
  }

  std::string table(const Journal& journal) {
    const Json rows = sweep_rows(study_, journal);
    return rows_csv(study_, rows) + rows_jsonl(rows);
  }

  std::filesystem::path file() const { return directory_ / "out/points.jsonl"; }

  const TemporaryDirectory directory_;
  Study study_;
};

TEST_F(JournalTest, KeepsWhatIsWrittenDown) {
  std::string before;
  {
    const auto journal = open();
    add(*journal, 2);
    add(*journal, 0, 2);
    before = table(*journal);
  }
  const auto journal = open();
  EXPECT_EQ(table(*journal), before);
  EXPECT_TRUE(journal->find(study_.points[2])->done());
  EXPECT_EQ(journal->find(study_.points[0])->reason,
            "wrong input: x.yaml:1: error: broken \xEF\xBF\xBD; hint: mend it");
  EXPECT_EQ(journal->find(study_.points[1]), nullptr);
}

TEST_F(JournalTest, TheTableHasTheOrderOfTheStudy) {
  const auto journal = open();
  add(*journal, 3);
  add(*journal, 1, 3);
  add(*journal, 0);
  EXPECT_EQ(rows_csv(study_, sweep_rows(study_, *journal)),
            "point,seed,status,fps,name,reason\n"
            "1,1,done,0.1,\"comma, quote \"\" and 0\",\n"
            "2,2,failed,0.1,\"comma, quote \"\" and 1\",deadlock: x.yaml:1: error: broken "
            "\xEF\xBF\xBD; hint: mend it\n"
            "3,3,missing,,,\n"
            "4,4,done,0.1,\"comma, quote \"\" and 3\",\n");
}

TEST_F(JournalTest, ALaterEntryReplacesAnEarlierOne) {
  const auto journal = open();
  add(*journal, 1, 2);
  add(*journal, 1);
  EXPECT_TRUE(journal->find(study_.points[1])->done());
}

TEST_F(JournalTest, CutAnywhereItHasTheWholeLinesAndGoesOn) {
  std::string whole;
  {
    const auto journal = open();
    add(*journal, 0);
    add(*journal, 1);
    whole = table(*journal);
  }
  const std::string text = read_file(file());
  for (std::size_t size = 0; size < text.size(); ++size) {
    const bool at_an_end = text[size] == '\n' || (size > 0 && text[size - 1] == '\n');
    if (!at_an_end && size % 19 != 0) continue;
    write_file(file(), text.substr(0, size));
    const auto lines = std::count(text.begin(), text.begin() + std::ptrdiff_t(size), '\n');
    const auto journal = open();
    EXPECT_EQ(journal->find(study_.points[0]) != nullptr, lines >= 2) << size;
    EXPECT_EQ(journal->find(study_.points[1]), nullptr) << size;
    if (lines < 2) add(*journal, 0);
    add(*journal, 1);
    EXPECT_EQ(table(*journal), whole) << size;
    ASSERT_EQ(read_file(file()).size(), text.size()) << size;
  }
}

TEST_F(JournalTest, GoesOnWhenPointsAreAdded) {
  add(*open(), 1);
  write_file(directory_ / "other.yaml", "platform: pynq-z1\n");
  write_study("seed: [5, 2], scenario: [scenario.yaml, other.yaml]");
  EXPECT_EQ(open()->find(study_.points[0]), nullptr);
  EXPECT_NE(open()->find(study_.points[2]), nullptr);
  write_file(directory_ / "other.yaml", "platform: zcu104\n");
  EXPECT_NE(refusal().find("'other.yaml' has changed"), std::string::npos) << refusal();
}

TEST_F(JournalTest, IsNotThatOfAnotherStudy) {
  add(*open(), 0);
  study_.name = "other";
  EXPECT_NE(refusal().find("journal of study some, not other"), std::string::npos) << refusal();
  EXPECT_NE(refusal().find("--force"), std::string::npos);
  EXPECT_EQ(open(true)->find(study_.points[0]), nullptr);
  EXPECT_EQ(refusal(), "");
}

TEST_F(JournalTest, IsNotThatOfAScenarioThatHasChanged) {
  add(*open(), 0);
  write_file(directory_ / "scenario.yaml", "# the same\nplatform:   zcu104\n");
  EXPECT_EQ(refusal(), "");
  write_file(directory_ / "scenario.yaml", "platform: pynq-z1\n");
  EXPECT_NE(refusal().find("'scenario.yaml' has changed"), std::string::npos) << refusal();
}

TEST_F(JournalTest, OtherFilesAreNotTouched) {
  open();
  for (const std::string text : {"a note\n", "{\"a\": 1}\n", "[]\n"}) {
    write_file(file(), text);
    EXPECT_NE(refusal().find("points.jsonl:1: error: "), std::string::npos) << refusal();
    EXPECT_EQ(read_file(file()), text);
  }
}

TEST_F(JournalTest, HasOneWriter) {
  const auto journal = open();
  EXPECT_NE(refusal().find("another run"), std::string::npos) << refusal();
}

TEST(ValueAt, FollowsKeysNamesAndIndices) {
  const Json json = Json::parse(R"({"a": {"b": 1, "b.c": 2},
                                    "list": [{"name": "conv0.mvu", "x": 3}, {"x": 4}], "n": null})");
  const auto at = [&](const std::string& path) {
    const Json* value = value_at(json, path);
    return value == nullptr ? "nothing" : value->dump();
  };
  EXPECT_EQ(at("a.b"), "1");
  EXPECT_EQ(at("a.b.c"), "2");
  EXPECT_EQ(at("list.conv0.mvu.x"), "3");
  EXPECT_EQ(at("list.1.x"), "4");
  EXPECT_EQ(at("n"), "null");
  for (const char* path : {"", "b", "a.", "a.bb", "a.b.d", "list.2", "list.conv0.mvu.", "n.x"}) {
    EXPECT_EQ(at(path), path[0] == '\0' ? json.dump() : "nothing") << path;
  }
}

TEST(PointReason, SaysHowTheProgramEnded) {
  const auto reason = [](int exit_code, const std::string& errors, const Json& result = nullptr) {
    PointOutcome outcome;
    outcome.exit_code = exit_code;
    outcome.errors = errors;
    return point_reason(outcome, result);
  };
  EXPECT_EQ(reason(0, "warning: x\n", Json::object()), "");
  EXPECT_EQ(reason(0, ""), "the program gave no result");
  EXPECT_EQ(reason(1, "rtl: a\ninternal error: b\nc\n"), "fault of the program: internal error: b");
  EXPECT_EQ(reason(2, "a: error: b\n    x\n    ^\n  hint: c\nd: error: e\n  hint: f\n"),
            "wrong input: a: error: b; hint: c");
  EXPECT_EQ(reason(2, "a: error: b\nd: error: e\n  hint: f\n"), "wrong input: a: error: b");
  EXPECT_EQ(reason(139, ""), "killed by signal 11 (Segmentation fault)");
  EXPECT_EQ(reason(137, "a\nb\n"), "killed by signal 9 (Killed): b");
  EXPECT_EQ(reason(3, "", {{"deadlock", {{"cycle", 7}, {"remedy", nullptr}}}}),
            "deadlock: in cycle 7");
  EXPECT_EQ(reason(4, "", {{"outputs", {{"mismatch", "frame 0"}}}}), "disagreement: frame 0");
}

TEST(PointReason, AnInterruptedPointIsNeitherDoneNorFailed) {
  PointOutcome outcome;
  for (const int exit_code : {0, 1, 2, 3, 4, 5, 129, 130, 137, 139, 143}) {
    outcome.exit_code = exit_code;
    const bool by_someone = exit_code == 129 || exit_code == 130 || exit_code == 143;
    EXPECT_EQ(was_interrupted(outcome), by_someone) << exit_code;
  }
}

}  // namespace
}  // namespace qnnsim::test
