// SPDX-License-Identifier: Apache-2.0
#include "models/mac_style.h"

#include <gtest/gtest.h>

#include <string>

#include "models/mvu.h"
#include "models/vvu.h"
#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

DataType int_type(int bits) { return DataType::signed_integer(bits); }
DataType uint_type(int bits) { return DataType::unsigned_integer(bits); }

MacArray array(MacStyle style, int pe, int simd, DataType weight, DataType activation) {
  MacArray a;
  a.style = style;
  a.pe = pe;
  a.simd = simd;
  a.weight = weight;
  a.activation = activation;
  a.result_bits = 24;
  return a;
}

TEST(MacArray, RowsShareDsp48Slices) {
  // Four lanes of 4 x 4 bits: ceil(PE / 4) * SIMD, Xilinx/finn
  // src/finn/custom_op/fpgadataflow/rtl/matrixvectoractivation_rtl.py, dsp_estimation.
  MacArray a = array(MacStyle::kDsp48e2, 8, 9, int_type(4), uint_type(4));
  EXPECT_EQ(a.dsps(), 2u * 9u);
  a.pe = 6;
  EXPECT_EQ(a.dsps(), 2u * 9u);
  a.mmv = 3;
  EXPECT_EQ(a.dsps(), 3u * 2u * 9u);
  // Two lanes of 8 x 8 bits: twice that estimate.
  EXPECT_EQ(array(MacStyle::kDsp48e2, 8, 9, int_type(8), uint_type(8)).dsps(), 4u * 9u);
  // DSP48E1 has a fourth lane for narrow weights only.
  a = array(MacStyle::kDsp48e1, 4, 1, int_type(4), uint_type(4));
  EXPECT_EQ(a.dsps(), 2u);
  a.narrow = true;
  EXPECT_EQ(a.dsps(), 1u);
}

TEST(MacArray, ColumnsShareDsp58Slices) {
  EXPECT_EQ(array(MacStyle::kDsp58, 4, 9, int_type(8), uint_type(8)).dsps(), 4u * 3u);
  EXPECT_EQ(array(MacStyle::kDsp58, 4, 10, int_type(8), int_type(9)).dsps(), 4u * 4u);
}

TEST(MacArray, RowsShareDsp58SlicesWhereThatTakesFewer) {
  // 8 x 8 bits: a chain of a row takes ceil(SIMD / 3), two rows together SIMD.
  EXPECT_EQ(array(MacStyle::kDsp58, 4, 1, int_type(8), uint_type(8)).dsps(), 2u);
  // Nine lanes of 2 x 2 bits.
  EXPECT_EQ(array(MacStyle::kDsp58, 9, 3, int_type(2), uint_type(2)).dsps(), 3u);
  // Wider than 9 x 8 bits: two lanes of 8 x 9, but unsigned nine bits are ten.
  EXPECT_EQ(array(MacStyle::kDsp58, 4, 9, int_type(8), uint_type(9)).dsps(), 2u * 9u);
}

TEST(MacArray, DepthwiseRowsShareNoDsp48Slice) {
  MacArray a = array(MacStyle::kDsp48e2, 8, 9, int_type(4), uint_type(4));
  a.depthwise = true;
  EXPECT_EQ(a.dsps(), 8u * 9u);
  EXPECT_EQ(a.idle_lanes(8, 9), "");
  a.style = MacStyle::kDsp58;
  EXPECT_EQ(a.dsps(), 8u * 3u);
}

TEST(MacArray, LutsTakeNoSlice) {
  const MacArray a = array(MacStyle::kLut, 7, 5, int_type(8), uint_type(32));
  EXPECT_EQ(a.dsps(), 0u);
  EXPECT_EQ(a.idle_lanes(7, 5), "");
  EXPECT_EQ(a.refusal(), "");
}

TEST(MacArray, NamesIdleLanesAndWhatWouldUseThem) {
  const MacArray six = array(MacStyle::kDsp48e2, 6, 1, int_type(4), uint_type(4));
  EXPECT_EQ(six.idle_lanes(24, 1),
            "PE=6 on 4-lane DSP48E2: 2 of 8 lanes idle; PE=8 costs the same DSPs");
  EXPECT_EQ(six.idle_lanes(18, 1),
            "PE=6 on 4-lane DSP48E2: 2 of 8 lanes idle; 18 has no divisor from 7 to 8");
  EXPECT_EQ(array(MacStyle::kDsp48e2, 8, 1, int_type(4), uint_type(4)).idle_lanes(24, 1), "");
  EXPECT_EQ(array(MacStyle::kDsp48e1, 1, 1, int_type(8), uint_type(8)).idle_lanes(10, 1),
            "PE=1 on 2-lane DSP48E1: 1 of 2 lanes idle; PE=2 costs the same DSPs");
  EXPECT_EQ(array(MacStyle::kDsp58, 2, 4, int_type(8), uint_type(8)).idle_lanes(2, 36),
            "SIMD=4 on 3-lane DSP58: 2 of 6 lanes idle; SIMD=6 costs the same DSPs");
}

TEST(MacArray, WhatUsesIdleLanesCostsTheSame) {
  int remedies = 0;
  for (std::uint64_t seed = 1; seed <= 5000; ++seed) {
    Draw draw(seed);
    const int rows = draw.between(1, 64);
    const int columns = draw.between(1, 64);
    MacArray a = array(draw.pick({MacStyle::kDsp48e1, MacStyle::kDsp48e2, MacStyle::kDsp58}),
                       draw.divisor(rows), draw.divisor(columns), int_type(draw.between(2, 9)),
                       uint_type(draw.between(2, 9)));
    a.depthwise = draw.one_in(4);
    a.narrow = draw.one_in(2);
    const std::string sentence = a.idle_lanes(rows, columns);
    if (sentence.find("costs the same") == std::string::npos) continue;
    ++remedies;
    const std::string remedy = sentence.substr(sentence.find("; ") + 2);  // "PE=8 costs ..."
    MacArray better = a;
    (remedy[0] == 'P' ? better.pe : better.simd) = std::stoi(remedy.substr(remedy.find('=') + 1));
    EXPECT_EQ(better.dsps(), a.dsps()) << sentence;
    EXPECT_GT(better.pe * better.simd, a.pe * a.simd) << sentence;
    EXPECT_EQ(rows % better.pe, 0) << sentence;
    EXPECT_EQ(columns % better.simd, 0) << sentence;
  }
  EXPECT_GT(remedies, 500);
}

TEST(MacArray, RefusesOperandsThatASliceDoesNotTake) {
  const auto refusal = [](MacStyle style, DataType weight, DataType activation) {
    return array(style, 1, 1, weight, activation).refusal();
  };
  EXPECT_EQ(refusal(MacStyle::kDsp48e2, int_type(16), int_type(18)), "");
  EXPECT_EQ(refusal(MacStyle::kDsp48e2, int_type(4), uint_type(18)),
            "INT4 x UINT18 is 4 x 19 bits in two's complement, but a DSP48E2 multiplies up to "
            "27 x 18");
  EXPECT_EQ(refusal(MacStyle::kDsp58, int_type(4), uint_type(23)), "");
  EXPECT_NE(refusal(MacStyle::kDsp58, int_type(4), uint_type(24)), "");
  EXPECT_EQ(refusal(MacStyle::kDsp48e1, uint_type(24), uint_type(17)), "");
  EXPECT_NE(refusal(MacStyle::kDsp48e1, uint_type(25), uint_type(17)), "");
}

TEST(MacArray, RefusesSumsThatOutgrowTheTopLane) {
  MacArray a = array(MacStyle::kDsp48e2, 2, 1, uint_type(2), uint_type(16));
  a.result_bits = 26;
  a.folds = 32;  // of 18 bits in the 24 bits from bit 24 on
  EXPECT_EQ(a.refusal(), "");
  a.folds = 33;
  EXPECT_EQ(a.refusal(),
            "sums of 33 products UINT2 x UINT16 in 26 bits outgrow the top lane of a "
            "DSP48E2");
  a.result_bits = 24;  // then they wrap round as they should
  EXPECT_EQ(a.refusal(), "");
  a.result_bits = 26;
  a.depthwise = true;
  EXPECT_EQ(a.refusal(), "");
}

TEST(MacArray, StylesHaveTheNamesOfPlatforms) {
  for (const MacStyle style : {MacStyle::kDsp48e1, MacStyle::kDsp48e2, MacStyle::kDsp58}) {
    EXPECT_EQ(dsp_style(to_string(style)), style);
  }
  EXPECT_EQ(dsp_style(""), MacStyle::kLut);
}

TEST(MacArray, OfMatrixUnits) {
  MvuParams mvu;
  mvu.rows = 12;
  mvu.columns = 6;
  mvu.pe = 6;
  mvu.simd = 3;
  mvu.input_type = uint_type(4);
  mvu.weight_type = int_type(4);
  mvu.mac = MacStyle::kDsp48e2;
  EXPECT_EQ(Mvu(mvu).dsps(), 6u);
  EXPECT_EQ(Mvu(mvu).idle_lanes(),
            "PE=6 on 4-lane DSP48E2: 2 of 8 lanes idle; 12 has no divisor from 7 to 8");
  mvu.input_type = uint_type(20);
  EXPECT_THROW(Mvu{mvu}, ParameterError);

  VvuParams vvu;
  vvu.channels = 8;
  vvu.window = 9;
  vvu.pe = 4;
  vvu.simd = 1;
  vvu.input_type = uint_type(4);
  vvu.weight_type = int_type(4);
  vvu.mac = MacStyle::kDsp58;
  EXPECT_EQ(Vvu(vvu).dsps(), 4u);
  EXPECT_EQ(Vvu(vvu).idle_lanes(),
            "SIMD=1 on 3-lane DSP58: 2 of 3 lanes idle; SIMD=3 costs the same DSPs");
  vvu.input_type = uint_type(24);
  EXPECT_THROW(Vvu{vvu}, ParameterError);
}

}  // namespace
}  // namespace qnnsim::test
