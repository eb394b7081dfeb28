// SPDX-License-Identifier: Apache-2.0
//
// What is wrong: tests/bad/layer_softmax.yaml; in a dataflow design: tests/bad/no_kernel_*.yaml.
#include "models/softmax.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

Tensor pixel(std::vector<Value> values) {
  Tensor x(1, 1, static_cast<int>(values.size()));
  x.data = std::move(values);
  return x;
}

std::vector<Value> softmax(const Tensor& x, int fraction_bits, int bits) {
  const TensorShape shape{x.height, x.width, x.channels, DataType::signed_integer(32)};
  return Softmax(shape, fraction_bits, DataType::unsigned_integer(bits)).reference({&x}, {}).data;
}

TEST(Softmax, SharesOneAmongTheChannels) {
  EXPECT_EQ(softmax(pixel({7}), 0, 8), std::vector<Value>({255}));
  EXPECT_EQ(softmax(pixel({-3, -3, -3}), 0, 8), std::vector<Value>({85, 85, 85}));
  // 127.5 each: a tie.
  EXPECT_EQ(softmax(pixel({5, 5}), 2, 8), std::vector<Value>({128, 128}));
  EXPECT_EQ(softmax(pixel({0, 0}), 0, 1), std::vector<Value>({0, 0}));
  // 1 / (1 + e) = 0.268941...
  EXPECT_EQ(softmax(pixel({0, 16}), 4, 16), std::vector<Value>({17625, 47910}));
  // Far apart, and far from 0, where exp alone would be 0 or infinite.
  EXPECT_EQ(softmax(pixel({2000000000, -2000000000}), 0, 8), std::vector<Value>({255, 0}));
  EXPECT_EQ(softmax(pixel({-2000000000, -2000000000}), 0, 16), std::vector<Value>({32768, 32768}));
}

TEST(Softmax, OfEveryPixelIsTheDefinition) {
  for (int seed = 0; seed < 200; ++seed) {
    Draw draw(seed);
    const int fraction_bits = draw.between(0, 8);
    const int bits = draw.between(1, 16);
    const Tensor x = draw.tensor(draw.between(1, 3), draw.between(1, 3), draw.between(1, 20),
                                 DataType::signed_integer(draw.between(2, 10)));
    SCOPED_TRACE(fmt::format("seed {}: fraction_bits {}, UINT{}, {} channels", seed, fraction_bits,
                             bits, x.channels));
    const std::vector<Value> y = softmax(x, fraction_bits, bits);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const std::size_t first = i - i % x.channels;
      long double sum = 0;
      for (int c = 0; c < x.channels; ++c) {
        sum += std::exp((x.data[first + c] - x.data[i]) / std::pow(2.0L, fraction_bits));
      }
      // Off by half a step, and what a tie may err.
      EXPECT_NEAR(y[i], double((std::pow(2.0L, bits) - 1) / sum), 0.5 + 1e-9) << "element " << i;
    }
  }
}

}  // namespace
}  // namespace qnnsim::test
