// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "rtl/generator/design_directory.h"
#include "rtl/generator/design_run.h"
#include "rtl/generator/generate.h"
#include "rtl/generator/keywords.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

namespace fs = std::filesystem;

constexpr char kFirstLook[] = "scenarios/first-look.yaml";

/// A scenario of `layers`, with data.
Scenario scenario_of(const TemporaryDirectory& directory, const std::string& layers,
                     const std::string& name = "tiny") {
  write_file(
      directory / "network.yaml",
      "network: n\ninput: {height: 1, width: 1, channels: 4, type: INT4}\nlayers:\n" + layers);
  write_file(directory / (name + ".yaml"),
             "network: network.yaml\nplatform: zcu104\nclock_mhz: 100\ndata: bit_true\n");
  return load(directory / (name + ".yaml"));
}

/// What stands in the way of a design.
std::string findings_of(const Scenario& scenario, const DesignOptions& options = {}) {
  Findings findings;
  make_design(scenario, prepare(scenario).dataflow, options, findings);
  std::string text;
  for (const Finding& finding : findings.all()) text += finding.message + "\n";
  return text;
}

GeneratedDesign generated(const std::vector<std::string>& settings = {}) {
  std::vector<std::string> all = {"data=bit_true"};
  all.insert(all.end(), settings.begin(), settings.end());
  const Scenario scenario = load(kFirstLook, all);
  GenerateOptions options;
  options.random_weights = true;
  return generate(scenario, prepare(scenario), options);
}

std::map<std::string, std::string> by_path(const GeneratedDesign& design) {
  std::map<std::string, std::string> files;
  for (const DesignFile& file : design.files) {
    EXPECT_TRUE(files.emplace(file.path, file.text).second) << file.path;
  }
  return files;
}

TEST(Design, NamesThatBecomeOneAreAFinding) {
  const TemporaryDirectory directory;
  const std::string text = findings_of(scenario_of(
      directory,
      "  - {name: a-b, op: threshold, type: INT2}\n  - {name: a_b, op: threshold, type: INT2}\n"));
  EXPECT_EQ(text,
            "in SystemVerilog layer 'a-b' and layer 'a_b' would both be called 'tiny_a_b'\n"
            "in SystemVerilog kernel 'a-b.threshold' and kernel 'a_b.threshold' would both be "
            "called 'a_b_threshold'\n");
}

TEST(Design, AModuleOfOursIsNoNameForALayer) {
  const TemporaryDirectory directory;
  const Scenario scenario = scenario_of(directory,
                                        "  - {name: mvu, op: dense, units: 4, weights: INT2}\n"
                                        "  - {name: thresholding, op: threshold, type: INT2}\n");
  DesignOptions options;
  options.name = "qnn";
  EXPECT_EQ(findings_of(scenario, options),
            "in SystemVerilog layer 'mvu' and qnnsim's qnn_mvu would both be called 'qnn_mvu'\n"
            "in SystemVerilog layer 'thresholding' and qnnsim's qnn_thresholding would both be "
            "called 'qnn_thresholding'\n");
  options.name = "other";
  EXPECT_EQ(findings_of(scenario, options), "");
}

TEST(Design, WhatIsNoIdentifierIsAFinding) {
  const TemporaryDirectory directory;
  const std::string layer = "  - {name: act, op: threshold, type: INT2}\n";
  EXPECT_EQ(findings_of(scenario_of(directory, layer, "7x96")),
            "'7x96' is no name of a module in SystemVerilog\n");
  EXPECT_EQ(findings_of(scenario_of(directory, layer, "module")),
            "'module' is no name of a module in SystemVerilog\n");
  EXPECT_EQ(findings_of(scenario_of(directory, layer, "my-net")), "");
  EXPECT_EQ(findings_of(scenario_of(directory, "  - {name: 1st, op: threshold, type: INT2}\n")),
            "'1st' is no name in SystemVerilog: it begins with a digit\n");
}

TEST(Design, AnothersTimingIsAFinding) {
  const Scenario scenario = load(kFirstLook, {"data=bit_true", "kernels=finn-0.10"});
  EXPECT_EQ(findings_of(scenario),
            "a design has the timing of qnnsim's kernels, not that of calibration 'finn-0.10'\n");
}

TEST(Design, EveryConstantWithoutAFileIsAFinding) {
  Findings findings;
  check_constants(load(kFirstLook), findings);
  std::string text;
  for (const Finding& finding : findings.all()) text += finding.message + "\n";
  EXPECT_EQ(text,
            "layer 'conv0' has no weights\nlayer 'act0' has no thresholds\n"
            "layer 'fc0' has no weights\n");
}

TEST(Design, TheSameScenarioGivesTheSameBytes) {
  EXPECT_EQ(by_path(generated()), by_path(generated()));
}

TEST(Design, WhatItCarriesGivesTheSameDesignAndTheSamePrediction) {
  const TemporaryDirectory directory;
  write_file(directory / "w.npy", read_file("tests/rtl/mix_weights.npy"));
  write_file(directory / "stalls.txt", "3\n4\n# repeat 7\n");
  write_file(directory / "network.yaml", R"(network: n
input: {height: 2, width: 3, channels: 8, type: INT4}
layers:
  - {name: mix, op: conv, kernel: 1, channels: 6, weights: INT3, weights_file: w.npy}
)");
  const std::string scenario_file = directory / "mine.yaml";
  write_file(scenario_file,
             "network: network.yaml\nplatform: zcu104\nclock_mhz: 100\nseed: 3\n"
             "stimulus: {frames: 4, sink: {stall_cycles: stalls.txt}}\n");
  GenerateOptions options;
  const auto design_of = [&](const std::string& file, const std::vector<std::string>& settings) {
    const Scenario scenario = load(file, settings);
    options.settings = settings;
    return generate(scenario, prepare(scenario), options);
  };
  const GeneratedDesign first =
      design_of(scenario_file, {"data=bit_true", "folding.mix={pe: 3, simd: 4}"});
  write_design_directory(directory / "design", first.files);
  const GeneratedDesign second = design_of(directory / "design/source/mine.yaml", {});
  EXPECT_EQ(by_path(first), by_path(second));
  EXPECT_EQ(by_path(first).count("source/files/w.npy"), 1U);
  const Result again = run(load(directory / "design/source/mine.yaml"));
  EXPECT_EQ(again.frame_ends, first.prediction.frame_ends);
}

TEST(Design, AnotherDepthIsAnotherDigest) {
  const auto digest = [](const GeneratedDesign& design) {
    return nlohmann::json::parse(by_path(design).at("manifest.json")).at("digest");
  };
  const auto plain = digest(generated());
  EXPECT_NE(digest(generated({"fifos.edges.conv0.mvu->act0.threshold=5"})), plain);
  EXPECT_NE(digest(generated({"seed=2"})), plain);
  EXPECT_EQ(digest(generated({"stimulus.sink={interval: 3}"})), plain);
}

TEST(Design, OneInstanceALayerInModulesOfAFewPages) {
  const GeneratedDesign design = generated();
  const auto files = by_path(design);
  const std::string& top = files.at("design/first_look.sv");
  for (const char* layer : {"conv0", "act0", "pool0", "fc0", "out"}) {
    EXPECT_NE(top.find(fmt::format("  first_look_{0} u_{0} (", layer)), std::string::npos) << layer;
    EXPECT_EQ(files.count(fmt::format("design/first_look_{}.sv", layer)), 1U) << layer;
  }
  for (const auto& [path, text] : files) {
    if (path.rfind("design/", 0) != 0) continue;
    EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 1000) << path;
  }
}

TEST(Design, TheManifestNamesEveryKernelFifoAndFile) {
  const GeneratedDesign design = generated();
  const auto files = by_path(design);
  const auto manifest = nlohmann::json::parse(files.at("manifest.json"));
  EXPECT_EQ(manifest.at("kernels").size(), design.kernels);
  EXPECT_EQ(manifest.at("fifos").size(), design.fifos);
  std::set<std::string> named = {"manifest.json"};
  for (const auto& [path, digest] : manifest.at("files").items()) named.insert(path);
  for (const auto& [path, text] : files) EXPECT_EQ(named.count(path), 1U) << path;
  EXPECT_EQ(named.size(), files.size());
}

TEST(DesignDirectory, IsReplacedOnlyIfItIsADesignAndAsked) {
  const TemporaryDirectory directory;
  const std::string target = directory / "design";
  const auto finding = [&](bool force) {
    Findings findings;
    check_design_directory(target, force, findings);
    return findings.empty() ? "" : findings.all().front().message;
  };
  EXPECT_EQ(finding(false), "");
  fs::create_directory(target);
  EXPECT_EQ(finding(false), "") << "an empty directory";
  write_design_directory(target,
                         {{"manifest.json", R"({"tool": "qnnsim generate"})"}, {"a/b", "1"}});
  EXPECT_EQ(read_file(directory / "design/a/b"), "1");
  EXPECT_EQ(finding(false), "there is a design already");
  EXPECT_EQ(finding(true), "");
  write_design_directory(target + "/", {{"manifest.json", "{}"}, {"c", "2"}});
  EXPECT_FALSE(fs::exists(target + "/a")) << "replaced as a whole";
  EXPECT_EQ(read_file(directory / "design/c"), "2");
  EXPECT_EQ(finding(true), "the directory is not empty, and holds no design of qnnsim's");
  std::set<std::string> beside;
  for (const auto& entry : fs::directory_iterator(fs::path(target).parent_path())) {
    beside.insert(entry.path().filename());
  }
  EXPECT_EQ(beside, std::set<std::string>{"design"}) << "nothing is left behind";
  fs::remove_all(target);
  write_file(target, "a file");
  EXPECT_EQ(finding(true), "is there, and is no directory");
}

TEST(Keywords, AreThoseOfSystemVerilog) {
  for (const char* word : {"module", "wire", "logic", "endmodule", "accept_on", "xor"}) {
    EXPECT_TRUE(is_keyword(word)) << word;
  }
  for (const char* word : {"conv0", "Module", ""}) EXPECT_FALSE(is_keyword(word)) << word;
}

}  // namespace
}  // namespace qnnsim::test
