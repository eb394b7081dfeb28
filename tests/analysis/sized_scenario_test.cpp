// SPDX-License-Identifier: Apache-2.0
#include "analysis/sized_scenario.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "sim/finn_folding.h"
#include "sim/lowering.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

namespace fs = std::filesystem;

/// Another working directory, until the end of the scope.
class WorkingDirectory {
 public:
  explicit WorkingDirectory(const fs::path& path) { fs::current_path(path); }
  ~WorkingDirectory() { fs::current_path(before_); }

 private:
  const fs::path before_ = fs::current_path();
};

Dataflow lowered(const Scenario& scenario) {
  Findings findings;
  Dataflow dataflow = lower(scenario, nullptr, findings);
  EXPECT_TRUE(findings.empty()) << findings.render();
  return dataflow;
}

/// A depth for every edge, most of them 3.
Sizing made_up_sizing(const Dataflow& dataflow) {
  Sizing sizing;
  sizing.cost_unit = "LUT eq.";
  sizing.target = 192;
  for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
    SizedFifo fifo;
    fifo.name = dataflow.edges[i].name;
    fifo.before = dataflow.edges[i].depth;
    fifo.depth = i % 4 == 1 ? 10 + i : 3;
    fifo.cost_before = 4;
    fifo.cost = 2.5;
    sizing.fifos.push_back(fifo);
  }
  return sizing;
}

/// The text of a scenario with made-up depths, to be written to `output`.
std::string text_of(const std::string& path, const std::vector<std::string>& settings,
                    const fs::path& output) {
  Findings findings;
  const Sizing sizing = made_up_sizing(lowered(load(path, settings)));
  const std::string text = sized_scenario(path, settings, sizing, output.string(), findings);
  EXPECT_TRUE(findings.empty()) << findings.render();
  return text;
}

/// Writes a scenario with made-up depths and reads it in another working directory: it must lower
/// to the hardware of the original, with these depths. Gives what was read.
Scenario written_and_read(const std::string& path, const std::vector<std::string>& settings,
                          const fs::path& output) {
  write_file(output, text_of(path, settings, output));
  Dataflow expected = lowered(load(path, settings));
  const Sizing sizing = made_up_sizing(expected);
  for (std::size_t i = 0; i < sizing.fifos.size(); ++i) {
    expected.edges[i].depth = sizing.fifos[i].depth;
  }
  const fs::path absolute = fs::absolute(output);
  const TemporaryDirectory elsewhere;
  const WorkingDirectory working(elsewhere / "");
  Scenario scenario = load(absolute.string());
  EXPECT_EQ(to_dot(lowered(scenario)), to_dot(expected));
  return scenario;
}

/// A network file and a scenario that names it, its stalls, frames and RTL by relative paths; and
/// an unrelated directory `out`.
class Study {
 public:
  Study() {
    for (const char* name : {"study", "study/rtl", "study/data", "out"}) {
      fs::create_directory(directory_ / name);
    }
    write_file(directory_ / "study/rtl/mvu.sv", "");
    write_file(directory_ / "study/data/frames.npy", "");
    write_file(directory_ / "study/data/sink.stalls", "1\n2\n# repeat 10\n");
    fs::copy_file("configs/networks/first-look.yaml", directory_ / "study/data/net.yaml");
    write_file(directory_ / "study/scenario.yaml", R"(network: data/net.yaml
platform: pynq-z1
clock_mhz: 100
fifos: {default_depth: 4, edges: {conv0.swg->conv0.mvu: 32, conv0.mvu->act0.threshold: 3}}
stimulus: {sink: {stall_cycles: data/sink.stalls}, input_file: data/frames.npy}
cosim:
  conv0.pad: {impl: model}
  conv0.mvu: {sources: [rtl/mvu.sv], include_dirs: "rtl", top: mvu}
  fc0.mvu: {sources: rtl/mvu.sv, top: mvu, directory: data}
)");
  }

  fs::path operator/(const std::string& name) const { return directory_ / name; }
  std::string scenario() const { return (directory_ / "study/scenario.yaml").string(); }

 private:
  TemporaryDirectory directory_;
};

TEST(SizedScenario, SaysWhatItIsAndHoldsTheOriginal) {
  const std::vector<std::string> settings = {"fifos.edges.fc0.mvu->out.top_k=9", "seed=7"};
  EXPECT_EQ(text_of("scenarios/first-look.yaml", settings, "build/sized.yaml"),
            R"(# ../scenarios/first-look.yaml with the FIFO depths that qnnsim found
# --set fifos.edges.fc0.mvu->out.top_k=9
# --set seed=7
# target: an interval of at most 192 cycles
# cost: 28 LUT eq., before 44; the search ended early: shallower FIFOs may do
network: ../configs/networks/first-look.yaml
platform: pynq-z1
clock_mhz: 100
folding:
  conv0.mvu: {pe: 1, simd: 6}
  conv0.swg: {simd: 2}
  fc0: {pe: 1, simd: 2}
fifos:
  default_depth: 3
  edges: {conv0.pad->conv0.swg: 11, act0.threshold->pool0.swg: 15, fc0.mvu->out.top_k: 19}
stimulus:
  frames: 4
  source: {interval: 1}
seed: 7
)");
}

TEST(SizedScenario, TakesNoDepthsFromTheFinnFileThatItNames) {
  const Study study;
  write_file(study / "study/data/finn.json", R"({"Defaults": {}, "MVAU_hls_0": {"PE": 2},
    "StreamingFIFO_rtl_0": {"depth": 77}, "MVAU_hls_1": {}})");
  for (const std::string finn : {"data/finn.json", "{file: data/finn.json, take: all}"}) {
    write_file(study / "study/finn.yaml", R"(network: data/net.yaml
platform: pynq-z1
clock_mhz: 100
folding: {finn: )" + finn + "}\n");
    const std::string path = (study / "study/finn.yaml").string();
    const Scenario scenario = written_and_read(path, {}, study / "out/sized.yaml");
    EXPECT_EQ(scenario.finn->kernels.at("MVAU_hls_0"), "conv0.mvu");
    EXPECT_NE(read_file(study / "out/sized.yaml")
                  .find("finn: {file: ../study/data/finn.json, take: folding}"),
              std::string::npos);
  }
}

TEST(SizedScenario, SaysHowGoodTheDepthsAre) {
  Findings findings;
  Sizing sizing = made_up_sizing(lowered(load("scenarios/first-look.yaml")));
  const auto text = [&] {
    return sized_scenario("scenarios/first-look.yaml", {}, sizing, "sized.yaml", findings);
  };
  sizing.minimal = true;
  EXPECT_NE(text().find("; with no FIFO one step shallower is this rate kept\n"),
            std::string::npos);
  sizing.optimal = true;
  EXPECT_NE(text().find("; no depths that keep this rate cost less\n"), std::string::npos);
}

TEST(SizedScenario, KeepsASettingOfSeveralLinesInItsComment) {
  const std::string text = text_of("scenarios/first-look.yaml", {"seed=\n7"}, "sized.yaml");
  EXPECT_NE(text.find("\n# --set seed= 7\n"), std::string::npos) << text;
}

TEST(SizedScenario, LowersToTheSameHardwareWithTheDepthsFound) {
  for (const char* name : {"first-look", "cnv-w1a1-pynq", "resnet50-pynq-u250"}) {
    SCOPED_TRACE(name);
    const TemporaryDirectory directory;
    const std::string path = std::string("scenarios/") + name + ".yaml";
    const Scenario original = load(path);
    const Scenario copy = written_and_read(path, {}, directory / "sized.yaml");
    EXPECT_EQ(copy.network.name, original.network.name);
    EXPECT_EQ(copy.platform.name, original.platform.name);
    EXPECT_EQ(copy.clock_mhz, original.clock_mhz);
    EXPECT_EQ(copy.seed, original.seed);
    EXPECT_EQ(copy.stimulus.frames, original.stimulus.frames);
    EXPECT_EQ(copy.published.size(), original.published.size());
    EXPECT_EQ(copy.default_depth, 3U);
  }
}

TEST(SizedScenario, NamesOnlyTheEdgesOfAnotherDepth) {
  const Study study;
  const Sizing sizing = made_up_sizing(lowered(load(study.scenario())));
  const Scenario copy = written_and_read(study.scenario(), {}, study / "out/sized.yaml");
  std::vector<std::string> expected;
  for (const SizedFifo& fifo : sizing.fifos) {
    if (fifo.depth != 3) expected.push_back(fifo.name);
  }
  std::vector<std::string> named;
  for (const EdgeDepth& edge : copy.edges) named.push_back(edge.edge);
  EXPECT_EQ(named, expected);
}

TEST(SizedScenario, HasNoEdgesWhereAllDepthsAreEqual) {
  Findings findings;
  Sizing sizing = made_up_sizing(lowered(load("scenarios/first-look.yaml")));
  for (SizedFifo& fifo : sizing.fifos) fifo.depth = 5;
  const std::string text =
      sized_scenario("scenarios/first-look.yaml", {}, sizing, "sized.yaml", findings);
  EXPECT_NE(text.find("\nfifos: {default_depth: 5}\n"), std::string::npos) << text;
}

TEST(SizedScenario, TakesTheShallowerOfTwoDepthsThatAreEquallyFrequent) {
  Findings findings;
  Sizing sizing = made_up_sizing(lowered(load("scenarios/first-look.yaml")));
  for (std::size_t i = 0; i < sizing.fifos.size(); ++i) sizing.fifos[i].depth = 100 + i;
  const std::string text =
      sized_scenario("scenarios/first-look.yaml", {}, sizing, "sized.yaml", findings);
  EXPECT_NE(text.find("  default_depth: 100\n"), std::string::npos) << text;
}

TEST(SizedScenario, LeadsToTheSameStallsFramesAndRtl) {
  const Study study;
  const Scenario original = load(study.scenario());
  const Scenario copy = written_and_read(study.scenario(), {}, study / "out/sized.yaml");
  for (std::uint64_t cycle = 0; cycle < 50; ++cycle) {
    EXPECT_EQ(copy.stimulus.sink.stalls(cycle), original.stimulus.sink.stalls(cycle)) << cycle;
  }
  EXPECT_TRUE(fs::equivalent(copy.stimulus.input_file, original.stimulus.input_file));
  ASSERT_EQ(copy.cosim.size(), original.cosim.size());
  for (std::size_t i = 0; i < copy.cosim.size(); ++i) {
    EXPECT_EQ(copy.cosim[i].name, original.cosim[i].name);
    ASSERT_EQ(copy.cosim[i].foreign.has_value(), original.cosim[i].foreign.has_value());
    if (!copy.cosim[i].foreign) continue;
    EXPECT_EQ(copy.cosim[i].foreign->sources, original.cosim[i].foreign->sources);
    EXPECT_EQ(copy.cosim[i].foreign->include_dirs, original.cosim[i].foreign->include_dirs);
    EXPECT_EQ(copy.cosim[i].foreign->directory, original.cosim[i].foreign->directory);
  }
  const std::string text = read_file(study / "out/sized.yaml");
  EXPECT_NE(text.find("network: ../study/data/net.yaml\n"), std::string::npos) << text;
}

TEST(SizedScenario, TakesPathsOfSettingsFromTheWorkingDirectory) {
  const TemporaryDirectory directory;
  const std::string stalls = "traces/ddr4-refresh-100mhz.stalls";
  const std::vector<std::string> settings = {"stimulus.source={stall_cycles: " + stalls + "}",
                                             "network=configs/networks/first-look.yaml"};
  const Scenario original = load("scenarios/first-look.yaml", settings);
  const Scenario copy =
      written_and_read("scenarios/first-look.yaml", settings, directory / "sized.yaml");
  std::uint64_t stalled = 0;
  for (std::uint64_t cycle = 0; cycle < 100000; ++cycle) {
    stalled += copy.stimulus.source.stalls(cycle) ? 1 : 0;
    ASSERT_EQ(copy.stimulus.source.stalls(cycle), original.stimulus.source.stalls(cycle)) << cycle;
  }
  EXPECT_GT(stalled, 0U);
}

TEST(SizedScenario, LeavesAbsolutePaths) {
  const Study study;
  const std::string network = (study / "study/data/net.yaml").string();
  const std::string text =
      text_of(study.scenario(), {"network=" + network}, study / "out/sized.yaml");
  EXPECT_NE(text.find("network: " + network + "\n"), std::string::npos) << text;
}

TEST(SizedScenario, ReadsThroughASymbolicLinkToItsDirectory) {
  const Study study;
  fs::create_directories(study / "far/away/out");
  fs::create_directory_symlink(study / "far/away/out", study / "link");
  written_and_read(study.scenario(), {}, study / "link/sized.yaml");
  EXPECT_EQ(load((study / "far/away/out/sized.yaml").string()).network.name, "first-look");
}

TEST(SizedScenario, MayReplaceTheOriginal) {
  const Study study;
  written_and_read(study.scenario(), {}, study.scenario());
  EXPECT_NE(read_file(study.scenario()).find("network: data/net.yaml\n"), std::string::npos);
}

TEST(SizedScenario, ReportsWhatItCannotRead) {
  Findings findings;
  const Sizing sizing = made_up_sizing(lowered(load("scenarios/first-look.yaml")));
  EXPECT_EQ(sized_scenario("scenarios/none.yaml", {}, sizing, "sized.yaml", findings), "");
  EXPECT_EQ(findings.all().size(), 1U);
  EXPECT_EQ(sized_scenario("scenarios/first-look.yaml", {"seed"}, sizing, "sized.yaml", findings),
            "");
  EXPECT_EQ(findings.all().size(), 2U);
}

}  // namespace
}  // namespace qnnsim::test
