// SPDX-License-Identifier: Apache-2.0
//
// Sizing of whole scenarios: what is found, what is refused, and that the engines agree on it.
#include "analysis/sizing.h"

#include <gtest/gtest.h>

#include "analysis/sized_run.h"
#include "analysis/sizing_report.h"
#include "sim/fast/stream_graph.h"
#include "sim/lowering.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

Sizing size(const Scenario& scenario, SizingOptions options = {}) {
  options.search.threads = 2;
  Findings findings;
  Sizing sizing = size_fifos(scenario, options, findings);
  EXPECT_TRUE(findings.empty()) << findings.render();
  return sizing;
}

/// What is wrong with the options.
std::string refusal(const Scenario& scenario, const SizingOptions& options) {
  Findings findings;
  const Sizing sizing = size_fifos(scenario, options, findings);
  EXPECT_TRUE(sizing.fifos.empty());
  return findings.render();
}

std::vector<std::uint64_t> depths(const Sizing& sizing) {
  std::vector<std::uint64_t> depths;
  for (const SizedFifo& fifo : sizing.fifos) depths.push_back(fifo.depth);
  return depths;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class PublishedScenarios : public testing::TestWithParam<const char*> {};

TEST_P(PublishedScenarios, KeepTheRateOfUnboundedFifosForLess) {
  const Sizing sizing = size(load("scenarios/" + std::string(GetParam()) + ".yaml"));
  EXPECT_TRUE(sizing.minimal);
  EXPECT_EQ(sizing.after.interval, static_cast<std::uint64_t>(sizing.best_interval));
  EXPECT_LT(sizing.cost(), sizing.cost_before());
  EXPECT_LE(sizing.cost_bound, sizing.cost());
  for (const SizedFifo& fifo : sizing.fifos) {
    EXPECT_EQ(fifo.depth > 1, !fifo.reason.empty()) << fifo.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, PublishedScenarios,
                         testing::Values("first-look", "tfc-w1a1-pynq", "tfc-w1a1-zcu104",
                                         "kws-mlp-w3a3-pynq", "vgg10-radioml-zcu104",
                                         "cnv-w2a2-pynq"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Sizing, TheSystemcEngineCountsTheSameOnTheSizedDesign) {
  const Scenario scenario = load("scenarios/vgg10-radioml-zcu104.yaml", {"stimulus.frames=2"});
  EXPECT_EQ(check_sized(scenario, size(scenario), false), "");
}

TEST(Sizing, ADesignThatStandsStillFlowsOnceItIsSized) {
  const Scenario scenario =
      load("tests/sim/cosim/residual-cnn.yaml", {"data=none", "fifos={default_depth: 1}"});
  const Sizing sizing = size(scenario);
  EXPECT_FALSE(sizing.before.flows);
  EXPECT_TRUE(sizing.after.flows);
  EXPECT_EQ(sizing.after.interval, static_cast<std::uint64_t>(sizing.target));
  bool names_a_branch = false;
  for (const SizedFifo& fifo : sizing.fifos) {
    names_a_branch = names_a_branch || contains(fifo.reason, "branch waits at");
  }
  EXPECT_TRUE(names_a_branch);
}

TEST(Sizing, ASlowerTargetCostsLess) {
  const Scenario scenario = load("scenarios/cnv-w2a2-pynq.yaml");
  SizingOptions options;
  options.slack_percent = 5;
  const Sizing slow = size(scenario, options);
  EXPECT_EQ(slow.target, 120960);
  EXPECT_LE(slow.after.interval, 120960u);
  EXPECT_LT(slow.cost(), size(scenario).cost());
  options.slack_percent.reset();
  options.target_fps = 100e6 / 120960;
  EXPECT_EQ(size(scenario, options).cost(), slow.cost());
}

TEST(Sizing, BitsAreLeastWhereBitsAreTheCost) {
  const Scenario scenario = load("scenarios/vgg10-radioml-zcu104.yaml");
  SizingOptions options;
  options.count_bits = true;
  const Sizing bits = size(scenario, options);
  EXPECT_TRUE(bits.optimal);
  EXPECT_EQ(bits.cost(), static_cast<double>(bits.storage_bits()));
  EXPECT_LE(bits.storage_bits(), size(scenario).storage_bits());
}

TEST(Sizing, ALatencyBoundIsKeptAndCosts) {
  const Scenario scenario = load("scenarios/first-look.yaml");
  const Sizing loose = size(scenario);
  SizingOptions options;
  options.latency_us = static_cast<double>(loose.before.latency) / scenario.clock_mhz;
  ASSERT_GT(loose.after.latency, loose.before.latency);
  const Sizing tight = size(scenario, options);
  EXPECT_LE(tight.after.latency, loose.before.latency);
  EXPECT_GT(tight.cost(), loose.cost());
  EXPECT_TRUE(tight.optimal);
}

TEST(Sizing, LimitsAreKept) {
  const Scenario scenario = load("scenarios/first-look.yaml");
  SizingOptions options;
  Findings findings;
  options.limits = {parse_limit("source->conv0.pad=5:9", findings),
                    parse_limit("conv0.pad->conv0.swg=4", findings)};
  ASSERT_TRUE(findings.empty());
  const Sizing sizing = size(scenario, options);
  EXPECT_EQ(sizing.fifos[0].name, "source->conv0.pad");
  EXPECT_EQ(sizing.fifos[0].depth, 7u) << "costs no more than 5";
  EXPECT_EQ(sizing.fifos[1].name, "conv0.pad->conv0.swg");
  EXPECT_EQ(sizing.fifos[1].depth, 4u);
}

TEST(Sizing, FifosTakeWhatTheCostModelSays) {
  const Scenario scenario = load("scenarios/cnv-w2a2-pynq.yaml", {"cost_model=finn"});
  const Sizing sizing = size(scenario);
  for (const SizedFifo& fifo : sizing.fifos) {
    EXPECT_EQ(fifo.resources, scenario.costs.of_fifo(fifo.width_bits, fifo.depth)) << fifo.name;
    EXPECT_EQ(fifo.style, scenario.costs.fifo_style(fifo.width_bits, fifo.depth)) << fifo.name;
    const double luts = double(fifo.resources.lut) + double(fifo.resources.bram18) * 53200 / 280;
    EXPECT_DOUBLE_EQ(fifo.cost, luts) << fifo.name;
  }
}

TEST(Sizing, LimitsThatContradictEachOtherAreAFinding) {
  SizingOptions options;
  Findings findings;
  options.limits = {parse_limit("source->conv0.pad=5:9", findings),
                    parse_limit("source->conv0.pad=1:4", findings)};
  const std::string text = refusal(load("scenarios/first-look.yaml"), options);
  EXPECT_TRUE(contains(text, "--limit source->conv0.pad=1:4: error: no depth is within")) << text;
}

TEST(Sizing, ThreadsChangeNothing) {
  const Scenario scenario = load("scenarios/cnv-w2a2-pynq.yaml");
  SizingOptions options;
  Findings findings;
  options.search.threads = 1;
  EXPECT_EQ(depths(size_fifos(scenario, options, findings)), depths(size(scenario)));
}

TEST(Sizing, WithoutTimeTheBestSoFarMeetsTheTarget) {
  const Scenario scenario = load("scenarios/cnv-w1a1-pynq.yaml");
  SizingOptions options;
  options.search.budget_seconds = 1e-3;
  const Sizing sizing = size(scenario, options);
  EXPECT_TRUE(sizing.interrupted);
  EXPECT_FALSE(sizing.minimal);
  EXPECT_EQ(sizing.after.interval, static_cast<std::uint64_t>(sizing.target));
  EXPECT_TRUE(contains(sizing_table(sizing, {}, false), "not minimal, because"));
}

TEST(Sizing, UnderRandomStallsTheFramesAreDoneAsEarlyAsWithUnboundedFifos) {
  const Scenario scenario = load("scenarios/first-look.yaml",
                                 {"stimulus.frames=6", "stimulus.source={stall_probability: 0.3}",
                                  "stimulus.sink={stall_probability: 0.2}"});
  const Sizing sizing = size(scenario);
  EXPECT_TRUE(sizing.optimal);
  Scenario sized = scenario;
  Scenario deep = scenario;
  for (const SizedFifo& fifo : sizing.fifos) {
    sized.edges.push_back({fifo.name, fifo.depth, {}});
    deep.edges.push_back({fifo.name, 10000, {}});
  }
  EXPECT_EQ(run(sized).frame_ends.back(), run(deep).frame_ends.back());
}

TEST(Sizing, TheCurveFallsFromFastToSlow) {
  const Scenario scenario = load("scenarios/vgg10-radioml-zcu104.yaml");
  SizingOptions options;
  options.search.threads = 2;
  Findings findings;
  const std::vector<ParetoPoint> curve = pareto_curve(scenario, options, 5, findings);
  ASSERT_GE(curve.size(), 2u);
  EXPECT_EQ(static_cast<std::int64_t>(curve.back().times.interval), size(scenario).best_interval);
  for (std::size_t i = 1; i < curve.size(); ++i) {
    EXPECT_LT(curve[i].target, curve[i - 1].target);
    EXPECT_GE(curve[i].cost, curve[i - 1].cost);
    EXPECT_LE(static_cast<std::int64_t>(curve[i].times.interval), curve[i].target);
  }
}

TEST(Sizing, StallsCostASizedDesignNoLessThanAnUnboundedOne) {
  const Scenario scenario = load("scenarios/first-look.yaml");
  const std::vector<StallLoss> losses = stall_losses(scenario, size(scenario), 0.2, 5);
  ASSERT_EQ(losses.size(), 2u);
  for (const StallLoss& loss : losses) {
    EXPECT_GE(loss.mean_percent, 0);
    EXPECT_GE(loss.worst_percent, loss.mean_percent);
  }
}

TEST(Sizing, ATargetAboveWhatTheFoldingReachesIsRefusedWithTheReachableOne) {
  SizingOptions options;
  options.target_fps = 1000;
  const std::string text = refusal(load("scenarios/cnv-w2a2-pynq.yaml"), options);
  EXPECT_TRUE(contains(text,
                       "--target-fps: error: no FIFO depths reach 1000 frames a second: the "
                       "folding reaches 868.056, where conv3.mvu takes 115200 cycles a frame"))
      << text;
  EXPECT_TRUE(contains(text, "hint: fold conv3.mvu wider, or ask for 868.055 or less")) << text;
}

TEST(Sizing, EverythingThatIsWrongIsToldAtOnce) {
  SizingOptions options;
  options.target_fps = 0;
  options.slack_percent = -1;
  options.latency_us = 0;
  Findings findings;
  options.limits = {parse_limit("conv0.swg->conv0.mvu=1:4", findings),
                    parse_limit("conv0.pad->conv0.swg=9:3", findings)};
  const std::string text = refusal(load("scenarios/first-look.yaml"), options);
  for (const char* part :
       {"--target-fps: error: a rate above 0", "--slack: error: a percentage of 0 or more",
        "--max-latency: error: a time above 0 us", "give one of the two",
        "there is no FIFO 'conv0.swg->conv0.mvu'", "did you mean 'conv0.swg->conv0.mvu_dwc'?",
        "--limit conv0.pad->conv0.swg=9:3: error: no depth is within these limits"}) {
    EXPECT_TRUE(contains(text, part)) << part << " in\n" << text;
  }
}

TEST(Sizing, LimitsThatMissTheTargetAreNamed) {
  SizingOptions options;
  Findings findings;
  options.limits = {parse_limit("conv0.swg->conv0.mvu_dwc=1", findings)};
  const std::string text = refusal(load("scenarios/first-look.yaml"), options);
  EXPECT_TRUE(contains(text,
                       "--limit conv0.swg->conv0.mvu_dwc=1: error: the target of 192 cycles "
                       "a frame cannot be met within the limits"))
      << text;
  EXPECT_TRUE(contains(text, "must be deeper: conv0.swg->conv0.mvu_dwc")) << text;
}

TEST(Sizing, ALimitThatIsNoNumberIsAFinding) {
  for (const char* text : {"a->b", "a->b=", "a->b=x", "a->b=1:y", "a->b=-1"}) {
    Findings findings;
    parse_limit(text, findings);
    EXPECT_FALSE(findings.empty()) << text;
  }
}

TEST(Sizing, ALatencyBelowWhatUnboundedFifosReachIsRefused) {
  SizingOptions options;
  options.latency_us = 1;
  const std::string text = refusal(load("scenarios/first-look.yaml"), options);
  EXPECT_TRUE(contains(text, "with unbounded FIFOs it is 2.71 us")) << text;
}

TEST(SizingJson, HasEveryFifoAndNoHostFigureOutsideOfHost) {
  const Scenario scenario = load("scenarios/first-look.yaml");
  auto one = to_json(size(scenario), {});
  auto two = to_json(size(scenario), {});
  EXPECT_EQ(one["fifos"].size(), 11u);
  EXPECT_EQ(one["minimal"], true);
  EXPECT_EQ(one["sized"]["interval"], 192);
  one.erase("host");
  two.erase("host");
  EXPECT_EQ(one, two);
}

constexpr char kComputable[] =
    "calibration: computable\nsource: \"-\"\nblocks:\n"
    "  mvu: [{capacity: 0, frame_gap: 12}]\n"
    "  sliding_window: [{frames_overlap: false}]\n"
    "  thresholding: [{latency: 10, queue: 11, room_after: 1}]\n"
    "  pad: [{capacity: 1, intake: 0}]\n";

TEST(Sizing, KeepsTheRateOfKernelsWithTheTimingOfACalibration) {
  const TemporaryDirectory directory;
  write_file(directory / "computable.yaml", kComputable);
  const std::string kernels = "kernels=" + (directory / "computable.yaml").string();
  Scenario scenario = load("scenarios/first-look.yaml", {kernels, "stimulus.frames=8"});
  const Sizing sizing = size(scenario);
  EXPECT_TRUE(sizing.minimal);
  EXPECT_EQ(sizing.after.interval, static_cast<std::uint64_t>(sizing.best_interval));
  for (const SizedFifo& fifo : sizing.fifos) scenario.edges.push_back({fifo.name, fifo.depth, {}});
  scenario.data = DataMode::kBitTrue;  // cycle by cycle
  const Result result = run(scenario);
  EXPECT_EQ(result.interval, sizing.after.interval);
  EXPECT_TRUE(result.outputs->matches) << result.outputs->mismatch;
}

/// [cycles] between frames in a run with the depths of `sizing`; 0: it stands still.
std::uint64_t interval_with(Scenario scenario, const Sizing& sizing) {
  scenario.edges.clear();
  for (const SizedFifo& fifo : sizing.fifos) scenario.edges.push_back({fifo.name, fifo.depth, {}});
  scenario.stimulus.frames = 8;
  return run(scenario).interval.value_or(0);
}

TEST(SizingByRuns, KeepsTheRateOfKernelsWithoutASchedule) {
  for (const char* kernels : {"kernels=finn-0.10", "kernels=finn-dev"}) {
    for (const char* file : {"scenarios/first-look.yaml", "scenarios/kws-mlp-w3a3-pynq.yaml"}) {
      SCOPED_TRACE(std::string(file) + " " + kernels);
      const Scenario scenario = load(file, {kernels, "data=none"});
      Findings findings;
      ASSERT_FALSE(stream_graph(lower(scenario, nullptr, findings)));
      Sizing sizing = size(scenario);
      EXPECT_TRUE(sizing.by_runs);
      EXPECT_FALSE(sizing.minimal);
      ASSERT_FALSE(sizing.fifos.empty());
      EXPECT_EQ(sizing.after.interval, static_cast<std::uint64_t>(sizing.target));
      EXPECT_EQ(interval_with(scenario, sizing), sizing.after.interval);
      EXPECT_LT(sizing.cost(), sizing.cost_before());
      // Bisection has gone as low as it can: what is deeper than a beat is so for a reason.
      bool all_shallow = true;
      for (SizedFifo& fifo : sizing.fifos) {
        all_shallow = all_shallow && fifo.depth == 1;
        fifo.depth = 1;
      }
      EXPECT_EQ(interval_with(scenario, sizing) == sizing.after.interval, all_shallow);
    }
  }
}

TEST(SizingByRuns, RefusesTargetsAsEverySizingDoes) {
  const Scenario own = load("scenarios/first-look.yaml", {"kernels="});
  const Scenario finn = load("scenarios/first-look.yaml", {"kernels=finn-0.10"});
  for (const double fps : {-5.0, 0.0, 1e9}) {
    SizingOptions options;
    options.target_fps = fps;
    EXPECT_FALSE(refusal(own, options).empty()) << fps;
    EXPECT_EQ(refusal(finn, options), refusal(own, options)) << fps;
  }
  SizingOptions both;
  both.target_fps = 1;
  both.slack_percent = -1;
  EXPECT_EQ(refusal(finn, both), refusal(own, both));
}

TEST(SizingByRuns, SaysWhatItDoesNotHeed) {
  const Scenario scenario = load("scenarios/first-look.yaml", {"kernels=finn-0.10"});
  SizingOptions options;
  options.latency_us = 1000;
  EXPECT_TRUE(contains(refusal(scenario, options), "is not heeded under the calibration"));
}

}  // namespace
}  // namespace qnnsim::test
