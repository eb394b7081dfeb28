// SPDX-License-Identifier: Apache-2.0
#include "sim/cost_model.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "models/block.h"
#include "models/fork.h"
#include "models/memory_blocks.h"
#include "models/mvu.h"
#include "models/sliding_window.h"
#include "models/source.h"
#include "models/thresholding.h"
#include "models/vvu.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

CostModel load(const std::string& name, const std::string& platform) {
  Findings findings;
  const Platform board = load_platform(platform, {}, findings);
  const CostModel model = CostModel::load(name, board, {}, findings);
  if (!findings.empty()) throw InputError(findings);
  return model;
}

MvuParams mvu(int pe, int simd) {
  MvuParams params;
  params.rows = 64;
  params.columns = 576;
  params.pe = pe;
  params.simd = simd;
  params.input_type = DataType::unsigned_integer(4);
  params.weight_type = DataType::signed_integer(4);
  params.output_type = DataType::signed_integer(16);
  return params;
}

TEST(CostModel, AnUnknownNameIsAFinding) {
  Findings findings;
  CostModel::load("mesured", load_platform("pynq-z1", {}, findings), {}, findings);
  ASSERT_EQ(findings.all().size(), 1u);
  EXPECT_EQ(findings.all().front().message, "unknown cost model 'mesured'");
  EXPECT_EQ(findings.all().front().hint, "did you mean 'measured'?");
}

TEST(CostModel, EveryBlockIsMeasuredInBothFamilies) {
  for (const char* platform : {"pynq-z1", "zcu104"}) {
    const CostModel model = load("measured", platform);
    for (const std::string& block : block_names()) {
      EXPECT_TRUE(model.knows(block)) << block << " on " << platform;
    }
    for (const char* fifo : {"fifo_register", "fifo_srl", "fifo_ram"}) {
      EXPECT_TRUE(model.knows(fifo)) << fifo << " on " << platform;
    }
    for (const ResourceKind& kind : kResourceKinds) EXPECT_TRUE(model.estimates(kind));
  }
}

TEST(CostModel, WeightsAreCountedByTheRulesAndAsTheStyleSays) {
  const CostModel model = load("measured", "zcu104");
  MvuParams params = mvu(4, 32);
  const auto with = [&](const char* style) {
    params.memory = style;
    return model.of(Mvu(params));
  };
  params.weight_stream = true;
  const Resources none = with("auto");
  params.weight_stream = false;
  EXPECT_EQ(with("bram").bram18 - none.bram18, bram18_blocks(4 * 32 * 4, 16 * 18));
  EXPECT_EQ(with("bram").uram, 0);
  EXPECT_EQ(with("uram").uram, uram_blocks(4 * 32 * 4, 16 * 18));
  EXPECT_EQ(with("uram").bram18, none.bram18);
  EXPECT_EQ(with("lut").lut - with("bram").lut, rom_luts(4 * 32 * 4, 16 * 18));
  EXPECT_EQ(with("auto"), with("bram"));
}

TEST(CostModel, DspSlicesAreThoseOfTheKernel) {
  const CostModel model = load("measured", "zcu104");
  MvuParams params = mvu(8, 16);
  params.mac = MacStyle::kDsp48e2;
  const Mvu packed(params);
  EXPECT_EQ(model.of(packed).dsp, static_cast<std::int64_t>(packed.dsps()));
  EXPECT_GT(packed.dsps(), 0u);
  params.mac = MacStyle::kLut;
  EXPECT_EQ(model.of(Mvu(params)).dsp, 0);
  EXPECT_GT(model.of(Mvu(params)).lut, model.of(packed).lut);
}

TEST(CostModel, MoreLanesNeverTakeLess) {
  for (const char* platform : {"pynq-z1", "zcu104"}) {
    const CostModel model = load("measured", platform);
    for (const MacStyle mac : {MacStyle::kLut, MacStyle::kDsp48e1}) {
      std::int64_t lut = 0;
      std::int64_t ff = 0;
      for (const auto& [pe, simd] : std::vector<std::pair<int, int>>{{1, 1},
                                                                     {1, 2},
                                                                     {2, 2},
                                                                     {2, 4},
                                                                     {4, 4},
                                                                     {4, 8},
                                                                     {8, 8},
                                                                     {8, 16},
                                                                     {16, 32},
                                                                     {64, 64}}) {
        MvuParams params = mvu(pe, simd);
        params.mac = mac;
        params.memory = "bram";
        params.narrow_weights = true;
        const Resources now = model.of(Mvu(params));
        EXPECT_GE(now.lut, lut) << pe << " x " << simd;
        EXPECT_GE(now.ff, ff) << pe << " x " << simd;
        lut = now.lut;
        ff = now.ff;
      }
    }
    std::int64_t before = 0;
    for (int pe = 1; pe <= 64; pe *= 2) {
      ThresholdingParams params;
      params.channels = 64;
      params.pe = pe;
      params.steps = 15;
      params.output_type = DataType::unsigned_integer(4);
      params.memory = "bram";
      const std::int64_t lut = model.of(Thresholding(params)).lut;
      EXPECT_GT(lut, before);
      before = lut;
    }
  }
}

TEST(CostModel, WiderAndDeeperFifosNeverTakeFewerLutsAndRam) {
  const CostModel model = load("measured", "pynq-z1");
  EXPECT_EQ(model.fifo_style(8, 2), "register");
  EXPECT_EQ(model.fifo_style(8, 32), "srl");
  EXPECT_EQ(model.fifo_style(8, 128), "lut");
  EXPECT_EQ(model.fifo_style(8, 1000), "bram");
  EXPECT_EQ(model.of_fifo(8, 1000).bram18, 1);
  EXPECT_EQ(model.of_fifo(36, 1024).bram18, bram18_blocks(36, 1024));
  EXPECT_GE(model.of_fifo(8, 2).ff, 16) << "two beats in registers";
  for (std::uint64_t depth : {3, 16, 32}) {
    EXPECT_GT(model.of_fifo(64, depth).lut, model.of_fifo(8, depth).lut);
  }
}

TEST(CostModel, WhatIsNoBlockTakesNothingButItsSlices) {
  const CostModel model = load("measured", "pynq-z1");
  const Source source(Port{}, 1, Pressure());
  EXPECT_FALSE(model.knows(source.block()));
  EXPECT_EQ(model.of(source), Resources{});
  EXPECT_EQ(CostModel().of(source), Resources{});
}

TEST(CostModel, FinnSaysWhatItsFormulasSay) {
  // By hand from facts of Xilinx/finn: MVAU_rtl dsp_estimation ceil(PE / 4) SIMD, MVAU_hls
  // lut_estimation, bram_estimation.
  const CostModel model = load("finn", "zcu104");
  EXPECT_FALSE(model.estimates(kResourceKinds[1])) << "FINN estimates no flip-flops";
  MvuParams params = mvu(8, 16);
  params.mac = MacStyle::kDsp48e2;
  Resources use = model.of(Mvu(params));
  EXPECT_EQ(use.dsp, 2 * 16);
  EXPECT_EQ(use.lut, 0);
  EXPECT_EQ(use.bram18, 15) << "288 words of 512 bits: ceil(512 / 36)";
  params.mac = MacStyle::kLut;
  use = model.of(Mvu(params));
  // mult 16 x (2 x 2 - 1) x 8, adder 8 x 31, accumulator 16: alpha = log2(576) + 6 = 15.17
  EXPECT_EQ(use.lut, std::llround(300 + 1.1 * 8 * (384 + 248 + 16)));
  EXPECT_EQ(use.dsp, 0);

  SlidingWindowParams window;
  window.height = window.width = 8;
  window.channels = window.simd = 4;
  window.kernel_h = window.kernel_w = 3;
  window.type = DataType::unsigned_integer(4);
  EXPECT_EQ(model.of(SlidingWindow(window)).lut, 300);
  EXPECT_EQ(model.of_fifo(8, 32).lut, 2 * 5 + 4);
  EXPECT_EQ(model.of_fifo(8, 256).bram18, 0) << "shift registers up to 256 beats";
  EXPECT_EQ(model.of_fifo(8, 1024).bram18, 1);
  EXPECT_FALSE(model.knows("fork"));
}

TEST(CostModel, IsFastEnoughForASearch) {
  const CostModel model = load("measured", "zcu104");
  const Mvu kernel(mvu(4, 32));
  constexpr int kCalls = 2000;
  const auto start = std::chrono::steady_clock::now();
  std::int64_t sum = 0;
  for (int i = 0; i < kCalls; ++i) sum += model.of(kernel).lut;
  const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - start;
  EXPECT_GT(sum, 0);
  // A release build takes about 5 us; sanitizers and other processes may slow it down.
  EXPECT_LT(taken.count() / kCalls, 200) << "[us] a call";
}

TEST(CostModel, AFileThatChangesIsReadAgain) {
  const TemporaryDirectory configs;
  const std::filesystem::path file = configs / "costs/mine.yaml";
  std::filesystem::create_directory(file.parent_path());
  Findings findings;
  const Platform board = load_platform("pynq-z1", {}, findings);
  setenv("QNNSIM_CONFIGS", (configs / "").c_str(), 1);
  const auto luts = [&](int each) {
    write_file(file,
               "costs: mine\nsource: none\nfifo_srl_depth: 32\nblocks:\n"
               "  - {block: fifo_srl, family: any, lut: {width: " +
                   std::to_string(each) + "}}\n");
    std::filesystem::last_write_time(file,
                                     std::filesystem::file_time_type(std::chrono::hours(each)));
    return CostModel::load("mine", board, {}, findings).of_fifo(8, 32).lut;
  };
  EXPECT_EQ(luts(3), 24);
  EXPECT_EQ(luts(5), 40);
  EXPECT_EQ(findings.render(), "");
  unsetenv("QNNSIM_CONFIGS");
}

TEST(CostModel, IsReadOnceForAllScenarios) {
  load("measured", "zcu104");
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) load("measured", "pynq-z1");
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  EXPECT_LT(spent.count(), 0.5) << "reading it a hundred times takes some seconds";
}

}  // namespace
}  // namespace qnnsim::test
