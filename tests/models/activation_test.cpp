// SPDX-License-Identifier: Apache-2.0
//
// Activations that are wrong: tests/bad/layer_activation.yaml.
#include "models/activation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/rounding.h"
#include "models/thresholding.h"
#include "tests/models/draw.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {
namespace {

/// nearbyint rounds half to even, as long as nobody sets another mode.
std::int64_t nearest(double x) { return static_cast<std::int64_t>(std::nearbyint(x)); }

TEST(Rounding, OfShiftsIsHalfToEven) {
  for (int shift = 0; shift <= 6; ++shift) {
    for (std::int64_t x = -300; x <= 300; ++x) {
      ASSERT_EQ(shift_round_half_even(x, shift), nearest(std::ldexp(double(x), -shift)))
          << x << " / 2^" << shift;
    }
  }
  Draw draw(1);
  for (int i = 0; i < 10000; ++i) {
    const std::int64_t x = static_cast<std::int64_t>(draw.bits()) >> draw.between(11, 60);
    const int shift = draw.between(0, 62);
    ASSERT_EQ(shift_round_half_even(x, shift), nearest(std::ldexp(double(x), -shift)))
        << x << " / 2^" << shift;
  }
}

TEST(Rounding, OfQuotientsIsHalfToEven) {
  for (std::int64_t count = 1; count <= 40; ++count) {
    for (std::int64_t sum = -500; sum <= 500; ++sum) {
      // A tie is exact in binary, and all else is further from it than doubles err.
      ASSERT_EQ(divide_half_even(sum, count), nearest(double(sum) / double(count)))
          << sum << " / " << count;
    }
  }
}

FixedPointActivation any_activation(Draw& draw) {
  FixedPointActivation f;
  const int bits = draw.one_in(4) ? draw.between(9, 12) : draw.between(2, 8);
  f.type = draw.one_in(3) ? DataType::unsigned_integer(draw.between(1, bits))
                          : DataType::signed_integer(bits);
  f.shift = draw.one_in(10) ? draw.between(0, 31) : draw.between(0, 8);
  f.slope = draw.pick({Slope::kLinear, Slope::kZero, Slope::kLeaky});
  if (f.slope == Slope::kLeaky && !f.type.is_signed()) f.slope = Slope::kLinear;
  if (f.slope == Slope::kLeaky) f.slope_shift = draw.between(1, bits - 1);
  return f;
}

std::string describe(const FixedPointActivation& f) {
  return fmt::format("{}, shift {}, slope {}, slope_shift {}", f.type.name(), f.shift, int(f.slope),
                     f.slope_shift);
}

/// By the definition, in floating point.
std::int64_t activated(const FixedPointActivation& f, std::int64_t x) {
  double y = std::ldexp(double(x), -f.shift);
  double low = double(f.type.min());
  if (f.slope == Slope::kZero) y = std::max(y, 0.0);
  if (f.slope == Slope::kLeaky) {
    if (x < 0) y = std::ldexp(y, -f.slope_shift);
    low = std::ldexp(low, -f.slope_shift);
  }
  return nearest(std::clamp(std::nearbyint(y), low, double(f.type.max())));
}

TEST(Activation, ScalesRoundsAndClips) {
  const DataType int8 = DataType::signed_integer(8);
  const FixedPointActivation linear{int8, 2};
  EXPECT_EQ(linear(5), 1);
  EXPECT_EQ(linear(6), 2);
  EXPECT_EQ(linear(10), 2);
  EXPECT_EQ(linear(-6), -2);
  EXPECT_EQ(linear(1000), 127);
  EXPECT_EQ(linear(-1000), -128);
  const FixedPointActivation zero{int8, 2, Slope::kZero};
  EXPECT_EQ(zero(6), 2);
  EXPECT_EQ(zero(-6), 0);
  const FixedPointActivation leaky{int8, 2, Slope::kLeaky, 3};
  EXPECT_EQ(leaky(6), 2);
  EXPECT_EQ(leaky(-16), 0);
  EXPECT_EQ(leaky(-48), -2);
  EXPECT_EQ(leaky(-100000), -16);
  EXPECT_EQ(leaky(100000), 127);
}

TEST(Activation, OfEveryInputIsTheDefinition) {
  for (int seed = 0; seed < 200; ++seed) {
    Draw draw(seed);
    const FixedPointActivation f = any_activation(draw);
    SCOPED_TRACE(fmt::format("seed {}: {}", seed, describe(f)));
    std::int64_t before = f.type.min();
    for (std::int64_t x = -5000; x <= 5000; ++x) {
      ASSERT_EQ(f(x), activated(f, x)) << "of " << x;
      ASSERT_LE(before, f(x)) << "at " << x;
      before = f(x);
    }
    for (int i = 0; i < 1000; ++i) {
      const std::int64_t x = static_cast<std::int64_t>(draw.bits()) >> draw.between(32, 60);
      ASSERT_EQ(f(x), activated(f, x)) << "of " << x;
    }
  }
}

/// The thresholds of `f` count to f(x) for every x.
void expect_same_by_levels(const FixedPointActivation& f, DataType type,
                           const std::vector<Value>& inputs) {
  const std::vector<Value> levels = f.levels(type);
  ASSERT_EQ(levels.size(), static_cast<std::size_t>(f.steps(type)));
  ASSERT_TRUE(std::is_sorted(levels.begin(), levels.end()));
  Tensor x(1, static_cast<int>(inputs.size()), 1);
  x.data = inputs;
  const Tensor y = apply_thresholds(x, levels, f.type);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    ASSERT_EQ(y.data[i], f(inputs[i])) << "of " << inputs[i];
  }
}

TEST(Activation, LevelsCountToTheResult) {
  for (int seed = 0; seed < 300; ++seed) {
    Draw draw(seed);
    const FixedPointActivation f = any_activation(draw);
    const int bits = draw.between(2, 9);
    const DataType small = draw.pick(
        {DataType::signed_integer(bits), DataType::unsigned_integer(bits), DataType::bipolar()});
    SCOPED_TRACE(fmt::format("seed {}: {} of {}", seed, describe(f), small.name()));
    std::vector<Value> all;
    for (std::int64_t x = small.min(); x <= small.max(); ++x) {
      if (small.holds(x)) all.push_back(static_cast<Value>(x));
    }
    expect_same_by_levels(f, small, all);
    for (const DataType wide : {DataType::signed_integer(24), DataType::signed_integer(32)}) {
      std::vector<Value> some = draw.values(200, wide);
      for (Value level : f.levels(wide)) {  // and where the result steps
        if (wide.holds(level)) some.push_back(level);
        if (level > wide.min()) some.push_back(level - 1);
        if (some.size() > 600) break;
      }
      expect_same_by_levels(f, wide, some);
    }
  }
}

TEST(Activation, StreamsTheValuesOfTheReference) {
  const TemporaryDirectory directory;
  for (int seed = 0; seed < 30; ++seed) {
    Draw draw(seed);
    const FixedPointActivation f = any_activation(draw);
    const std::string slope = f.slope == Slope::kLeaky
                                  ? fmt::format("leaky, slope_shift: {}", f.slope_shift)
                                  : std::string(f.slope == Slope::kZero ? "zero" : "linear");
    const int channels = draw.between(1, 8);
    write_file(directory / "network.yaml",
               fmt::format("network: small\n"
                           "input: {{height: 5, width: 4, channels: 3, type: INT8}}\n"
                           "layers:\n"
                           "  - {{name: conv, op: conv, kernel: 2, channels: {}, weights: INT4}}\n"
                           "  - {{name: act, op: activation, type: {}, shift: {}, slope: {}}}\n",
                           channels, f.type.name(), f.shift, slope));
    write_file(directory / "scenario.yaml",
               fmt::format("network: network.yaml\nplatform: zcu104\nclock_mhz: 100\n"
                           "folding: {{act.threshold: {{pe: {}}}}}\n"
                           "stimulus: {{frames: 3}}\ndata: bit_true\nseed: {}\n",
                           draw.divisor(channels), seed + 1));
    SCOPED_TRACE(fmt::format("seed {}: {}", seed, describe(f)));
    const Scenario scenario = load(directory / "scenario.yaml");
    const auto* activation =
        dynamic_cast<const Activation*>(scenario.network.layers.back().meaning.get());
    ASSERT_NE(activation, nullptr);
    EXPECT_EQ(describe(activation->function()), describe(f));
    const Result result = run(scenario);
    ASSERT_EQ(result.status, RunStatus::kDone);
    EXPECT_TRUE(result.outputs->matches) << result.outputs->mismatch;
  }
}

}  // namespace
}  // namespace qnnsim::test
