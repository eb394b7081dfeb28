// SPDX-License-Identifier: Apache-2.0
//
// What multiplies, from the scenario to the result. Illegal wishes: tests/bad/folding_compute.yaml.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/scenario_files.h"

namespace qnnsim::test {
namespace {

// conv0.mvu: INT8 x INT4, PE 1, SIMD 6; fc0.mvu: UINT2 x INT4, PE 1, SIMD 2.
Result first_look(const std::vector<std::string>& settings) {
  return run(load("scenarios/first-look.yaml", settings));
}

std::uint64_t dsps(const Result& result, const std::string& kernel) {
  return std::find_if(result.kernels.begin(), result.kernels.end(),
                      [&](const KernelResult& each) { return each.name == kernel; })
      ->dsps;
}

TEST(Compute, AutoTakesDspsFromFourBitsOn) {
  const Result result = first_look({});
  EXPECT_EQ(dsps(result, "conv0.mvu"), 6u);
  EXPECT_EQ(dsps(result, "fc0.mvu"), 0u);
  EXPECT_EQ(result.dsps(), 6u);
  EXPECT_EQ(result.resources.limits.dsp, 220);
}

TEST(Compute, LutAndDspAreTakenAtTheirWord) {
  EXPECT_EQ(first_look({"folding.conv0.mvu.compute=lut"}).dsps(), 0u);
  const Result result = first_look({"folding.default.compute=dsp"});
  EXPECT_EQ(dsps(result, "conv0.mvu"), 6u);
  EXPECT_EQ(dsps(result, "fc0.mvu"), 2u);
}

TEST(Compute, ThePlatformSaysWhichSlices) {
  // Chains of three columns instead of lanes of two rows.
  const Result result = first_look({"platform=vck190"});
  EXPECT_EQ(dsps(result, "conv0.mvu"), 2u);
}

TEST(Compute, IdleLanesAreNoted) {
  const Result result = first_look({});
  EXPECT_EQ(result.notes,
            std::vector<std::string>{"conv0.mvu: PE=1 on 2-lane DSP48E1: 1 of 2 lanes idle; PE=2 "
                                     "costs the same DSPs"});
  EXPECT_TRUE(first_look({"folding.conv0.mvu.pe=2"}).notes.empty());
  EXPECT_EQ(first_look({"folding.conv0.mvu.pe=2"}).dsps(), 6u);
}

TEST(Compute, MoreDspsThanThePlatformHasAreAWarning) {
  Scenario scenario = load("scenarios/first-look.yaml");
  scenario.platform.dsp = 5;
  const Result result = run(scenario);
  ASSERT_FALSE(result.warnings.empty());
  EXPECT_EQ(result.warnings.front(),
            "the design takes 6 DSP, but pynq-z1 has 5, 1 too few: reduce pe or simd, or set "
            "compute: lut");
}

TEST(Compute, WhatMultipliesChangesNeitherCyclesNorValues) {
  const Result lut = first_look({"folding.default.compute=lut", "data=bit_true"});
  const Result dsp = first_look({"folding.default.compute=dsp", "data=bit_true"});
  expect_same_counts(lut, dsp);
  EXPECT_EQ(lut.outputs->sha256, dsp.outputs->sha256);
}

/// [slices] of the matrix units, without the layer `first`.
std::uint64_t mvu_dsps(const Dataflow& dataflow, const std::string& first) {
  std::uint64_t sum = 0;
  for (const KernelNode& node : dataflow.nodes) {
    if (node.kind == "mvu" && node.layer != first) sum += node.kernel->dsps();
  }
  return sum;
}

std::uint64_t layer_dsps(const Dataflow& dataflow, const std::string& kernel) {
  for (const KernelNode& node : dataflow.nodes) {
    if (node.name == kernel) return node.kernel->dsps();
  }
  return 0;
}

// Xilinx/finn estimates ceil(PE / 4) * SIMD (matrixvectoractivation_rtl.py, dsp_estimation), which
// is right for 4 x 4 bits on a DSP48E2. Foldings: Xilinx/finn-examples.
TEST(Compute, FourBitLayersOfPublishedSystemsTakeWhatFinnEstimates) {
  const PreparedRun mobilenet = prepare(load("scenarios/mobilenet-v1-zcu104.yaml"));
  EXPECT_EQ(mvu_dsps(mobilenet.dataflow, "conv0"), 672u);
  const PreparedRun vgg = prepare(load("scenarios/vgg10-radioml-zcu104.yaml"));
  EXPECT_EQ(mvu_dsps(vgg.dataflow, "conv0"), 1032u);
  // Their first layers are wider. MobileNet: 8 x 8 bits, two lanes, PE 16, SIMD 3; VGG: 4 x 8 bits,
  // three lanes, PE 32, SIMD 6.
  EXPECT_EQ(layer_dsps(mobilenet.dataflow, "conv0.mvu"), 8u * 3u);
  EXPECT_EQ(layer_dsps(vgg.dataflow, "conv0.mvu"), 11u * 6u);
}

}  // namespace
}  // namespace qnnsim::test
