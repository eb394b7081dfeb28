// SPDX-License-Identifier: Apache-2.0
#include "sim/result_json.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/sim/scenario_files.h"
#include "tests/sim/small_result.h"

namespace qnnsim::test {
namespace {

using Json = nlohmann::ordered_json;

std::set<std::string> keys(const Json& json) {
  std::set<std::string> result;
  for (const auto& [key, value] : json.items()) result.insert(key);
  return result;
}

void expect_keys(const Json& json, const std::set<std::string>& wanted) {
  const std::set<std::string> present = keys(json);
  for (const std::string& key : wanted) EXPECT_EQ(present.count(key), 1U) << key;
}

TEST(ResultJson, HasEveryFieldOfSchema1) {
  const Json json = to_json(deadlocked_result());
  EXPECT_EQ(json["schema"], 1);
  expect_keys(
      json, {"schema", "scenario",  "engine",     "data",       "seed",     "version", "clock_mhz",
             "frames", "cycles",    "fps",        "latency_us", "outputs",  "layers",  "fifos",
             "memory", "resources", "bottleneck", "cosim",      "deadlock", "host"});
  expect_keys(json["cycles"], {"total", "first_output", "latency", "interval"});
  expect_keys(json["outputs"], {"sha256", "reference_match"});
  expect_keys(json["layers"][0], {"name", "kind", "impl", "cycles", "utilisation", "beats_in",
                                  "beats_out", "macs", "resources"});
  expect_keys(json["layers"][0]["cycles"], {"busy", "starved", "blocked"});
  expect_keys(json["layers"][0]["resources"], {"lut", "ff", "dsp", "bram18", "uram"});
  expect_keys(json["fifos"][0], {"name", "from", "to", "width_bits", "depth", "max_occupancy",
                                 "mean_occupancy", "full_cycles", "storage_bits", "style"});
  expect_keys(json["resources"], {"lut", "ff", "dsp", "bram18", "uram"});
  expect_keys(json["deadlock"], {"cycle", "waits", "remedy"});
  expect_keys(json["host"], {"wall_s", "module_cycles", "peak_rss_mb"});
}

TEST(ResultJson, SaysWhatTheRunFoundOut) {
  const Json json = to_json(small_result());
  EXPECT_EQ(json["status"], "done");
  EXPECT_EQ(json["partial"], false);
  EXPECT_EQ(json["data"], "none");
  EXPECT_EQ(json["cycles"].dump(),
            R"({"total":1000,"first_output":390,"latency":400,"interval":250,)"
            R"("frame_ends":[500,749,999]})");
  EXPECT_EQ(json["fps"], 400000.0);    // 100 MHz / 250
  EXPECT_EQ(json["latency_us"], 4.0);  // 400 cycles of 10 ns
  EXPECT_EQ(json["bottleneck"], "conv0.mvu");
  EXPECT_EQ(json["layers"][0]["cycles"].dump(), R"({"busy":600,"starved":100,"blocked":300})");
  EXPECT_EQ(json["layers"][0]["utilisation"], 0.6);
  EXPECT_EQ(json["layers"][1]["load"], 1.0);
  EXPECT_EQ(json["layers"][0]["resources"]["dsp"], 0);
  EXPECT_EQ(json["layers"][1]["resources"]["dsp"], 12);
  EXPECT_EQ(json["resources"]["dsp"], 12);
  EXPECT_EQ(json["platform_dsp"], 220);
  EXPECT_EQ(json["resources"].dump(), R"({"lut":400,"ff":484,"dsp":12,"bram18":3,"uram":0})");
  EXPECT_EQ(json["fifos"][0]["resources"]["ff"], 34);
  EXPECT_EQ(json["fifos"][0]["style"], "register");
  EXPECT_EQ(json["utilisation"]["lut"], 400.0 / 53200);
  EXPECT_EQ(json["cost_model"], "measured");
  EXPECT_EQ(json["notes"], Json::array());
  EXPECT_EQ(json["fifos"][0]["mean_occupancy"], 0.5);
  EXPECT_EQ(json["host"].dump(),
            R"({"wall_s":0.5,"module_cycles":2000,"module_cycles_per_s":4000.0,)"
            R"("peak_rss_mb":12.0,"design":null})");
}

TEST(ResultJson, WhatWasNotMeasuredIsNull) {
  Result result = small_result();
  result.first_output.reset();
  result.latency.reset();
  result.interval.reset();
  result.bottleneck.clear();
  result.resources = {};
  result.kernels[0].resources.reset();
  result.fifos[0].resources.reset();
  result.fifos[0].style.clear();
  const Json json = to_json(result);
  for (const char* pointer :
       {"/cycles/first_output", "/cycles/latency", "/cycles/interval", "/fps", "/latency_us",
        "/bottleneck", "/outputs/sha256", "/outputs/reference_match", "/layers/0/resources/lut",
        "/fifos/0/style", "/fifos/0/resources/ff", "/fifos/0/histogram", "/resources/uram",
        "/utilisation/lut", "/cost_model", "/deadlock"}) {
    EXPECT_TRUE(json.at(Json::json_pointer(pointer)).is_null()) << pointer;
  }
  EXPECT_EQ(json["memory"], Json::array());
  EXPECT_EQ(json["cosim"], Json::array());
}

TEST(ResultJson, ComparesTheOutputOnlyWhereThereIsOne) {
  Result result = small_result();
  result.outputs = OutputCheck{"ab12", true, ""};
  EXPECT_EQ(to_json(result)["outputs"].dump(),
            R"({"sha256":"ab12","reference_match":true,"mismatch":null})");
  result.outputs = OutputCheck{"ab12", false, "frame 0, element 3: simulated 1, reference 2"};
  EXPECT_EQ(to_json(result)["outputs"]["reference_match"], false);
  result.frames_done = 0;
  EXPECT_TRUE(to_json(result)["outputs"]["reference_match"].is_null());
}

TEST(ResultJson, ExplainsADeadlock) {
  const Json json = to_json(deadlocked_result());
  EXPECT_EQ(json["status"], "deadlock");
  EXPECT_EQ(json["partial"], true);
  const Json& deadlock = json["deadlock"];
  EXPECT_EQ(deadlock["cycle"], 1000);
  ASSERT_EQ(deadlock["waits"].size(), 4U);
  EXPECT_EQ(deadlock["waits"][0].dump(),
            R"({"kernel":"fork","state":"blocked","edge":"fork->add","waits_for":"add",)"
            R"("occupancy":2,"depth":2,"since":950,"beat":57,"in_circle":true})");
  EXPECT_EQ(deadlock["waits"][3]["in_circle"], false);
  EXPECT_EQ(deadlock["remedy"].dump(), R"({"yaml":"fifos: {edges: {fork->add: 57}}",)"
                                       R"("changes":[{"edge":"fork->add","from":2,"to":57}]})");
}

TEST(ResultJson, ADeadlockThatNoDepthFreesHasNoRemedy) {
  Result result = deadlocked_result();
  result.deadlock->remedy.clear();
  EXPECT_TRUE(to_json(result)["deadlock"]["remedy"].is_null());
}

TEST(ResultJson, PutsPublishedFiguresBesideThePrediction) {
  Result result = small_result();
  result.published = {{101, 200000, 50, "paper"}};
  const Json json = to_json(result)["published"][0];
  EXPECT_EQ(json["source"], "paper");
  EXPECT_DOUBLE_EQ(json["measured_cycles"], 101.0 / 200000 * 50e6);  // 25250
  EXPECT_DOUBLE_EQ(json["predicted_cycles"], 400 + 100 * 250);       // 25400
  EXPECT_DOUBLE_EQ(json["predicted_fps"], 101.0 / 25400 * 50e6);
  EXPECT_NEAR(json["deviation_percent"], 100.0 * 150 / 25250, 1e-9);
}

TEST(ResultJson, OnlyTheHostBlockDiffersBetweenTwoRunsOfAScenario) {
  const Scenario scenario = load("scenarios/first-look.yaml", {"data=bit_true"});
  Json first = to_json(run(scenario));
  Json second = to_json(run(scenario));
  EXPECT_NE(first["host"].dump(), second["host"].dump());
  first.erase("host");
  second.erase("host");
  EXPECT_EQ(first.dump(), second.dump());
}

TEST(ResultJson, TheCyclesOfEveryLayerSumUpToTheTotal) {
  const Json json = to_json(run(load("scenarios/first-look.yaml")));
  ASSERT_GT(json["layers"].size(), 5U);
  for (const Json& layer : json["layers"]) {
    const Json& cycles = layer["cycles"];
    EXPECT_EQ(cycles["busy"].get<std::uint64_t>() + cycles["starved"].get<std::uint64_t>() +
                  cycles["blocked"].get<std::uint64_t>(),
              json["cycles"]["total"])
        << layer["name"];
  }
}

}  // namespace
}  // namespace qnnsim::test
