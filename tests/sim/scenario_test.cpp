// SPDX-License-Identifier: Apache-2.0
//
// Scenarios that are wrong: the other tests/bad/*.yaml.
#include "sim/scenario.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/sim/temporary_file.h"

namespace qnnsim {
namespace {

/// Loads a scenario that names the network and platform of the tests and goes on with `text`.
Scenario load(const std::string& text, const std::vector<std::string>& settings = {}) {
  setenv("QNNSIM_CONFIGS", "tests/bad/configs", 1);
  const std::string network = std::filesystem::absolute("tests/bad/files/tiny.yaml").string();
  const std::string path = write_temporary(
      "case.study.yaml", "network: " + network + "\nplatform: board\nclock_mhz: 100\n" + text);
  Findings findings;
  Scenario scenario = load_scenario(path, settings, findings);
  EXPECT_EQ(findings.render(), "");
  return scenario;
}

std::int64_t folding(const Scenario& scenario, const std::string& name, const std::string& key) {
  AttributeReader* values = scenario.folding.find(name);
  return values == nullptr ? 0 : values->integer(key, 0, 0, 1000);
}

TEST(Scenario, WithoutMoreEverythingHasItsDefault) {
  const Scenario scenario = load("");
  EXPECT_EQ(scenario.network.name, "tiny");
  EXPECT_EQ(scenario.platform.name, "board");
  EXPECT_EQ(scenario.clock_mhz, 100);
  EXPECT_EQ(scenario.default_depth, 2u);
  EXPECT_EQ(scenario.stimulus.frames, 1u);
  EXPECT_TRUE(scenario.stimulus.source.is_free());
  EXPECT_TRUE(scenario.stimulus.sink.is_free());
  EXPECT_FALSE(scenario.stimulus.source_lanes);
  EXPECT_EQ(scenario.stimulus.input_file, "");
  EXPECT_EQ(scenario.data, DataMode::kNone);
  EXPECT_FALSE(scenario.record.occupancy_histogram);
  EXPECT_EQ(scenario.seed, 1u);
}

TEST(Scenario, TheNameIsThatOfTheFile) {
  const std::string name = load("").name;
  EXPECT_EQ(name, "case.study");
}

TEST(Scenario, EveryKeyIsRead) {
  const Scenario scenario = load(
      "folding:\n"
      "  default: {pe: 1, simd: 2}\n"
      "  conv0: {pe: 4}\n"
      "  conv0.swg: {simd: 3}\n"
      "fifos: {default_depth: 4, edges: {conv0.swg->conv0.mvu: 32}}\n"
      "stimulus:\n"
      "  frames: 7\n"
      "  source: {interval: 3, lanes: 4}\n"
      "  sink: {stall_probability: 0.25}\n"
      "record: {occupancy_histogram: true, layers: [conv0.mvu, act0.threshold], frames: [1, 2]}\n"
      "data: bit_true\n"
      "published: [{batch: 10, fps: 3020.5, source: a paper},\n"
      "            {batch: 1, fps: 1, clock_mhz: 50, source: a board}]\n"
      "seed: 12\n");
  EXPECT_EQ(folding(scenario, "default", "simd"), 2);
  EXPECT_EQ(folding(scenario, "conv0", "pe"), 4);
  EXPECT_EQ(folding(scenario, "conv0.swg", "simd"), 3);
  EXPECT_EQ(scenario.folding.find("conv1"), nullptr);
  EXPECT_EQ(scenario.default_depth, 4u);
  ASSERT_EQ(scenario.edges.size(), 1u);
  EXPECT_EQ(scenario.edges[0].edge, "conv0.swg->conv0.mvu");
  EXPECT_EQ(scenario.edges[0].depth, 32u);
  EXPECT_EQ(scenario.stimulus.frames, 7u);
  EXPECT_EQ(scenario.stimulus.source.interval(), 3u);
  EXPECT_EQ(scenario.stimulus.source_lanes, 4);
  EXPECT_FALSE(scenario.stimulus.sink.is_free());
  EXPECT_TRUE(scenario.record.occupancy_histogram);
  EXPECT_EQ(scenario.record.layers, (std::vector<std::string>{"conv0.mvu", "act0.threshold"}));
  EXPECT_EQ(scenario.record.frames->second, 2u);
  EXPECT_FALSE(scenario.record.cycles);
  EXPECT_EQ(scenario.data, DataMode::kBitTrue);
  EXPECT_EQ(scenario.published[0].clock_mhz, 100);
  EXPECT_EQ(scenario.published[1].clock_mhz, 50);
  EXPECT_EQ(scenario.published[0].source, "a paper");
  EXPECT_EQ(scenario.seed, 12u);
}

TEST(Scenario, ALateComplaintLandsInTheSameFindings) {
  setenv("QNNSIM_CONFIGS", "tests/bad/configs", 1);
  Findings findings;
  const Scenario scenario = load_scenario("tests/bad/folding_unknown_names.yaml", {}, findings);
  ASSERT_TRUE(findings.empty());
  scenario.folding.find("act0")->complain("pe", "does not divide");
  scenario.folding.check_all_used({"conv0", "act0"}, findings);
  const std::string text = findings.render();
  EXPECT_NE(text.find("4:59: error: does not divide"), std::string::npos) << text;
  EXPECT_NE(text.find("unknown layer or kernel 'conv1'"), std::string::npos);
  EXPECT_NE(text.find("unknown key 'smid' in the folding of 'act0'"), std::string::npos);
}

TEST(Settings, ReplaceAndInsertValues) {
  const Scenario scenario =
      load("stimulus: {frames: 7, source: {interval: 3}}\n",
           {"stimulus.frames=2", "stimulus.sink.interval=5", "clock_mhz=250.5", "seed=9",
            "data=bit_true", "record.frames=[0, 1]", "stimulus.frames=3"});
  EXPECT_EQ(scenario.stimulus.frames, 3u);  // the later wins
  EXPECT_EQ(scenario.stimulus.source.interval(), 3u);
  EXPECT_EQ(scenario.stimulus.sink.interval(), 5u);
  EXPECT_EQ(scenario.clock_mhz, 250.5);
  EXPECT_EQ(scenario.seed, 9u);
  EXPECT_EQ(scenario.data, DataMode::kBitTrue);
  EXPECT_EQ(scenario.record.frames->second, 1u);
}

TEST(Settings, NameKernelsAndEdgesThoughTheyHoldDots) {
  const Scenario scenario =
      load("folding: {conv0: {pe: 2, simd: 9}}\n",
           {"folding.conv0.pe=8", "folding.conv0.swg.simd=3", "folding.act0.threshold={pe: 4}",
            "fifos.edges.conv0.swg->conv0.mvu=32"});
  EXPECT_EQ(folding(scenario, "conv0", "pe"), 8);
  EXPECT_EQ(folding(scenario, "conv0", "simd"), 9);
  EXPECT_EQ(folding(scenario, "conv0.swg", "simd"), 3);
  EXPECT_EQ(folding(scenario, "act0.threshold", "pe"), 4);
  ASSERT_EQ(scenario.edges.size(), 1u);
  EXPECT_EQ(scenario.edges[0].edge, "conv0.swg->conv0.mvu");
}

TEST(Settings, LeaveOtherUsersOfAnAliasAlone) {
  const Scenario scenario =
      load("folding: {conv0: &both {pe: 2}, act0: *both}\n", {"folding.conv0.pe=8"});
  EXPECT_EQ(folding(scenario, "conv0", "pe"), 8);
  EXPECT_EQ(folding(scenario, "act0", "pe"), 2);
}

TEST(Pressure, ARecordedPatternIsSortedAndRepeats) {
  const std::string file = write_temporary("txt", "# stalls\n5\n\n3\r\n 3 \n# repeat 10\n");
  const Scenario scenario = load("stimulus: {sink: {stall_cycles: " + file + "}}\n");
  const Pressure& sink = scenario.stimulus.sink;
  for (Cycle cycle = 0; cycle < 30; ++cycle) {
    EXPECT_EQ(sink.stalls(cycle), cycle % 10 == 3 || cycle % 10 == 5) << cycle;
  }
}

TEST(Pressure, WithoutRepeatAPatternEnds) {
  const std::string file = write_temporary("txt", "0\n18446744073709551615\n");
  const Scenario scenario = load("stimulus: {source: {stall_cycles: " + file + "}}\n");
  EXPECT_TRUE(scenario.stimulus.source.stalls(0));
  EXPECT_FALSE(scenario.stimulus.source.stalls(1));
}

TEST(Pressure, SourceAndSinkStallAtDifferentTimes) {
  const std::string both = "{stall_probability: 0.5}";
  const Scenario scenario = load("stimulus: {source: " + both + ", sink: " + both + "}\n");
  int different = 0;
  for (Cycle cycle = 0; cycle < 1000; ++cycle) {
    const bool source = scenario.stimulus.source.stalls(cycle);
    different += source != scenario.stimulus.sink.stalls(cycle) ? 1 : 0;
  }
  EXPECT_NEAR(different, 500, 100);
}

TEST(Platform, EveryPlatformOfTheProjectIsSound) {
  setenv("QNNSIM_CONFIGS", "configs", 1);
  const std::vector<std::string> names = config_names("platforms");
  EXPECT_FALSE(names.empty());
  for (const std::string& name : names) {
    Findings findings;
    const Platform platform = load_platform(name, {"a test", 0, 0}, findings);
    EXPECT_EQ(findings.render(), "");
    EXPECT_EQ(platform.name, name);
    EXPECT_GT(platform.lut, 0);
  }
}

TEST(Platform, ConfigurationsAreFoundWithoutTheEnvironment) {
  unsetenv("QNNSIM_CONFIGS");
  EXPECT_TRUE(std::filesystem::is_directory(config_directory() + "/platforms"));
}

TEST(Scenario, EveryScenarioOfTheProjectIsSound) {
  setenv("QNNSIM_CONFIGS", "configs", 1);
  for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    Findings findings;
    load_scenario(entry.path().string(), {}, findings);
    EXPECT_EQ(findings.render(), "");
  }
}

}  // namespace
}  // namespace qnnsim
