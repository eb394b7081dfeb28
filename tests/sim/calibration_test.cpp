// SPDX-License-Identifier: Apache-2.0
//
// Calibrations that are wrong: tests/bad/calibration_*.yaml.
#include "sim/calibration.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "models/add.h"
#include "models/block.h"
#include "models/mvu.h"
#include "models/timed_kernel.h"
#include "sim/fast/stream_graph.h"
#include "sim/platform.h"
#include "sim/yaml_reader.h"
#include "tests/models/draw.h"
#include "tests/sim/random_design.h"
#include "tests/sim/scenario_files.h"
#include "tests/sim/temporary_file.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

std::shared_ptr<const Calibration> read(const std::string& text) {
  Findings findings;
  const auto calibration =
      load_calibration(write_temporary("mine.yaml", text), {"kernels", 0, 0}, findings);
  EXPECT_EQ(findings.render(), "");
  return calibration;
}

constexpr char kMine[] =
    "calibration: mine\n"
    "source: \"measured\"\n"
    "blocks:\n"
    "  mvu:\n"
    "    - when: \"folds_out == 1\"\n"
    "    - when: \"weight_bits >= 4\"\n"
    "      flow: frozen\n"
    "      latency: {constant: 5.6, \"clog2(simd)\": 1.5}\n"
    "      queue: 2\n"
    "      room_after: 1\n"
    "      capacity: \"2 ^ clog2(folds_in)\"\n"
    "      hold: issue\n"
    "      frames_overlap: false\n"
    "      evidence: \"traces/mine\"\n"
    "      error: {points: 12, held_out: 4, beats: 12345, worst_cycles: 3}\n"
    "    - latency: 9\n";

MvuParams mvu(int rows, int weight_bits) {
  MvuParams p;
  p.rows = rows;
  p.columns = 12;
  p.simd = 4;
  p.vectors = 5;
  p.weight_type = DataType::signed_integer(weight_bits);
  return p;
}

AddParams two_inputs() {
  AddParams p;
  p.input_types.resize(2, DataType::signed_integer(4));
  return p;
}

TEST(Calibration, TheFirstEntryThatHoldsSaysTheTiming) {
  const auto mine = read(kMine);
  EXPECT_FALSE(mine->timing(Mvu(mvu(1, 4)))) << "an entry without timing keeps the kernel's own";
  const KernelTiming frozen = mine->timing(Mvu(mvu(2, 4))).value();
  EXPECT_EQ(frozen.flow, FlowControl::kFrozen);
  EXPECT_EQ(frozen.latency, 9) << "5.6 + 1.5 x 2, rounded";
  EXPECT_EQ(frozen.queue, 2);
  EXPECT_EQ(frozen.room_after, 1);
  EXPECT_EQ(frozen.capacity, 4) << "2 ^ clog2(3)";
  EXPECT_EQ(frozen.release, 1) << "not given: the kernel's own";
  EXPECT_FALSE(frozen.frames_overlap);
  const KernelTiming last = mine->timing(Mvu(mvu(2, 3))).value();
  EXPECT_EQ(last.flow, FlowControl::kCredits);
  EXPECT_EQ(last.latency, 9);
  EXPECT_EQ(last.queue, 9) << "not given: does not hold the pipeline back";
  EXPECT_EQ(last.capacity, 6) << "not given: the kernel's own";
  EXPECT_FALSE(mine->timing(Add(two_inputs()))) << "a block that is not there keeps its own";
}

TEST(Calibration, AFormulaThatNamesAnUnknownTraitIsToldOfWithTheNearestOne) {
  const auto wrong =
      read("calibration: mine\nsource: \"-\"\nblocks: {mvu: [{latency: \"1 + weight_bit\"}]}\n");
  try {
    wrong->timing(Mvu(mvu(2, 4)));
    FAIL() << "the formula was accepted";
  } catch (const ParameterError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'weight_bits'?"), std::string::npos)
        << error.what();
  }
}

TEST(Calibration, TimesEveryBlockThatHasASchedule) {
  const std::map<std::string, std::string> parameters = {
      {"concat", "{channels: [4, 8], pe: 2, input_type: INT4, output_type: INT4}"},
      {"top_k", "{channels: 6, pe: 3, k: 2, input_type: INT8}"},
      {"reorder_buffer", "{lanes: 1, type: INT4, block: 6, outer: 2, inner: 6}"}};
  for (const auto& [block, text] : parameters) {
    const auto mine =
        read("calibration: mine\nsource: \"measured\"\nblocks: {" + block + ": [{latency: 7}]}\n");
    Findings findings;
    YamlReader reader(load_yaml(write_temporary("block.yaml", text), {}, findings), "it", findings);
    const std::unique_ptr<Kernel> kernel = blocks().at(block)(reader);
    reader.finish();
    EXPECT_EQ(findings.render(), "");
    EXPECT_EQ(kernel->block(), block);
    ASSERT_TRUE(mine->timing(*kernel)) << block;
    EXPECT_EQ(mine->timing(*kernel)->latency, 7);
  }
}

TEST(Calibration, WhatIsWrittenReadsBackTheSame) {
  const std::string once = to_yaml(*read(kMine));
  EXPECT_EQ(to_yaml(*read(once)), once);
  EXPECT_NE(once.find("capacity: \"2 ^ clog2(folds_in)\"\n"), std::string::npos) << once;
  EXPECT_NE(once.find("{constant: 5.6, clog2(simd): 1.5}"), std::string::npos) << once;
}

TEST(Calibration, ThoseThatComeWithTheProgramAreRight) {
  for (const std::string& name : config_names("calibrations")) {
    Findings findings;
    EXPECT_NE(load_calibration(name, {"kernels", 0, 0}, findings), nullptr);
    EXPECT_EQ(findings.render(), "");
  }
}

/// A calibration with the timing of our own kernels.
constexpr char kOurs[] =
    "calibration: ours\nsource: \"-\"\nblocks:\n"
    "  mvu: [{room_after: 0}]\n  sliding_window: [{room_after: 0}]\n  pad: [{room_after: 0}]\n"
    "  thresholding: [{room_after: 0}]\n  fork: [{room_after: 0}]\n"
    "  width_converter: [{room_after: 0}]\n";

TEST(Calibration, OfOurOwnTimingChangesNothing) {
  const TemporaryDirectory directory;
  write_file(directory / "ours.yaml", kOurs);
  const std::string kernels = "kernels=" + (directory / "ours.yaml").string();
  for (std::uint64_t seed = 1; seed <= 40 && !HasFailure(); ++seed) {
    RandomDesign design(seed);
    write_file(directory / "network.yaml", design.network());
    write_file(directory / "scenario.yaml", design.scenario("network.yaml"));
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + design.network());
    const Result plain = run(load(directory / "scenario.yaml"));
    const Result timed = run(load(directory / "scenario.yaml", {kernels}));
    expect_same_counts(timed, plain);
    EXPECT_EQ(timed.outputs->sha256, plain.outputs->sha256);
    EXPECT_EQ(timed.status, plain.status);
    for (std::size_t i = 0; i < plain.kernels.size(); ++i) {
      EXPECT_EQ(timed.kernels[i].frame_interval, plain.kernels[i].frame_interval);
    }
  }
}

/// Any timing that some kernels can have; one that can be computed with times of beats, if
/// `computable`.
std::string any_timing(Draw& draw, bool computable) {
  const auto number = [&](int low, int high) { return std::to_string(draw.between(low, high)); };
  std::string yaml = "calibration: any\nsource: \"-\"\nblocks:\n";
  const auto entry = [&](const std::string& block, const std::string& more, bool issues = true) {
    if (draw.one_in(5)) return;
    yaml += "  " + block + ": [{latency: " + number(2, 12) + ", queue: " + number(1, 14) +
            ", room_after: " + number(0, 1) + ", release: " + number(1, 3);
    if (!computable) yaml += ", start: " + number(0, 6) + ", interval: " + number(1, 2);
    if (!computable || issues) yaml += ", frame_gap: " + number(0, 9);
    if (draw.one_in(3)) yaml += ", frames_overlap: false";
    yaml += more + "}]\n";
  };
  const auto flow = [&] {
    return computable ? "" : ", flow: " + draw.pick<std::string>({"credits", "frozen", "locked"});
  };
  const auto buffer = [&](std::vector<std::string> all, const std::vector<std::string>& others) {
    if (!computable) all.insert(all.end(), others.begin(), others.end());
    return draw.pick(all);
  };
  entry("mvu", flow() + buffer({"", ", capacity: 0", ", capacity: \"3 * folds_in\", intake: 3"},
                               {", capacity: \"2 ^ max(1, clog2(folds_in))\"",
                                ", capacity: \"2 * folds_in + 1\", fetch: 1"}));
  entry("vvu", flow() + buffer({"", ", capacity: 3, intake: 0"}, {}));
  entry("thresholding", flow() + buffer({"", ", capacity: 2"}, {}));
  entry("sliding_window", flow() + buffer({"", ", intake: 2"}, {", capacity: 0"}), false);
  entry("pad", flow() + buffer({"", ", capacity: 1, intake: 0"}, {}));
  entry("pool", flow());
  entry("fork", "", false);
  entry("add", ", capacity: 2");
  entry("width_converter",
        flow() + buffer({"", ", capacity: \"group / lanes_in + 1\", intake: 0, hold: output"},
                        {", capacity: 0"}),
        false);
  return yaml;
}

/// Same counts of both engines; one run a program has SystemC, so the plain loop in both orders
/// stands for it here and tests/sim/engines_test.cpp compares with SystemC.
TEST(Calibration, AnyTimingGivesTheValuesOfTheReferenceAndTheSameCyclesByTimesOfBeats) {
  const TemporaryDirectory directory;
  int done = 0;
  int computed = 0;
  for (std::uint64_t seed = 1; seed <= 120 && !HasFailure(); ++seed) {
    Draw draw(seed);
    RandomDesign design(seed);
    const std::string timing = any_timing(draw, seed % 3 != 0);
    write_file(directory / "any.yaml", timing);
    write_file(directory / "network.yaml", design.network());
    write_file(directory / "scenario.yaml", design.scenario("network.yaml"));
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + design.network() + timing);
    const std::string kernels = "kernels=" + (directory / "any.yaml").string();
    const Result values = run(load(directory / "scenario.yaml", {kernels}));
    const Scenario beats = load(directory / "scenario.yaml", {kernels, "data=none"});
    computed += stream_graph(prepare(beats).dataflow) ? 1 : 0;
    expect_same_counts(values, run(beats));
    Simulation reverse(prepare(beats).dataflow, {});
    run_cycles(reverse, ProcessOrder::kReverse);
    EXPECT_EQ(reverse.dataflow().sink().frame_ends(), values.frame_ends);
    if (values.status != RunStatus::kDone) continue;
    EXPECT_TRUE(values.outputs->matches) << values.outputs->mismatch;
    ++done;
  }
  EXPECT_GT(done, 60);
  EXPECT_GT(computed, 40);
}

}  // namespace
}  // namespace qnnsim::test
