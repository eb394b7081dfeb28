// SPDX-License-Identifier: Apache-2.0
#include "tests/models/pool_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Pool, Kernels,
                         testing::Values(KernelCases{"PositionByPosition", 150,
                                                     position_by_position},
                                         KernelCases{"WholeWindowAtOnce", 150, whole_windows}));

TEST(Pool, TheMeanOfNegativeSumsRoundsDown) {
  PoolAccumulator accumulator(PoolMode::kMean);
  accumulator.add(-1);
  accumulator.add(-2);
  EXPECT_EQ(accumulator.result(2), -2);
  accumulator.reset();
  accumulator.add(3);
  EXPECT_EQ(accumulator.result(2), 1);
}

TEST(Pool, TheMeanOfATieRoundsToTheEvenOne) {
  for (const auto& [sum, mean] :
       std::vector<std::pair<Value, Value>>{{1, 0}, {3, 2}, {5, 2}, {-1, 0}, {-3, -2}, {-5, -2}}) {
    PoolAccumulator accumulator(PoolMode::kMeanHalfEven);
    accumulator.add(sum);
    EXPECT_EQ(accumulator.result(2), mean) << sum << " / 2";
  }
}

TEST(Pool, TheReferenceOfAMeanIsTheDefinition) {
  for (std::int64_t count = 1; count <= 30; ++count) {
    for (std::int64_t sum = -300; sum <= 300; ++sum) {
      const double mean = double(sum) / double(count);
      ASSERT_EQ(mean_down(sum, count), std::floor(mean)) << sum << " / " << count;
      ASSERT_EQ(mean_half_even(sum, count), std::nearbyint(mean)) << sum << " / " << count;
    }
  }
}

TEST(Pool, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      PoolParams p;
      p.channels = 6;
      change(p);
      Pool pool(p);
    };
  };
  expect_refused("channels", with([](PoolParams& p) { p.channels = 0; }));
  expect_refused("window", with([](PoolParams& p) { p.window = 0; }));
  expect_refused("pe 4", with([](PoolParams& p) { p.pe = 4; }));
  expect_refused("pe 0", with([](PoolParams& p) { p.pe = 0; }));
  expect_refused("pixels", with([](PoolParams& p) { p.pixels = 0; }));
}

}  // namespace
}  // namespace qnnsim::test
