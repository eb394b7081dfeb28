// SPDX-License-Identifier: Apache-2.0
#include "sim/finn_folding.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "sim/dataflow_table.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

namespace fs = std::filesystem;

constexpr char kResidual[] = "tests/sim/cosim/residual-cnn.yaml";
const fs::path kPublished = "../shared/data/finn/finn-examples";

/// A file with this text.
std::string written(const std::string& text) {
  const std::string path = temporary_path("folding.json");
  write_file(path, text);
  return path;
}

/// The settings that replace a scenario's folding by that of a FINN file.
std::vector<std::string> folded_by(const std::string& file, const std::string& more = {}) {
  return {"folding={finn: {file: " + file + (more.empty() ? "" : ", " + more) + "}}",
          "fifos={default_depth: 2}", "cosim="};
}

Scenario residual(const std::string& text, const std::string& more = {},
                  const std::vector<std::string>& settings = {}) {
  std::vector<std::string> all = folded_by(written(text), more);
  all.insert(all.end(), settings.begin(), settings.end());
  return load(kResidual, all);
}

/// What a user is told of such a folding.
std::string told(const std::string& text, const std::string& more = {}) {
  Findings findings;
  const Scenario scenario = load_scenario(kResidual, folded_by(written(text), more), findings);
  if (findings.empty()) lower(scenario, nullptr, findings);
  return findings.render();
}

std::int64_t trait(const Scenario& scenario, const std::string& kernel, const std::string& name) {
  const PreparedRun prepared = prepare(scenario);
  for (const KernelNode& node : prepared.dataflow.nodes) {
    if (node.name == kernel) return node.kernel->traits().at(name);
  }
  ADD_FAILURE() << "no kernel " << kernel;
  return 0;
}

std::uint64_t depth(const Scenario& scenario, const std::string& edge) {
  const PreparedRun prepared = prepare(scenario);
  for (const Edge& other : prepared.dataflow.edges) {
    if (other.name == edge) return other.depth;
  }
  ADD_FAILURE() << "no FIFO " << edge;
  return 0;
}

TEST(FinnFolding, MapsTheNthNodeToTheNthKernelAndThresholdsIntoMatrixUnits) {
  const Scenario scenario = residual(R"({
    "Defaults": {},
    "MVAU_hls_0": {"PE": 4, "SIMD": 6, "ram_style": "block"},
    "VVAU_hls_0": {"PE": 2},
    "MVAU_hls_1": {"PE": 2, "SIMD": 4},
    "Thresholding_rtl_0": {"PE": 8},
    "MVAU_hls_2": {"PE": 2, "SIMD": 3},
    "MVAU_hls_3": {"PE": 3, "SIMD": 2}})");
  const std::map<std::string, std::string> expected = {
      {"MVAU_hls_0", "conv0.mvu"}, {"MVAU_hls_1", "conv2.mvu"},
      {"MVAU_hls_2", "conv4.mvu"}, {"MVAU_hls_3", "dense.mvu"},
      {"VVAU_hls_0", "dw1.vvu"},   {"Thresholding_rtl_0", "act3.threshold"}};
  EXPECT_EQ(scenario.finn->kernels, expected);
  EXPECT_EQ(trait(scenario, "conv4.mvu", "simd"), 3);
  EXPECT_EQ(trait(scenario, "act2.threshold", "pe"), 2) << "as the MVAU that it is inside";
  EXPECT_EQ(trait(scenario, "act3.threshold", "pe"), 8);
}

TEST(FinnFolding, ReadsTheNamesOfOlderFinn) {
  const Scenario scenario = residual(R"({
    "Defaults": {},
    "StreamingFCLayer_Batch_3": {"PE": 3},
    "Thresholding_Batch_0": {"PE": 2},
    "Vector_Vector_Activate_Batch_0": {"PE": 4}})");
  EXPECT_EQ(scenario.finn->kernels.at("StreamingFCLayer_Batch_3"), "dense.mvu");
  EXPECT_EQ(scenario.finn->kernels.at("Vector_Vector_Activate_Batch_0"), "dw1.vvu");
}

TEST(FinnFolding, WhatTheScenarioSaysWinsButForItsDefault) {
  const std::string text = R"({"Defaults": {}, "MVAU_hls_3": {"PE": 3, "SIMD": 2}})";
  const Scenario scenario =
      residual(text, {}, {"folding.default={pe: 1, simd: 4}", "folding.dense.pe=6"});
  EXPECT_EQ(trait(scenario, "dense.mvu", "pe"), 6);
  EXPECT_EQ(trait(scenario, "dense.mvu", "simd"), 2);
  EXPECT_EQ(trait(scenario, "conv2.mvu", "simd"), 4);
  // What is replaced may be wrong.
  EXPECT_EQ(trait(residual(R"({"Defaults": {}, "MVAU_hls_3": {"PE": 5}})", {},
                           {"folding.dense.mvu.pe=2"}),
                  "dense.mvu", "pe"),
            2);
}

TEST(FinnFolding, ThresholdsFollowAMatrixUnitThatTheScenarioFolds) {
  const std::string text = R"({"Defaults": {}, "MVAU_hls_1": {"PE": 2}, "MVAU_hls_3": {}})";
  EXPECT_EQ(trait(residual(text), "act2.threshold", "pe"), 2);
  EXPECT_EQ(trait(residual(text, {}, {"folding.conv2.mvu.pe=4"}), "act2.threshold", "pe"), 4);
}

TEST(FinnFolding, DefaultsHoldForNodesOfTheirOpsWithoutAValue) {
  const std::string text = R"({
    "Defaults": {"PE": [2, ["MVAU_hls"], 3, ["LabelSelect"]], "SIMD": [1, "all"]},
    "MVAU_hls_0": {"PE": 4}, "MVAU_hls_3": {}})";
  const Scenario scenario = residual(text);
  EXPECT_EQ(trait(scenario, "conv0.mvu", "pe"), 4);
  EXPECT_EQ(trait(scenario, "dense.mvu", "pe"), 2);
  EXPECT_EQ(trait(scenario, "dense.mvu", "simd"), 1);
  EXPECT_NE(told(R"({"Defaults": {"PE": [5, "all"]}, "MVAU_hls_3": {}})")
                .find("PE: 5 of MVAU_hls_3 does not divide the 6 output channels of 'dense.mvu'"),
            std::string::npos);
}

TEST(FinnFolding, NodesOfTwoBackEndsStandAsInTheFile) {
  const Scenario scenario = residual(R"({
    "Defaults": {},
    "MVAU_hls_0": {"PE": 1}, "MVAU_rtl_0": {"PE": 2}, "MVAU_rtl_1": {"PE": 4},
    "MVAU_hls_1": {"PE": 6},
    "Thresholding_rtl_0": {}, "Thresholding_rtl_1": {}, "Thresholding_rtl_2": {}})",
                                     {}, {"folding.conv2.compute=lut"});
  EXPECT_EQ(scenario.finn->kernels.at("MVAU_rtl_0"), "conv2.mvu");
  EXPECT_EQ(scenario.finn->kernels.at("MVAU_hls_1"), "dense.mvu");
  // Behind the two in RTL, thresholds are nodes of their own.
  EXPECT_EQ(scenario.finn->kernels.at("Thresholding_rtl_0"), "act2.threshold");
  EXPECT_EQ(scenario.finn->kernels.at("Thresholding_rtl_1"), "act3.threshold");
  EXPECT_EQ(scenario.finn->kernels.at("Thresholding_rtl_2"), "act4.threshold");
}

TEST(FinnFolding, WhereNodesDoNotStandInTheirOrderPeAndSimdMustTell) {
  // Of the last only the dense layer has 6 rows; of the others any could be the one in RTL.
  const std::string nodes = R"("MVAU_hls_2": {"PE": 1}, "MVAU_hls_1": {"PE": 1},
    "MVAU_hls_0": {"PE": 1}, "Thresholding_rtl_0": {})";
  const Scenario scenario = residual(R"({"Defaults": {}, "MVAU_rtl_0": {"PE": 6}, )" + nodes + "}");
  EXPECT_EQ(scenario.finn->kernels.at("MVAU_rtl_0"), "dense.mvu");
  EXPECT_EQ(scenario.finn->kernels.at("MVAU_hls_2"), "conv4.mvu");
  const std::string text =
      R"({"Defaults": {}, "MVAU_rtl_0": {"PE": 2}, )" + nodes + R"(, "Thresholding_rtl_1": {}})";
  EXPECT_NE(told(text).find("MVAU: which of the 4 nodes is in RTL and which in HLS"),
            std::string::npos)
      << told(text);
  EXPECT_NE(told(text).find("nodes: MVAU_rtl_0, MVAU_hls_2"), std::string::npos) << told(text);
  const std::string more = "nodes: {MVAU_rtl_0: conv4}";
  EXPECT_EQ(residual(text, more, {"folding.conv4.compute=lut"}).finn->kernels.at("MVAU_hls_2"),
            "dense.mvu");
}

TEST(FinnFolding, NodesThatAreNothingHereAreKept) {
  const Scenario scenario = residual(R"({"Defaults": {}, "Reshape_rtl_0": {"PE": 3}, "note": 1,
    "MVAU_hls_3": {}, "DownSampler_hls_0": {"SIMD": 1}, "StreamingFIFO_rtl_99": {"depth": 5}})",
                                     "nodes: {DownSampler_hls_0: none}");
  EXPECT_EQ(scenario.finn->kept, (std::vector<std::string>{"Reshape_rtl_0", "DownSampler_hls_0",
                                                           "note", "StreamingFIFO_rtl_99"}));
  const PreparedRun prepared = prepare(scenario);
  EXPECT_EQ(to_json(scenario, prepared.dataflow)["finn"]["kept"][0], "Reshape_rtl_0");
  EXPECT_NE(dataflow_table(scenario, prepared.dataflow).find("kept as they are: Reshape_rtl_0"),
            std::string::npos);
}

TEST(FinnFolding, FifosGetTheGreaterDepthOfTheirEndsOrThatOfTheirNumber) {
  const std::string edge = "dense.mvu->best.top_k";
  EXPECT_EQ(depth(residual(R"({"Defaults": {}, "MVAU_hls_3": {"outFIFODepths": [7]},
    "LabelSelect_hls_0": {"inFIFODepths": [9]}})"),
                  edge),
            9U);
  EXPECT_EQ(depth(residual(R"({"Defaults": {}, "MVAU_hls_3": {"outFIFODepths": [12]},
    "LabelSelect_hls_0": {"inFIFODepths": [9]}, "StreamingFIFO_rtl_0": {"depth": 1}})"),
                  edge),
            12U);
  const std::string numbered = R"({"Defaults": {}, "StreamingFIFO_rtl_0": {"depth": 33}})";
  EXPECT_EQ(depth(residual(numbered), "source->conv0.pad"), 33U);
  EXPECT_EQ(depth(residual(numbered, "take: folding"), "source->conv0.pad"), 2U);
  EXPECT_EQ(depth(residual(numbered, {}, {"fifos.edges.source->conv0.pad=5"}), "source->conv0.pad"),
            5U);
}

TEST(FinnFolding, WeightsOutsideComeFromAMemory) {
  const std::string text =
      R"({"Defaults": {}, "MVAU_hls_3": {"mem_mode": "external"}, "MVAU_hls_0": {}})";
  const Scenario scenario = residual(text, {}, {"memories={ddr0: {type: ddr4-2400-8gb-x8}}"});
  Findings findings;
  const Dataflow dataflow = lower(scenario, nullptr, findings);
  ASSERT_TRUE(findings.empty()) << findings.render();
  EXPECT_NE(dataflow.memory, nullptr);
}

/// A scenario whose folding was written by hand from a published FINN file.
struct Published {
  const char* scenario;
  const char* file;
  std::vector<const char*> differing = {};  ///< kernels for which the scenario has another value
};

void PrintTo(const Published& published, std::ostream* out) { *out << published.file; }

class PublishedFolding : public testing::TestWithParam<Published> {};

/// One line for each kernel, with what it is made of, and for each FIFO.
std::vector<std::string> design(const Scenario& scenario,
                                const std::vector<const char*>& differing) {
  const PreparedRun prepared = prepare(scenario);
  std::vector<std::string> lines;
  for (const KernelNode& node : prepared.dataflow.nodes) {
    const Kernel& kernel = *node.kernel;
    std::string line =
        fmt::format("{} {} {}", node.name, kernel.memory_style(), kernel.frame_interval());
    for (const Port& port : kernel.inputs()) line += fmt::format(" {}", port.lanes);
    for (const Port& port : kernel.outputs()) line += fmt::format(" {}", port.lanes);
    const bool differs =
        std::find(differing.begin(), differing.end(), node.name) != differing.end();
    for (const auto& [name, value] : kernel.traits()) {
      if (!differs || (name != "mac" && name != "dsps")) line += fmt::format(" {}={}", name, value);
    }
    lines.push_back(line);
  }
  for (const Edge& edge : prepared.dataflow.edges) {
    lines.push_back(fmt::format("{} {}", edge.name, edge.depth));
  }
  return lines;
}

TEST_P(PublishedFolding, GivesTheDesignThatWasWrittenByHand) {
  const fs::path file = kPublished / (std::string(GetParam().file) + "_folding_config.json");
  if (!fs::exists(file)) GTEST_SKIP() << "skipped: no " << file;
  const std::string path = std::string("scenarios/") + GetParam().scenario + ".yaml";
  const Scenario by_hand = load(path);
  const Scenario imported =
      load(path, {"folding={finn: " + file.string() + "}",
                  "fifos={default_depth: " + std::to_string(by_hand.default_depth) + "}"});
  const std::vector<std::string> expected = design(by_hand, GetParam().differing);
  const std::vector<std::string> actual = design(imported, GetParam().differing);
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(actual[i], expected[i]);
}

// The file of ResNet-50 multiplies the first layer in LUTs, the scenario in DSP slices.
INSTANTIATE_TEST_SUITE_P(
    FinnExamples, PublishedFolding,
    testing::Values(Published{"cnv-w1a1-pynq", "bnn-pynq__cnv-w1a1"},
                    Published{"cnv-w1a1-zcu104", "bnn-pynq__cnv-w1a1"},
                    Published{"cnv-w2a2-pynq", "bnn-pynq__cnv-w2a2"},
                    Published{"tfc-w1a1-pynq", "bnn-pynq__tfc-w1a1"},
                    Published{"kws-mlp-w3a3-pynq", "kws__kws"},
                    Published{"vgg10-radioml-zcu104", "vgg10-radioml__ZCU104"},
                    Published{"mobilenet-v1-zcu104", "mobilenet-v1__ZCU104"},
                    Published{"mobilenet-v1-u250", "mobilenet-v1__U250"},
                    Published{"resnet50-w1a2-u250", "resnet50__U250", {"conv1.mvu"}}),
    [](const auto& instance) {
      std::string name = instance.param.scenario;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace qnnsim::test
