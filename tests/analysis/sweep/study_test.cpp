// SPDX-License-Identifier: Apache-2.0
//
// Studies that are wrong: tests/bad/sweep_*.yaml.
#include "analysis/sweep/study.h"

#include <gtest/gtest.h>

#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

using Words = std::vector<std::string>;

/// A directory with a scenario `a/scenario.yaml` and a study `a/study.yaml` beside it.
class StudyTest : public testing::Test {
 protected:
  StudyTest() {
    std::filesystem::create_directory(directory_ / "a");
    write_file(directory_ / "a/network.yaml",
               "network: network\ninput: {height: 1, width: 1, channels: 4, type: UINT4}\n"
               "layers:\n  - {name: act, op: threshold, type: UINT2}\n");
    write_file(directory_ / "a/scenario.yaml",
               "network: network.yaml\nplatform: zcu104\nclock_mhz: 200\n");
  }

  std::string path() const { return (directory_ / "a/study.yaml").string(); }

  Study load(const std::string& text) {
    write_file(path(), text);
    Findings findings;
    const auto options = [](const std::string&) { return Words{"engine", "json"}; };
    Study study = load_study(path(), options, findings);
    EXPECT_EQ(findings.render(), "");
    return study;
  }

  /// What is wrong with every point.
  std::string checked(const std::string& text) {
    Findings findings;
    check_points(load(text), findings);
    return findings.render();
  }

  /// What each point sets: "a=1 b=2".
  static Words points_of(const Study& study) {
    Words points;
    for (const SweepPoint& point : study.points) {
      Words words;
      for (const Setting& setting : point.settings) {
        words.push_back(setting.key + "=" + setting.value->text);
      }
      points.push_back(join(words, " "));
    }
    return points;
  }

  const TemporaryDirectory directory_;
};

TEST_F(StudyTest, AGridIsEveryCombinationTheLastKeyFastest) {
  const Study study = load(
      "scenario: scenario.yaml\n"
      "grid: {seed: [1, 2], clock_mhz: [100, 200, 300]}\n");
  EXPECT_EQ(study.name, "study");
  EXPECT_EQ(study.keys, (Words{"seed", "clock_mhz"}));
  EXPECT_EQ(points_of(study),
            (Words{"seed=1 clock_mhz=100", "seed=1 clock_mhz=200", "seed=1 clock_mhz=300",
                   "seed=2 clock_mhz=100", "seed=2 clock_mhz=200", "seed=2 clock_mhz=300"}));
}

TEST_F(StudyTest, AListStandsBehindTheGridAndTheSamePointIsRunOnce) {
  const Study study = load(
      "scenario: scenario.yaml\n"
      "grid: {seed: [1, 2]}\n"
      "points:\n"
      "  - {clock_mhz: 100}\n"
      "  - {seed: 2}\n"
      "  - {clock_mhz: 100, seed: 2}\n");
  EXPECT_EQ(study.keys, (Words{"seed", "clock_mhz"}));
  EXPECT_EQ(points_of(study), (Words{"seed=1", "seed=2", "clock_mhz=100", "clock_mhz=100 seed=2"}));
}

TEST_F(StudyTest, APointIsACommand) {
  const Study study = load(
      "scenario: scenario.yaml\n"
      "set: {stimulus.frames: 4, seed: 7}\n"
      "run: {engine: fast}\n"
      "points:\n"
      "  - {seed: '8', folding.act: {pe: 2, memory: lut}, clock_mhz: }\n"
      "  - {scenario: other.yaml}\n");
  EXPECT_EQ(study.points[0].arguments,
            (Words{"run", "scenario.yaml", "--engine=fast", "--set", "stimulus.frames=4", "--set",
                   "seed=7", "--set", "seed=\"8\"", "--set", "folding.act={pe: 2, memory: lut}",
                   "--set", "clock_mhz="}));
  EXPECT_EQ(study.points[1].arguments, (Words{"run", "other.yaml", "--engine=fast", "--set",
                                              "stimulus.frames=4", "--set", "seed=7"}));
  EXPECT_NE(study.points[0].id, study.points[1].id);
}

TEST_F(StudyTest, ColumnsThatPointsSetAreNotResults) {
  const Study study = load(
      "scenario: scenario.yaml\n"
      "grid: {fps: [1]}\n");
  EXPECT_EQ(std::count(study.columns.begin(), study.columns.end(), "fps"), 0);
  EXPECT_EQ(std::count(study.columns.begin(), study.columns.end(), "resources.lut"), 1);
}

TEST_F(StudyTest, PathsAreRelativeToTheStudy) {
  EXPECT_EQ(checked("grid: {scenario: [../a/scenario.yaml], network: [../a/network.yaml]}\n"), "");
}

TEST_F(StudyTest, APointThatCanRunIsEnough) {
  EXPECT_EQ(checked("scenario: scenario.yaml\ngrid: {clock_mhz: [none, 0, 100]}\n"), "");
}

TEST_F(StudyTest, WhereNoPointCanRunTheFirstTellsWhy) {
  const std::string text = checked("scenario: scenario.yaml\ngrid:\n  folding.act.pee: [1, 2]\n");
  EXPECT_NE(text.find("study.yaml:3:3: error: unknown key 'pee'"), std::string::npos) << text;
  EXPECT_NE(text.find("did you mean 'pe'?"), std::string::npos) << text;
}

TEST_F(StudyTest, DigestsFollowWhatScenariosAndNetworksSay) {
  const std::string text = "scenario: scenario.yaml\ngrid: {seed: [1]}\n";
  const auto before = input_digests(load(text));
  EXPECT_EQ(before.size(), 2u);
  write_file(directory_ / "a/base.yaml", "network: network.yaml\nplatform: zcu104\n");
  write_file(directory_ / "a/scenario.yaml", "# the same\nextends: base.yaml\nclock_mhz: 200\n");
  EXPECT_EQ(input_digests(load(text)).size(), 2u);
  write_file(directory_ / "a/base.yaml", "network: network.yaml\nplatform: pynq-z1\n");
  const auto other_base = input_digests(load(text));
  EXPECT_NE(other_base.at("scenario.yaml"), before.at("scenario.yaml"));
  EXPECT_EQ(other_base.at("network.yaml"), before.at("network.yaml"));
  write_file(directory_ / "a/network.yaml", "network: other\n");
  EXPECT_NE(input_digests(load(text)).at("network.yaml"), before.at("network.yaml"));
}

}  // namespace
}  // namespace qnnsim::test
