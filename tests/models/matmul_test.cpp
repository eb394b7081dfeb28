// SPDX-License-Identifier: Apache-2.0
//
// What is wrong: tests/bad/shapes_matmul.yaml; in a dataflow design: tests/bad/no_kernel_*.yaml.
#include "models/matmul.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/network.h"
#include "sim/reference.h"
#include "tests/models/draw.h"
#include "tests/sim/temporary_file.h"

namespace qnnsim::test {
namespace {

Network load(const std::string& text) {
  Findings findings;
  Network network = load_network(write_temporary("yaml", text), findings);
  EXPECT_EQ(findings.render(), "");
  return network;
}

const MatMul& last_of(const Network& network) {
  return dynamic_cast<const MatMul&>(*network.layers.back().meaning);
}

/// Every element by the definition.
Tensor multiplied(const Tensor& a, const Tensor& b, bool transposed) {
  const int rows = a.height * a.width;
  const int pixels = b.height * b.width;
  const int columns = transposed ? pixels : b.channels;
  Tensor y(a.height, a.width, columns);
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      std::int64_t sum = 0;
      for (int k = 0; k < a.channels; ++k) {
        const int b_row = transposed ? column : k;
        const int b_column = transposed ? k : column;
        sum += std::int64_t{a.data[row * a.channels + k]} * b.data[b_row * b.channels + b_column];
      }
      y.data[row * columns + column] = static_cast<Value>(sum);
    }
  }
  return y;
}

TEST(MatMul, IsTheProductOfPixelsByChannels) {
  for (int seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Draw draw(seed);
    const bool transposed = draw.one_in(2);
    const DataType type = draw.pick({DataType::signed_integer(8), DataType::unsigned_integer(5)});
    const TensorShape a{draw.between(1, 4), draw.between(1, 4), 2 * draw.between(1, 5), type};
    TensorShape b{a.channels / 2, 2, draw.between(1, 6), DataType::signed_integer(8)};
    if (transposed) b = {draw.between(1, 4), draw.between(1, 4), a.channels, b.type};
    const MatMul matmul(a, b, transposed, DataType::signed_integer(32));
    const Tensor x = draw.tensor(a.height, a.width, a.channels, a.type);
    const Tensor y = draw.tensor(b.height, b.width, b.channels, b.type);
    const Tensor expected = multiplied(x, y, transposed);
    const Tensor product = matmul.reference({&x, &y}, {});
    EXPECT_EQ(first_difference(product.data, expected.data), "");
    EXPECT_EQ(product.channels, expected.channels);
    EXPECT_EQ(matmul.rows(), a.height * a.width);
    EXPECT_EQ(matmul.inner(), a.channels);
    EXPECT_EQ(matmul.columns(), expected.channels);
    EXPECT_EQ(matmul.output().to_string(),
              fmt::format("{} x {} x {} INT32", a.height, a.width, expected.channels));
    EXPECT_EQ(matmul.macs(), expected.data.size() * a.channels);
  }
}

TEST(MatMul, OfANetworkHasTheNarrowestType) {
  const std::string head =
      "network: small\ninput: {height: 1, width: 6, channels: 4, type: INT4}\n";
  const Network scores = load(head +
                              "layers:\n"
                              "  - {name: a, op: activation, type: UINT3}\n"
                              "  - {name: m, op: matmul, from: [a, input], transpose: true}\n");
  EXPECT_TRUE(last_of(scores).transposed());
  EXPECT_EQ(last_of(scores).b().to_string(), "1 x 6 x 4 INT4");
  EXPECT_EQ(last_of(scores).a().to_string(), "1 x 6 x 4 UINT3");
  // Four products of 0..7 and -8..7: -224..196.
  EXPECT_EQ(last_of(scores).output().to_string(), "1 x 6 x 6 INT9");
  EXPECT_EQ(scores.macs(), 6u * 4 * 6);

  const Network values = load(head +
                              "layers:\n"
                              "  - {name: s, op: matmul, from: [input, input], transpose: true}\n"
                              "  - {name: a, op: activation, type: INT4}\n"
                              "  - {name: m, op: matmul, from: [a, input]}\n");
  EXPECT_FALSE(last_of(values).transposed());
  // Six products of INT4: -336..384.
  EXPECT_EQ(last_of(values).output().to_string(), "1 x 6 x 4 INT10");
  Draw draw(1);
  const Tensor x = draw.tensor(1, 6, 4, DataType::signed_integer(4));
  Tensor attention = multiplied(x, x, true);
  for (Value& value : attention.data) value = std::max(-8, std::min(value, 7));
  const Tensor result = reference_output(values, std::vector<Constants>(3), x);
  EXPECT_EQ(first_difference(result.data, multiplied(attention, x, false).data), "");
}

}  // namespace
}  // namespace qnnsim::test
