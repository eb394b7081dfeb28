// SPDX-License-Identifier: Apache-2.0
#include "models/pressure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/models/kernel_bench.h"

namespace qnnsim::test {
namespace {

TEST(Pressure, IsFreeUnlessToldOtherwise) {
  const Pressure pressure;
  EXPECT_TRUE(pressure.is_free());
  EXPECT_EQ(pressure.interval(), 1u);
  for (Cycle now = 0; now < 100; ++now) EXPECT_FALSE(pressure.stalls(now));
  EXPECT_TRUE(Pressure::every(1).is_free());
  EXPECT_TRUE(Pressure::random(0, 7).is_free());
  EXPECT_FALSE(Pressure::every(2).is_free());
  EXPECT_FALSE(Pressure::random(0.1, 7).is_free());
  EXPECT_FALSE(Pressure::recorded({3}, 0).is_free());
}

TEST(Pressure, StallsAtRandomAsOftenAsAskedAndAlikeForTheSameSeed) {
  for (double probability : {0.01, 0.25, 0.5, 0.9}) {
    const Pressure pressure = Pressure::random(probability, 42);
    const Pressure again = Pressure::random(probability, 42);
    const Pressure other = Pressure::random(probability, 43);
    constexpr int kCycles = 100'000;
    int stalls = 0;
    int differing = 0;
    for (Cycle now = 0; now < kCycles; ++now) {
      stalls += pressure.stalls(now);
      differing += pressure.stalls(now) != other.stalls(now);
      ASSERT_EQ(pressure.stalls(now), again.stalls(now));
    }
    EXPECT_NEAR(stalls / double{kCycles}, probability, 0.01);  // > 6 standard deviations
    EXPECT_GT(differing, 0);
  }
}

TEST(Pressure, StallsInTheRecordedCyclesAndPeriodically) {
  const std::set<Cycle> stalls = {0, 3, 4, 9};
  const Pressure once = Pressure::recorded({stalls.begin(), stalls.end()}, 0);
  const Pressure repeated = Pressure::recorded({stalls.begin(), stalls.end()}, 11);
  for (Cycle now = 0; now < 100; ++now) {
    EXPECT_EQ(once.stalls(now), stalls.count(now) != 0) << now;
    EXPECT_EQ(repeated.stalls(now), stalls.count(now % 11) != 0) << now;
  }
}

TEST(Pressure, RefusesWhatNeverLetsABeatPass) {
  expect_refused("interval", [] { Pressure::every(0); });
  expect_refused("stall_probability", [] { Pressure::random(1.0, 1); });
  expect_refused("stall_probability", [] { Pressure::random(-0.1, 1); });
  expect_refused("stall pattern", [] { Pressure::recorded({0, 1, 2}, 3); });
}

TEST(Pressure, DrawsAreThoseOfSplitMix64) {
  // The first three outputs for the seed 1234567: reference implementation of S. Vigna,
  // prng.di.unimi.it.
  EXPECT_EQ(draw(1234567, 0), 6457827717110365317u);
  EXPECT_EQ(draw(1234567, 1), 3203168211198807973u);
  EXPECT_EQ(draw(1234567, 2), 9817491932198370423u);
}

TEST(Pressure, ThingsOfDifferentNamesHaveDifferentSeeds) {
  EXPECT_EQ(derive_seed(1, "source"), derive_seed(1, "source"));
  EXPECT_NE(derive_seed(1, "source"), derive_seed(1, "sink"));
  EXPECT_NE(derive_seed(1, "source"), derive_seed(2, "source"));
}

}  // namespace
}  // namespace qnnsim::test
