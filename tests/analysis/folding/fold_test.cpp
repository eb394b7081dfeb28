// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/fold.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/finn_configuration.h"
#include "analysis/folding/folding_report.h"
#include "analysis/sized_scenario.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

FoldingOptions quick() {
  FoldingOptions options;
  options.sizing_seconds = 1;
  return options;
}

FoldingResult folded(const std::string& path, const FoldingOptions& options,
                     const std::vector<std::string>& settings = {}) {
  Findings findings;
  FoldingResult result = fold(path, settings, options, findings);
  EXPECT_TRUE(findings.empty()) << findings.render();
  EXPECT_TRUE(result.found());
  return result;
}

/// What is wrong with folding a scenario so.
Finding refusal(const std::string& path, const FoldingOptions& options,
                const std::vector<std::string>& settings = {}) {
  Findings findings;
  fold(path, settings, options, findings);
  EXPECT_EQ(findings.all().size(), 1U) << findings.render();
  return findings.empty() ? Finding{} : findings.all().front();
}

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(Fold, WritesAScenarioThatRunsAsPredicted) {
  const TemporaryDirectory directory;
  for (const char* path : {"scenarios/tfc-w1a1-pynq.yaml", "scenarios/first-look.yaml",
                           "scenarios/cnv-w2a2-pynq.yaml"}) {
    SCOPED_TRACE(path);
    const FoldingResult result = folded(path, quick());
    EXPECT_TRUE(result.solution.optimal()) << result.proof;
    ASSERT_FALSE(result.rounds.empty());
    EXPECT_TRUE(result.rounds.back().fits);
    EXPECT_TRUE(result.rounds.back().sized.fit(result.limits));
    Findings findings;
    const std::string file = (directory / "folded.yaml").string();
    write_file(file, changed_scenario(path, result.settings, folding_title(result), result.sizing,
                                      file, findings));
    EXPECT_TRUE(findings.empty()) << findings.render();
    const Result counts = run(load(file));
    ASSERT_TRUE(counts.interval.has_value());
    EXPECT_EQ(*counts.interval, result.solution.totals.cycles);
    EXPECT_EQ(result.rounds.back().measured.interval, result.solution.totals.cycles);
  }
}

TEST(Fold, IsFasterThanTheScenariosOwnFoldingWithinItsResources) {
  const char* path = "scenarios/cnv-w2a2-pynq.yaml";
  FoldingOptions options = quick();
  options.rounds = 0;
  options.utilisation = 1;
  const FoldingResult result = folded(path, options);
  ASSERT_TRUE(result.given.has_value());
  if (result.given->resources.fit(result.limits)) {
    EXPECT_LE(result.solution.totals.cycles, result.given->cycles);
  }
}

TEST(Fold, KeepsATargetWithFewerResources) {
  const char* path = "scenarios/cnv-w2a2-pynq.yaml";
  FoldingOptions options = quick();
  options.rounds = 0;
  const FoldingResult fastest = folded(path, options);
  options.target_fps = fastest.fps(4 * fastest.solution.totals.cycles);
  options.objective = FoldingObjective::kResources;
  const FoldingResult slower = folded(path, options);
  EXPECT_LE(slower.solution.totals.cycles, 4 * fastest.solution.totals.cycles);
  EXPECT_LT(slower.solution.cost, fastest.solution.cost);
}

TEST(Fold, SaysWhatIsLackingAndWhatWouldDo) {
  FoldingOptions options = quick();
  options.limits = {"lut=0.01"};
  const Finding finding = refusal("scenarios/cnv-w2a2-pynq.yaml", options);
  expect_part(finding.message, "does not fit on pynq-z1");
  expect_part(finding.message, "it needs at least ");
  expect_part(finding.message, " LUT, ");
  expect_part(finding.message, " more than the 532 that it may take");
  expect_part(finding.hint, " of each resource would do");
}

TEST(Fold, RefusesTheLatencyOfKernelsWithoutASchedule) {
  FoldingOptions options = quick();
  options.objective = FoldingObjective::kLatency;
  const Finding finding = refusal("scenarios/first-look.yaml", options, {"kernels=finn-0.10"});
  expect_part(finding.message, "under the calibration 'finn-0.10'");
  expect_part(finding.hint, "fold for throughput");
}

TEST(Fold, SaysWhichRateFits) {
  FoldingOptions options = quick();
  options.target_fps = 1e7;
  const Finding finding = refusal("scenarios/cnv-w2a2-pynq.yaml", options);
  expect_part(finding.message, "at 10 cycles a frame");
  expect_part(finding.hint, " frames a second fit (");
}

TEST(Fold, RefusesOptionsThatMakeNoSense) {
  FoldingOptions options = quick();
  options.objective = FoldingObjective::kResources;
  expect_part(refusal("scenarios/first-look.yaml", options).hint +
                  refusal("scenarios/first-look.yaml", options).message,
              "--target-fps");
  options = quick();
  options.limits = {"gold=0.5"};
  expect_part(refusal("scenarios/first-look.yaml", options).message, "RESOURCE=SHARE");
  options.limits = {"lut=1.5"};
  expect_part(refusal("scenarios/first-look.yaml", options).message, "from 0 to 1");
  options = quick();
  options.platform = "nowhere";
  expect_part(refusal("scenarios/first-look.yaml", options).message, "unknown platform 'nowhere'");
  options = quick();
  options.devices = 2;
  options.dram = true;
  expect_part(refusal("scenarios/samo-cnv.yaml", options).message, "which device a memory");
  options = quick();
  options.platform = "pynq-z1";
  options.dram = true;
  expect_part(refusal("scenarios/first-look.yaml", options).message, "is not described");
}

TEST(Fold, TellsEverythingInItsReport) {
  const FoldingResult result = folded("scenarios/first-look.yaml", quick());
  const std::string table = folding_table(result);
  for (const char* part :
       {"limits", "given", "folded", "simulated", "proof       optimal", "mvu pe ", "slack"}) {
    expect_part(table, part);
  }
  const auto json = to_json(result);
  EXPECT_TRUE(json["optimal"]);
  EXPECT_EQ(json["interval_bound"], json["folded"]["interval"]);
  EXPECT_EQ(json["gap_percent"], 0.0);
  EXPECT_EQ(json["layers"].size(), result.folded.size());
  // The layers are all there is.
  Resources sum;
  for (const FoldedLayer& layer : result.folded) sum += layer.resources;
  EXPECT_TRUE(sum == result.rounds.back().sized);
}

TEST(Fold, ReadsFromMemoryWhatTheDeviceDoesNotHold) {
  const TemporaryDirectory directory;
  const char* path = "scenarios/samo-lfc.yaml";
  FoldingOptions options = quick();
  options.platform = "zedboard";
  expect_part(refusal(path, options).message, "does not fit on zedboard");
  options.dram = true;
  const FoldingResult result = folded(path, options);
  EXPECT_TRUE(result.solution.optimal()) << result.proof;
  EXPECT_FALSE(result.in_memory.empty());
  // The memory is what keeps it: 80 % of DDR3-1066 with 32 bits.
  EXPECT_EQ(result.bottleneck, "memory");
  EXPECT_NEAR(result.memory_limit_gb_s, 0.8 * 1066.7e6 * 4 * 1e-9, 1e-3);
  const FoldingRound& last = result.rounds.back();
  EXPECT_TRUE(last.fits);
  EXPECT_FALSE(last.waits_for_memory);
  EXPECT_LE(last.measured.interval, result.solution.totals.cycles);
  Findings findings;
  const std::string file = (directory / "folded.yaml").string();
  write_file(file, changed_scenario(path, result.settings, folding_title(result), result.sizing,
                                    file, findings));
  EXPECT_TRUE(findings.empty()) << findings.render();
  const Result counts = run(load(file, {"stimulus.frames=14"}));
  ASSERT_EQ(counts.status, RunStatus::kDone);
  EXPECT_EQ(counts.memories.size(), 1U);
  // In the middle of the run, where every layer has a frame.
  const std::uint64_t interval = (counts.frame_ends[9] - counts.frame_ends[6]) / 3;
  EXPECT_LE(interval, result.solution.totals.cycles);
  EXPECT_NEAR(double(interval), double(last.measured.interval), 0.02 * double(interval));

  const Dataflow dataflow = lower(load(file), nullptr, findings, MemoryAnswers::kAtOnce);
  const auto finn = finn_folding_configuration(dataflow, result.sizing);
  for (const WeightsInMemory& tensor : result.in_memory) {
    const std::string layer = tensor.tensor.substr(0, tensor.tensor.find('.'));
    EXPECT_EQ(finn[layer + ".mvu"]["mem_mode"], "external");
    EXPECT_FALSE(finn.contains(tensor.tensor));
  }
  EXPECT_EQ(finn["fc0.mvu"]["mem_mode"], "internal_embedded");
}

TEST(Fold, GoesBackIntoTheFinnFileThatItCameFrom) {
  const TemporaryDirectory directory;
  const std::string text = R"({"Defaults": {}, "MVAU_hls_0": {"PE": 1, "SIMD": 6, "resType": "lut"},
    "StreamingFIFO_rtl_0": {"depth": 99}, "MVAU_hls_1": {"PE": 1, "SIMD": 2, "colour": "red"}})";
  write_file(directory / "finn.json", text);
  const std::vector<std::string> settings = {
      "folding={finn: " + (directory / "finn.json").string() + "}"};
  const FoldingResult result = folded("scenarios/first-look.yaml", quick(), settings);
  const std::string file = (directory / "folded.yaml").string();
  Findings findings;
  write_file(file, changed_scenario("scenarios/first-look.yaml", result.settings, {}, result.sizing,
                                    file, findings));
  const Scenario scenario = load(file);
  const Dataflow dataflow = lower(scenario, nullptr, findings, MemoryAnswers::kAtOnce);
  ASSERT_TRUE(findings.empty()) << findings.render();
  const auto finn = finn_folding_configuration(scenario, dataflow, result.sizing);
  const auto unit = std::find_if(dataflow.nodes.begin(), dataflow.nodes.end(),
                                 [](const KernelNode& node) { return node.name == "conv0.mvu"; });
  EXPECT_EQ(finn["MVAU_hls_0"]["PE"], unit->kernel->traits().at("pe"));
  EXPECT_EQ(finn["MVAU_hls_0"]["SIMD"], unit->kernel->traits().at("simd"));
  EXPECT_NE(finn["MVAU_hls_0"]["SIMD"], 6) << "nothing was folded";
  EXPECT_EQ(finn["MVAU_hls_1"]["colour"], "red");
  EXPECT_EQ(finn["StreamingFIFO_rtl_0"]["depth"],
            std::max<std::uint64_t>(2, result.sizing.fifos.front().depth));
}

TEST(Fold, TakesInputAndOutputOverTheirBuses) {
  const FoldingResult result = folded("scenarios/tfc-w1a1-pynq-dma.yaml", quick());
  // 784 elements of 8 bits over 64 bits; the device alone could be faster.
  EXPECT_EQ(result.solution.totals.cycles, 98U);
  EXPECT_EQ(result.bottleneck, "input");
  EXPECT_EQ(result.solution.totals.traffic, 784U + 8U);
  ASSERT_EQ(result.rounds.size(), 1U);
  EXPECT_TRUE(result.rounds.front().fits);
  EXPECT_TRUE(result.rounds.front().estimated == result.solution.totals.resources);
}

TEST(Fold, LearnsWhatTheMemoryReallyMoves) {
  FoldingOptions options = quick();
  options.platform = "zedboard";
  options.dram = true;
  options.limits = {"dram=1"};  // more than any traffic reaches, as there is refresh
  const FoldingResult result = folded("scenarios/samo-lfc.yaml", options);
  ASSERT_GT(result.rounds.size(), 1U);
  EXPECT_TRUE(result.rounds.front().waits_for_memory);
  EXPECT_GT(result.rounds.back().estimated_cycles, result.rounds.front().estimated_cycles);
}

TEST(Fold, SharesALargeNetworkAmongDevices) {
  const char* path = "scenarios/cnv-w2a2-pynq.yaml";
  FoldingOptions options = quick();
  options.rounds = 0;
  const FoldingResult one = folded(path, options);
  options.devices = 2;
  const FoldingResult two = folded(path, options);
  ASSERT_EQ(two.parts.size(), 2U);
  EXPECT_LT(two.solution.totals.cycles, one.solution.totals.cycles);
  EXPECT_TRUE(two.solution.optimal());
  for (const Part& part : two.parts) {
    EXPECT_TRUE(part.totals.resources.fit(two.limits));
    EXPECT_LE(part.totals.cycles, two.solution.totals.cycles);
  }
  EXPECT_EQ(two.parts[0].last, two.parts[1].first);
  // A link that is too slow for the rate that two devices could have.
  options.link_gb_s = 1e-4;
  EXPECT_GT(folded(path, options).solution.totals.cycles, two.solution.totals.cycles);
}

TEST(Fold, ConfiguresADeviceAnewWhereTheBatchIsWorthIt) {
  const char* path = "scenarios/cnv-w2a2-pynq.yaml";
  FoldingOptions options = quick();
  options.rounds = 0;
  const FoldingResult one = folded(path, options);
  options.reconfigure_ms = 80;
  options.batch = 1;
  const FoldingResult once = folded(path, options);
  EXPECT_EQ(once.parts.size(), 1U);
  EXPECT_EQ(once.batch_cycles, one.solution.totals.cycles);
  options.batch = 100000;
  const FoldingResult often = folded(path, options);
  EXPECT_LE(often.batch_cycles, 100000 * one.solution.totals.cycles);
  std::uint64_t sum = (often.parts.size() - 1) * 8'000'000;
  for (const Part& part : often.parts) sum += 100000 * part.totals.cycles;
  EXPECT_EQ(sum, often.batch_cycles);
}

TEST(Fold, RunsEveryPartOfAReconfiguredNetworkAlone) {
  FoldingOptions options = quick();
  options.reconfigure_ms = 0.01;
  options.batch = 50;
  const FoldingResult result = folded("scenarios/cnv-w2a2-pynq.yaml", options);
  ASSERT_GT(result.parts.size(), 1U);
  ASSERT_EQ(result.simulated_parts.size(), result.parts.size());
  std::uint64_t sum = (result.parts.size() - 1) * 1000;
  for (std::size_t k = 0; k < result.parts.size(); ++k) {
    const SimulatedPart& part = result.simulated_parts[k];
    EXPECT_TRUE(part.fits);
    EXPECT_TRUE(part.sized.fit(result.limits));
    EXPECT_EQ(part.measured.interval, result.parts[k].totals.cycles);
    sum += part.measured.latency + 49 * part.measured.interval;
  }
  EXPECT_EQ(result.simulated_batch_cycles, sum);
  EXPECT_GT(result.simulated_batch_cycles, result.batch_cycles);
}

TEST(Fold, ShortensTheLatency) {
  const char* path = "scenarios/tfc-w1a1-pynq.yaml";
  FoldingOptions options = quick();
  const FoldingResult fastest = folded(path, options);
  options.objective = FoldingObjective::kLatency;
  const FoldingResult shortest = folded(path, options);
  EXPECT_LT(shortest.rounds.back().measured.latency, fastest.rounds.back().measured.latency);
  EXPECT_GE(shortest.rounds.back().measured.latency, shortest.latency_bound);
  EXPECT_TRUE(shortest.rounds.back().sized.fit(shortest.limits));
}

TEST(Fold, GoesNoFasterThanTheMemory) {
  const char* path = "scenarios/cnv-w2a2-pynq.yaml";
  FoldingOptions options = quick();
  options.rounds = 0;
  options.bandwidth_gb_s = 0.01;
  // 3072 bytes in, 4 bits out, at 0.1 bytes a cycle.
  EXPECT_GE(folded(path, options).solution.totals.cycles, 30725U);
}

}  // namespace
}  // namespace qnnsim::test
