// SPDX-License-Identifier: Apache-2.0
#include "sim/resource_use.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/dataflow_table.h"
#include "sim/result_json.h"
#include "sim/result_table.h"
#include "tests/sim/scenario_files.h"

namespace qnnsim::test {
namespace {

const Scenario& first_look() {
  static const Scenario scenario = load("scenarios/first-look.yaml");
  return scenario;
}

TEST(ResourceUse, TheTotalIsThatOfAllKernelsAndFifos) {
  const auto json = to_json(run(first_look()));
  EXPECT_EQ(json["cost_model"], "measured");
  EXPECT_TRUE(json["not_estimated"].empty()) << json["not_estimated"];
  for (const ResourceKind& kind : kResourceKinds) {
    std::int64_t sum = 0;
    for (const char* list : {"layers", "fifos"}) {
      for (const auto& item : json[list]) {
        const auto& count = item["resources"][kind.key];
        if (count.is_number()) sum += count.get<std::int64_t>();
      }
    }
    EXPECT_EQ(json["resources"][kind.key], sum) << kind.key;
  }
  EXPECT_GT(json["resources"]["lut"], 0);
  EXPECT_GT(json["resources"]["ff"], 0);
  EXPECT_EQ(json["resources"]["uram"], 0) << "none is used, and that is known";
}

TEST(ResourceUse, UtilisationIsTheShareOfThePlatform) {
  const auto json = to_json(run(first_look()));
  const double lut = json["resources"]["lut"];
  EXPECT_DOUBLE_EQ(json["utilisation"]["lut"], lut / 53200);
  EXPECT_TRUE(json["utilisation"]["uram"].is_null()) << "a pynq-z1 has none";
}

TEST(ResourceUse, SourceAndSinkAreNotPartOfTheDesign) {
  const Result result = run(first_look());
  const auto json = to_json(result);
  std::size_t inside = 0;
  for (const auto& layer : json["layers"]) {
    const bool outside = layer["kind"] == "source" || layer["kind"] == "sink";
    EXPECT_EQ(layer["resources"]["lut"].is_null(), outside) << layer["name"];
    inside += outside ? 0 : 1;
  }
  EXPECT_GT(inside, 0u);
  EXPECT_EQ(json["fifos"].front()["style"].is_null(),
            json["fifos"].front()["resources"]["lut"].is_null());
}

TEST(ResourceUse, WhatDoesNotFitIsAWarningWithTheKindAndTheMeasure) {
  Scenario scenario = first_look();
  scenario.platform.lut = 100;
  const Result result = run(scenario);
  const std::int64_t taken = result.resources.total.lut;
  ASSERT_GT(taken, 100);
  ASSERT_FALSE(result.warnings.empty());
  EXPECT_EQ(result.warnings.front(),
            "the design takes " + std::to_string(taken) + " LUT, but pynq-z1 has 100, " +
                std::to_string(taken - 100) +
                " too few: reduce pe or simd, set compute: dsp, or memory: bram");
  const std::string table = result_table(result, {});
  EXPECT_NE(table.find("warning: the design takes"), std::string::npos);
  const PreparedRun prepared = prepare(scenario);
  EXPECT_NE(dataflow_table(scenario, prepared.dataflow, false).find("warning: the design takes"),
            std::string::npos);
}

TEST(ResourceUse, WhatFitsIsNoWarning) {
  EXPECT_TRUE(run(first_look()).resources.warnings("pynq-z1").empty());
}

TEST(ResourceUse, AModelThatSaysNothingOfAKindGivesNull) {
  const auto json = to_json(run(load("scenarios/first-look.yaml", {"cost_model=finn"})));
  EXPECT_EQ(json["cost_model"], "finn");
  EXPECT_TRUE(json["resources"]["ff"].is_null());
  EXPECT_TRUE(json["utilisation"]["ff"].is_null());
  EXPECT_GT(json["resources"]["lut"], 0);
  for (const auto& layer : json["layers"]) EXPECT_TRUE(layer["resources"]["ff"].is_null());
}

TEST(ResourceUse, MemoryStylesMoveWeightsBetweenKinds) {
  const auto total = [](const char* style) {
    return run(load("scenarios/first-look.yaml", {std::string("folding.default.memory=") + style}))
        .resources.total;
  };
  EXPECT_GT(total("lut").lut, total("bram").lut);
  EXPECT_GT(total("bram").bram18, total("lut").bram18);
  EXPECT_GT(total("uram").uram, 0);
  const Result result = run(load("scenarios/first-look.yaml", {"folding.default.memory=uram"}));
  EXPECT_TRUE(std::any_of(result.warnings.begin(), result.warnings.end(), [](const auto& warning) {
    return warning.find("URAM, but pynq-z1 has 0") != std::string::npos;
  }));
}

TEST(ResourceUse, CheckShowsEveryKernel) {
  const PreparedRun prepared = prepare(first_look());
  const auto json = to_json(first_look(), prepared.dataflow);
  const Result result = run(first_look());
  ASSERT_EQ(json["kernels"].size(), result.kernels.size());
  for (std::size_t i = 0; i < result.kernels.size(); ++i) {
    EXPECT_EQ(json["kernels"][i]["resources"], to_json(result)["layers"][i]["resources"]);
  }
  EXPECT_EQ(json["resources"], to_json(result)["resources"]);
}

}  // namespace
}  // namespace qnnsim::test
