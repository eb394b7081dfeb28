// SPDX-License-Identifier: Apache-2.0
#include "analysis/fifo_cost.h"

#include <gtest/gtest.h>

namespace qnnsim::test {
namespace {

Platform platform(std::int64_t uram) {
  Platform platform;
  platform.lut = 1'000'000;
  platform.ff = 2'000'000;
  platform.bram18 = 4'000;
  platform.uram = uram;
  return platform;
}

TEST(FifoCost, BitsAreWidthTimesDepth) {
  EXPECT_EQ(FifoCost::bits().cost(24, 100), 2400);
  EXPECT_EQ(FifoCost::bits().steps(24, 2, 5), (std::vector<std::uint64_t>{2, 3, 4, 5}));
}

TEST(FifoCost, ShallowFifosAreShiftRegistersAndDeepOnesRam) {
  const FifoCost cost = FifoCost::hardware(platform(0));
  EXPECT_EQ(cost.use(8, 1).style, "register");
  EXPECT_EQ(cost.use(8, 1).ff, 8);
  EXPECT_EQ(cost.use(8, 32).style, "srl");
  EXPECT_EQ(cost.use(8, 32).lut, 2 * 5 + 4);  // FINN: 2 log2(32) + 1 * 8 / 2
  EXPECT_EQ(cost.use(8, 33).lut, 2 * 6 + 2 * 4);
  EXPECT_EQ(cost.use(8, 2048).style, "bram");
  EXPECT_EQ(cost.use(8, 2048).bram18, 1);
  EXPECT_EQ(cost.use(8, 2048).lut, 2 * 11);
  EXPECT_EQ(cost.use(8, 2049).style, "srl") << "a second block would cost more";
}

TEST(FifoCost, BlockRamsHaveTheShapesOfTheDevice) {
  const FifoCost cost = FifoCost::hardware(platform(0));
  const auto bram18 = [&](std::int64_t width, std::uint64_t depth) {
    const FifoUse use = cost.use(width, depth);
    EXPECT_EQ(use.style, "bram") << width << " x " << depth;
    return use.bram18;
  };
  EXPECT_EQ(bram18(1, 16384), 1);
  EXPECT_EQ(bram18(2, 16384), 2);
  EXPECT_EQ(bram18(4, 8192), 2);
  EXPECT_EQ(bram18(9, 4096), 2);
  EXPECT_EQ(bram18(36, 512), 1);
  EXPECT_EQ(bram18(36, 1024), 2);
}

TEST(FifoCost, UltraRamIsUsedWhereTheDeviceHasIt) {
  EXPECT_EQ(FifoCost::hardware(platform(1'000)).use(72, 4096).uram, 1);
  EXPECT_EQ(FifoCost::hardware(platform(0)).use(72, 4096).uram, 0);
}

TEST(FifoCost, NeverFallsAndStepsAreWhereItRises) {
  for (const Platform& device : {platform(0), platform(1'000)}) {
    const FifoCost cost = FifoCost::hardware(device);
    for (std::int64_t width : {1, 3, 8, 24, 64, 128, 1000}) {
      const auto steps = cost.steps(width, 1, 6000);
      ASSERT_FALSE(steps.empty());
      EXPECT_GE(steps.back(), 6000u);
      auto step = steps.begin();
      for (std::uint64_t depth = 1; depth < 6000; ++depth) {
        const double here = cost.cost(width, depth);
        const double next = cost.cost(width, depth + 1);
        ASSERT_LE(here, next) << width << " x " << depth;
        if (here == next) continue;
        ASSERT_EQ(*step, depth) << width;
        ++step;
      }
    }
  }
}

}  // namespace
}  // namespace qnnsim::test
