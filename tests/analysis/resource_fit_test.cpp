// SPDX-License-Identifier: Apache-2.0
#include "analysis/resource_fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "models/kraken/kraken_params.h"
#include "models/memory_blocks.h"
#include "sim/formula.h"

namespace qnnsim::test {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(QNNSIM_SOURCE_DIR "/" + path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::vector<ResourceMeasurement>& measurements() {
  static const std::vector<ResourceMeasurement> all =
      read_measurements(text_of("configs/costs/measurements.csv"));
  return all;
}

std::vector<BlockFit> committed_fit() {
  Findings findings;
  const auto features =
      load_features(QNNSIM_SOURCE_DIR "/scripts/resource_features.yaml", findings);
  EXPECT_TRUE(findings.empty()) << findings.render();
  return fit(measurements(), features);
}

ResourceMeasurement point(std::int64_t pe, std::int64_t lut) {
  ResourceMeasurement one;
  one.block = "block";
  one.family = "xc7";
  one.parameters = "Pe=" + std::to_string(pe);
  one.traits = {{"pe", pe}};
  one.logic.lut = lut;
  return one;
}

TEST(ResourceFit, FindsTheFactorsThatMadeThePoints) {
  std::vector<ResourceMeasurement> points;
  for (const int pe : {1, 2, 3, 5, 8}) points.push_back(point(pe, 20 * pe + 3 * pe * pe));
  const auto fits = fit(points, {{"block", {"pe", "pe ^ 2", "pe ^ 3"}, {}, {}}});
  ASSERT_EQ(fits.size(), 2u);
  EXPECT_EQ(fits[0].family, "xc7");
  EXPECT_EQ(fits[0].points, 5u);
  ASSERT_TRUE(fits[0].lut);
  EXPECT_FALSE(fits[0].ff) << "no point has any";
  ASSERT_EQ(fits[0].lut->terms.size(), 2u);
  EXPECT_NEAR(fits[0].lut->terms[0].second, 20, 1e-6);
  EXPECT_NEAR(fits[0].lut->terms[1].second, 3, 1e-6);
  EXPECT_NEAR(fits[0].lut->error.worst_percent, 0, 1e-6);
  EXPECT_NEAR(fits[0].lut->error.r2, 1, 1e-9);
}

TEST(ResourceFit, PointsOfTheOtherFamilyStandIn) {
  const auto fits = fit({point(1, 10), point(2, 20), point(4, 40)}, {{"block", {"pe"}, {}, {}}});
  ASSERT_EQ(fits.size(), 2u);
  EXPECT_EQ(fits[1].family, "xcup");
  EXPECT_EQ(fits[1].points, 0u);
  EXPECT_EQ(fits[1].stand_ins, 3u);
  EXPECT_NEAR(fits[1].lut->terms.front().second, 10, 1e-9);
}

TEST(ResourceFit, ErrorsAreThoseOfPointsThatWereLeftOut) {
  // Without the last point the factor is 10, so that it is foretold as 40 instead of 80.
  std::vector<ResourceMeasurement> points = {point(1, 10), point(2, 20), point(4, 80)};
  const auto fits = fit(points, {{"block", {"pe"}, {}, {}}});
  EXPECT_NEAR(fits[0].lut->error.worst_percent, 50, 25.1);
  EXPECT_GE(fits[0].lut->error.worst_percent, 50);
}

TEST(ResourceFit, MemoriesAreNotFitted) {
  ResourceMeasurement one = point(4, 100);
  one.logic.ff = 50;
  one.logic.dsp = 3;
  one.memory.lut = 16;
  one.traits["dsps"] = 2;
  one.memories = {{16, 24, "lut", 1, false}, {16, 10, "lut", 1, true}, {600, 10, "bram", 1, true}};
  // RAM32M of 24 bits, and a ROM that Yosys makes of logic.
  EXPECT_EQ(to_be_explained(one).lut, 100 + 16 - 16 - 10);
  EXPECT_EQ(to_be_explained(one).ff, 50 - 24 - 10);
  EXPECT_EQ(to_be_explained(one).dsp, 1);
}

TEST(ResourceFit, RowsAreReadWithTheirQuotes) {
  const auto rows = read_measurements(
      "block,family,module,parameters,traits,memories,lut,lutram,srl,inverters,carry,muxes,ff,dsp,"
      "bram18,uram,seconds\n"
      "fork,xc7,qnn_fork,\"A=1 S=\"\"x\"\"\",pe=4 simd=2,16x8x2:lut 4x1x1:bram:rom:unclocked,"
      "1,2,3,4,5,6,7,8,9,10,1.0\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].parameters, "A=1 S=\"x\"");
  EXPECT_EQ(rows[0].traits, (Traits{{"pe", 4}, {"simd", 2}}));
  EXPECT_EQ(rows[0].logic.lut, 1 + 3 + 4);
  EXPECT_EQ(rows[0].memory.lut, 2);
  EXPECT_EQ(rows[0].memory.bram18, 9);
  ASSERT_EQ(rows[0].memories.size(), 2u);
  EXPECT_EQ(rows[0].memories[0].copies, 2);
  EXPECT_TRUE(rows[0].memories[0].clocked);
  EXPECT_TRUE(rows[0].memories[1].read_only);
  EXPECT_FALSE(rows[0].memories[1].clocked);
}

TEST(CommittedCosts, FollowFromTheCommittedMeasurements) {
  EXPECT_EQ(to_yaml(committed_fit()), text_of("configs/costs/measured.yaml"))
      << "scripts/measure_resources fits anew";
}

TEST(CommittedCosts, TheDocumentShowsTheirErrors) {
  EXPECT_NE(text_of("docs/resources.md").find(error_table(committed_fit())), std::string::npos)
      << "the table of docs/resources.md is that of qnnsim_fit_resources";
}

TEST(CommittedCosts, NoFactorIsNegative) {
  for (const BlockFit& block : committed_fit()) {
    for (const auto* one : {&block.lut, &block.ff, &block.dsp}) {
      if (!*one) continue;
      for (const auto& [formula, factor] : (*one)->terms) EXPECT_GT(factor, 0) << formula;
    }
  }
}

/// What a fit says of a point.
double estimate(const ResourceFit& fit, const Traits& traits) {
  double sum = 0;
  for (const auto& [formula, factor] : fit.terms) sum += factor * Formula(formula)(traits);
  return sum;
}

TEST(CommittedCosts, AreAsNearToTheMeasurementsAsTheySay) {
  // A point that the fit knows is foretold better than one that was left out.
  for (const BlockFit& block : committed_fit()) {
    double lut = 0;
    std::size_t points = 0;
    for (const ResourceMeasurement& one : measurements()) {
      if (one.block != block.block || one.family != block.family) continue;
      const auto whole = double((one.logic + one.memory).lut);
      const double error = estimate(*block.lut, one.traits) - double(to_be_explained(one).lut);
      lut += 100 * std::abs(error) / std::max(whole, 8.0);
      ++points;
    }
    if (points == 0) continue;
    EXPECT_LE(lut / double(points), block.lut->error.mean_percent + 1.0)
        << block.block << " " << block.family;
  }
}

TEST(CommittedMeasurements, MemoriesOfGivenStyleAreTheBlocksOfTheRules) {
  // Yosys may find a cheaper shape than the table, but no point where it needs more.
  std::size_t compared = 0;
  std::size_t equal = 0;
  for (const ResourceMeasurement& one : measurements()) {
    std::int64_t expected = 0;
    bool given = !one.memories.empty();
    for (const KernelMemory& memory : one.memories) {
      if (memory.style == "auto") given = false;
      expected += memory_blocks(memory, LutRam::kQuads).bram18;
    }
    if (!given || expected == 0) continue;
    ++compared;
    equal += one.memory.bram18 == expected ? 1 : 0;
    EXPECT_LE(one.memory.bram18, expected) << one.block << " " << one.parameters;
  }
  EXPECT_GE(compared, 20u);
  EXPECT_GE(double(equal), 0.6 * double(compared));
}

TEST(CommittedMeasurements, DspSlicesOfMatrixUnitsAreThoseOfTheKernels) {
  std::size_t slices = 0;
  for (const ResourceMeasurement& one : measurements()) {
    if (one.block != "mvu" && one.block != "vvu") continue;
    EXPECT_EQ(one.logic.dsp, one.traits.at("dsps")) << one.parameters;
    slices += one.traits.at("dsps") > 0 ? 1 : 0;
  }
  EXPECT_GE(slices, 10u);
}

TEST(CommittedMeasurements, DspSlicesOfTheKrakenArrayAreThoseOfTheRule) {
  std::size_t slices = 0;
  std::size_t none = 0;
  for (const ResourceMeasurement& one : measurements()) {
    if (one.block != "kraken_array") continue;
    KrakenParams params;
    params.rows = static_cast<int>(one.traits.at("rows"));
    params.columns = static_cast<int>(one.traits.at("columns"));
    params.bits_input = static_cast<int>(one.traits.at("bits_input"));
    params.bits_weights = static_cast<int>(one.traits.at("bits_weights"));
    EXPECT_EQ(one.logic.dsp, static_cast<std::int64_t>(kraken_dsps(params))) << one.parameters;
    ++(one.logic.dsp > 0 ? slices : none);
  }
  EXPECT_GE(slices, 5u);
  EXPECT_GE(none, 3u);
}

}  // namespace
}  // namespace qnnsim::test
