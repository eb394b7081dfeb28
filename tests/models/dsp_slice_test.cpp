// SPDX-License-Identifier: Apache-2.0
#include "models/dsp_slice.h"

#include <gtest/gtest.h>

#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

constexpr DspSlice kSlices[] = {DspSlice::kDsp48e1, DspSlice::kDsp48e2, DspSlice::kDsp58};

std::int64_t any_number(Draw& draw, int bits) {
  return wrap(static_cast<std::int64_t>(draw.bits()), bits);
}

TEST(DspSlice, WrapReadsTheLowBitsAsTwosComplement) {
  EXPECT_EQ(wrap(7, 4), 7);
  EXPECT_EQ(wrap(8, 4), -8);
  EXPECT_EQ(wrap(-9, 4), 7);
  EXPECT_EQ(wrap(std::int64_t{1} << 47, 48), -(std::int64_t{1} << 47));
}

// UG479, UG579, AM004: 25 x 18 in 48 bits, 27 x 18 in 48 bits, 27 x 24 in 58 bits.
TEST(DspSlice, PreAdderMultiplierAndAccumulatorWrapAtTheirWidths) {
  for (const DspSlice slice : kSlices) {
    const DspWidths widths = dsp_widths(slice);
    const std::int64_t half = std::int64_t{1} << (widths.pre_adder - 1);
    EXPECT_EQ(multiply_accumulate(slice, half - 1, 0, 1, 0), half - 1);
    EXPECT_EQ(multiply_accumulate(slice, half, 0, 1, 0), -half);
    EXPECT_EQ(multiply_accumulate(slice, 0, half, 1, 0), -half);
    EXPECT_EQ(multiply_accumulate(slice, -half, 1, 1, 0), half - 1);

    const std::int64_t b = std::int64_t{1} << (widths.multiplier - 1);
    EXPECT_EQ(multiply_accumulate(slice, 1, 0, b, 0), -b);
    EXPECT_EQ(multiply_accumulate(slice, -half, 0, -b, 0), half * b);

    const std::int64_t top = (std::int64_t{1} << (widths.accumulator - 1)) - 1;
    EXPECT_EQ(multiply_accumulate(slice, 1, 0, 1, top), -top - 1);
    EXPECT_EQ(multiply_accumulate(slice, 0, 1, 1, -top - 1), top);
  }
}

TEST(DspSlice, ASumStandsInPAfterThreeEdges) {
  for (const DspSlice slice : kSlices) {
    MultiplyAccumulateSlice clocked(slice);
    Draw draw(1);
    std::vector<std::int64_t> expected;
    std::int64_t sum = 0;
    bool accumulate = false;
    for (int issue = 0; issue < 1000; ++issue) {
      MultiplyAccumulateSlice::Pins pins;
      pins.d = any_number(draw, 27);
      pins.a = any_number(draw, 27);
      pins.b = any_number(draw, 24);
      pins.accumulate = accumulate;  // of the product of the operands before these
      accumulate = !draw.one_in(5);
      sum = multiply_accumulate(slice, pins.d, pins.a, pins.b, accumulate ? sum : 0);
      expected.push_back(sum);
      clocked.clock_edge(pins);
      if (issue >= 2) {
        ASSERT_EQ(clocked.p(), expected[static_cast<std::size_t>(issue) - 2]);
      }
    }
  }
}

TEST(DspSlice, WithoutEnablePStays) {
  MultiplyAccumulateSlice slice(DspSlice::kDsp48e2);
  MultiplyAccumulateSlice::Pins pins;
  pins.d = 3;
  pins.b = 5;
  for (int edge = 0; edge < 3; ++edge) slice.clock_edge(pins);
  pins.enable = false;
  pins.d = 7;
  for (int edge = 0; edge < 4; ++edge) {
    slice.clock_edge(pins);
    EXPECT_EQ(slice.p(), 15);
  }
  pins.enable = true;
  slice.clock_edge(pins);
  EXPECT_EQ(slice.p(), 35);
}

TEST(DotProductSlice, AddsUpThreeProductsOfNineByEightBits) {
  DotProductSlice slice(1, true);
  DotProductSlice::Pins pins;
  pins.a = {-256, 255, -256};
  pins.b = {-128, 127, 127};
  for (int edge = 0; edge < 3; ++edge) slice.clock_edge(pins);
  EXPECT_EQ(slice.p(0), 256 * 128 + 255 * 127 - 256 * 127);

  pins.a = {256, 0, 0};  // a ninth bit is a sign
  pins.b = {1, 0, 0};
  for (int edge = 0; edge < 3; ++edge) slice.clock_edge(pins);
  EXPECT_EQ(slice.p(0), -256);
}

TEST(DotProductSlice, WithoutARegisterPFollowsTheCascade) {
  DotProductSlice slice(1, false);
  DotProductSlice::Pins pins;
  pins.a = {2, 0, 0};
  pins.b = {3, 0, 0};
  slice.clock_edge(pins);
  slice.clock_edge(pins);
  EXPECT_EQ(slice.p(0), 6);
  EXPECT_EQ(slice.p(100), 106);
  EXPECT_EQ(slice.p((std::int64_t{1} << 57) - 1), -(std::int64_t{1} << 57) + 5);
}

// Four slices in two segments: the second meets its operands a cycle later, in a register more.
TEST(DotProductSlice, AChainInSegmentsAccumulatesInItsLastSlice) {
  std::vector<DotProductSlice> chain = {{1, false}, {1, true}, {2, false}, {2, true}};
  Draw draw(1);
  std::vector<std::int64_t> expected;
  std::vector<bool> first;
  std::int64_t sum = 0;
  for (int issue = 0; issue < 1000; ++issue) {
    std::int64_t product = 0;
    std::vector<DotProductSlice::Pins> pins(chain.size());
    first.push_back(issue == 0 || draw.one_in(4));
    for (DotProductSlice::Pins& p : pins) {
      for (int i = 0; i < DotProductSlice::kProducts; ++i) {
        p.a[i] = draw.between(-256, 255);
        p.b[i] = draw.between(-128, 127);
        product += p.a[i] * p.b[i];
      }
    }
    sum = (first.back() ? 0 : sum) + product;
    expected.push_back(sum);
    for (std::size_t k = 1; k < chain.size(); ++k)
      pins[k].cascade = chain[k - 1].p(pins[k - 1].cascade);
    pins.back().accumulate = issue >= 2 && !first[static_cast<std::size_t>(issue) - 2];
    for (std::size_t k = 0; k < chain.size(); ++k) chain[k].clock_edge(pins[k]);
    if (issue >= 3) {
      ASSERT_EQ(chain.back().p(0), expected[static_cast<std::size_t>(issue) - 3]);
    }
  }
}

}  // namespace
}  // namespace qnnsim::test
