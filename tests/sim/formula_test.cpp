// SPDX-License-Identifier: Apache-2.0
#include "sim/formula.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace qnnsim {
namespace {

const Traits kTraits = {{"pe", 4}, {"simd", 9}, {"weight_bits", 3}};

TEST(Formula, ComputesWithTheTraitsOfAKernel) {
  EXPECT_EQ(Formula("pe * simd * weight_bits")(kTraits), 108);
  EXPECT_EQ(Formula("2 ^ clog2(simd)")(kTraits), 16);
  EXPECT_EQ(Formula("ceil(simd / pe) + floor(simd / pe)")(kTraits), 5);
  EXPECT_EQ(Formula("weight_bits >= 4 ? 1 : 0")(kTraits), 0);
  EXPECT_EQ(Formula("7")(kTraits), 7);
}

TEST(Formula, CeilLogarithmIsThatOfThePipeline) {
  for (const auto& [simd, bits] : {std::pair{1, 0}, {2, 1}, {3, 2}, {4, 2}, {5, 3}, {1024, 10}}) {
    EXPECT_EQ(Formula("clog2(simd)")({{"simd", simd}}), bits) << simd;
  }
}

TEST(Formula, ATraitThatTheKernelDoesNotHaveIsZero) {
  EXPECT_EQ(Formula("steps + 1")(kTraits), 1);
  // and not what the kernel before it had
  const Formula pe("pe");
  EXPECT_EQ(pe(kTraits), 4);
  EXPECT_EQ(pe({}), 0);
}

TEST(Formula, NamesTheTraitsThatStandInIt) {
  EXPECT_EQ(Formula("clog2(simd + 1) * pe + pe").traits(),
            (std::vector<std::string>{"pe", "simd"}));
}

TEST(Formula, WhatIsNoExpressionIsRefusedWithItsReason) {
  for (const char* text : {"", "pe *", "sqrtt(2)", "pe simd", "1 +) 2"}) {
    EXPECT_THROW(Formula{text}, std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace qnnsim
