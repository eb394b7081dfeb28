// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/cosim_settings.h"

#include <gtest/gtest.h>

#include "sim/scenario.h"
#include "sim/settings.h"

namespace qnnsim {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

const std::string kRtl = QNNSIM_SOURCE_DIR "/tests/rtl";

/// The section `cosim` that `text` is, as a file in tests/rtl.
std::vector<CosimChoice> choices_of(const std::string& text) {
  Findings findings;
  const YamlPtr root = parse_yaml(text, "tests/rtl/inline.yaml", findings);
  std::vector<CosimChoice> choices = read_cosim({root, "'cosim'", findings}, findings);
  EXPECT_TRUE(findings.empty()) << findings.render();
  return choices;
}

TEST(CosimSettings, AreRtlComparedWithItsModelUnlessToldOtherwise) {
  const auto choices = choices_of("{conv0: {}, conv1: {impl: model}, conv2: {compare: false}}");
  ASSERT_EQ(choices.size(), 3u);
  EXPECT_EQ(choices[0].name, "conv0");
  EXPECT_TRUE(choices[0].rtl);
  EXPECT_TRUE(choices[0].compare);
  EXPECT_FALSE(choices[0].foreign);
  EXPECT_FALSE(choices[1].rtl);
  EXPECT_FALSE(choices[2].compare);
}

TEST(CosimSettings, LetTheMorePreciseNameWin) {
  const auto choices = choices_of("{conv0.mvu: {}, all: {}, conv0: {}, act.threshold: {}}");
  ASSERT_EQ(choices.size(), 4u);
  EXPECT_EQ(choices[0].name, "all");
  EXPECT_EQ(choices[1].name, "conv0");
  EXPECT_EQ(choices[2].name, "conv0.mvu");
  EXPECT_EQ(choices[3].name, "act.threshold");
}

TEST(CosimSettings, ReadRtlOfAnotherHouse) {
  const auto choices = choices_of(
      "act:\n"
      "  sources: [threshold_axi.v, threshold_core.sv]\n"
      "  include_dirs: .\n"
      "  top: threshold_axi\n"
      "  defines: {SYNTHESIS: , DEPTH: 4}\n"
      "  ports:\n"
      "    clock: [ap_clk, ap_clk2x]\n"
      "    reset: clear\n"
      "    reset_active: high\n"
      "    streams: [{name: in0_V}, {name: out, data: q, valid: q_ok, ready: q_go}]\n"
      "    constants: {ap_start: 1}\n");
  ASSERT_TRUE(choices.at(0).foreign);
  const ForeignRtl& rtl = *choices[0].foreign;
  EXPECT_EQ(rtl.sources,
            (std::vector<std::string>{kRtl + "/threshold_axi.v", kRtl + "/threshold_core.sv"}));
  EXPECT_EQ(rtl.include_dirs, std::vector<std::string>{kRtl});
  EXPECT_EQ(rtl.top, "threshold_axi");
  EXPECT_EQ(rtl.defines, (Pairs{{"SYNTHESIS", ""}, {"DEPTH", "4"}}));
  EXPECT_EQ(rtl.directory, kRtl);
  EXPECT_EQ(rtl.ports.clock, "ap_clk");
  EXPECT_EQ(rtl.ports.more_clocks, std::vector<std::string>{"ap_clk2x"});
  EXPECT_EQ(rtl.ports.reset, "clear");
  EXPECT_EQ(rtl.ports.reset_active_low, false);
  ASSERT_EQ(rtl.ports.streams.size(), 2u);
  EXPECT_EQ(rtl.ports.streams[0].name, "in0_V");
  EXPECT_EQ(rtl.ports.streams[0].data, "");
  EXPECT_EQ(rtl.ports.streams[1].ready, "q_go");
  EXPECT_EQ(rtl.ports.constants.at("ap_start"), 1u);
}

TEST(CosimSettings, WriteParametersAsVerilogDoes) {
  const auto choices = choices_of(
      "act:\n"
      "  sources: mvu_axi.sv\n"
      "  top: mvu_axi\n"
      "  directory: ../rtl\n"
      "  parameters:\n"
      "    SMALL: -5\n"
      "    LARGE: 5000000000\n"
      "    MASK: 8'hff\n"
      "    REAL: 1.5\n"
      "    FLAG: true\n"
      "    FILE: weights.dat\n"
      "    DIGITS: \"12\"\n");
  EXPECT_EQ(choices.at(0).foreign->parameters, (Pairs{{"SMALL", "-5"},
                                                      {"LARGE", "64'h12a05f200"},
                                                      {"MASK", "8'hff"},
                                                      {"REAL", "1.5"},
                                                      {"FLAG", "1"},
                                                      {"FILE", "\"weights.dat\""},
                                                      {"DIGITS", "\"12\""}}));
  EXPECT_EQ(choices[0].foreign->directory, kRtl);
}

TEST(CosimSettings, MayComeFromTheCommandLine) {
  Findings findings;
  const YamlPtr root = apply_settings(
      parse_yaml("{cosim: {act: {}}}", "scenario.yaml", findings),
      {"cosim.act.compare=false", "cosim.conv0.mvu={impl: model}", "cosim.conv1.mvu.impl=rtl"},
      findings);
  const auto choices = read_cosim({root->find("cosim")->value, "'cosim'", findings}, findings);
  EXPECT_TRUE(findings.empty()) << findings.render();
  ASSERT_EQ(choices.size(), 3u);
  EXPECT_EQ(choices[0].name, "act");
  EXPECT_FALSE(choices[0].compare);
  EXPECT_EQ(choices[1].name, "conv0.mvu");
  EXPECT_FALSE(choices[1].rtl);
  EXPECT_EQ(choices[2].name, "conv1.mvu");
}

}  // namespace
}  // namespace qnnsim
