// SPDX-License-Identifier: Apache-2.0
//
// The networks of 8 bits: their convolutions and dense layers have the shapes and the numbers of
// multiply-accumulates that arXiv 2112.02793 reports on, and their shifts keep values in range.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sim/constants.h"
#include "sim/network.h"
#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

Network load(const std::string& name) {
  Findings findings;
  Network network = load_network("configs/networks/" + name + ".yaml", findings);
  EXPECT_EQ(findings.render(), "");
  return network;
}

struct Shape {
  const char* name;
  int height, width, channels;              ///< input
  int out_height, out_width, out_channels;  ///< output
  std::uint64_t macs;
};

/// Every layer that multiplies is one of `shapes`, in this order.
void expect_shapes(const Network& network, const std::vector<Shape>& shapes) {
  std::vector<const Layer*> layers;
  for (const Layer& layer : network.layers) {
    if (layer.meaning->macs() > 0) layers.push_back(&layer);
  }
  ASSERT_EQ(layers.size(), shapes.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Shape& shape = shapes[i];
    SCOPED_TRACE(shape.name);
    EXPECT_EQ(layers[i]->name, shape.name);
    const TensorShape input = network.input_shape(*layers[i], 0);
    const TensorShape output = layers[i]->meaning->output();
    EXPECT_EQ(input.type.name(), "INT8");
    if (layers[i]->op == "dense") {
      EXPECT_EQ(input.elements(), shape.channels);
    } else {
      EXPECT_EQ(input.height, shape.height);
      EXPECT_EQ(input.width, shape.width);
      EXPECT_EQ(input.channels, shape.channels);
    }
    EXPECT_EQ(output.height, shape.out_height);
    EXPECT_EQ(output.width, shape.out_width);
    EXPECT_EQ(output.channels, shape.out_channels);
    EXPECT_EQ(layers[i]->meaning->macs(), shape.macs);
  }
}

/// Multiply-accumulates of the layers of `op`.
std::uint64_t macs_of(const Network& network, const std::string& op) {
  std::uint64_t result = 0;
  for (const Layer& layer : network.layers) {
    if (layer.op == op) result += layer.meaning->macs();
  }
  return result;
}

TEST(W8A8Networks, AlexNetHasItsShapes) {
  const Network network = load("alexnet-w8a8");
  expect_shapes(network, {
                             {"conv1", 227, 227, 3, 55, 55, 96, 105415200},
                             {"conv2", 27, 27, 96, 27, 27, 256, 223948800},
                             {"conv3", 13, 13, 256, 13, 13, 384, 149520384},
                             {"conv4", 13, 13, 384, 13, 13, 384, 112140288},
                             {"conv5", 13, 13, 384, 13, 13, 256, 74760192},
                             {"fc6", 1, 1, 9216, 1, 1, 4096, 37748736},
                             {"fc7", 1, 1, 4096, 1, 1, 4096, 16777216},
                             {"fc8", 1, 1, 4096, 1, 1, 1000, 4096000},
                         });
  EXPECT_EQ(macs_of(network, "conv"), 665784864u);
  EXPECT_EQ(macs_of(network, "dense"), 58621952u);
}

TEST(W8A8Networks, Vgg16HasItsShapes) {
  const Network network = load("vgg16-w8a8");
  expect_shapes(network, {
                             {"conv1_1", 224, 224, 3, 224, 224, 64, 86704128},
                             {"conv1_2", 224, 224, 64, 224, 224, 64, 1849688064},
                             {"conv2_1", 112, 112, 64, 112, 112, 128, 924844032},
                             {"conv2_2", 112, 112, 128, 112, 112, 128, 1849688064},
                             {"conv3_1", 56, 56, 128, 56, 56, 256, 924844032},
                             {"conv3_2", 56, 56, 256, 56, 56, 256, 1849688064},
                             {"conv3_3", 56, 56, 256, 56, 56, 256, 1849688064},
                             {"conv4_1", 28, 28, 256, 28, 28, 512, 924844032},
                             {"conv4_2", 28, 28, 512, 28, 28, 512, 1849688064},
                             {"conv4_3", 28, 28, 512, 28, 28, 512, 1849688064},
                             {"conv5_1", 14, 14, 512, 14, 14, 512, 462422016},
                             {"conv5_2", 14, 14, 512, 14, 14, 512, 462422016},
                             {"conv5_3", 14, 14, 512, 14, 14, 512, 462422016},
                             {"fc6", 1, 1, 25088, 1, 1, 4096, 102760448},
                             {"fc7", 1, 1, 4096, 1, 1, 4096, 16777216},
                             {"fc8", 1, 1, 4096, 1, 1, 1000, 4096000},
                         });
  EXPECT_EQ(macs_of(network, "conv"), 15346630656u);
  EXPECT_EQ(macs_of(network, "dense"), 123633664u);
}

TEST(W8A8Networks, ResNet50HasItsShapes) {
  const Network network = load("resnet50-w8a8");
  expect_shapes(network, {
                             {"conv1", 224, 224, 3, 112, 112, 64, 118013952},
                             {"conv2_1_a", 56, 56, 64, 56, 56, 64, 12845056},
                             {"conv2_1_b", 56, 56, 64, 56, 56, 64, 115605504},
                             {"conv2_1_c", 56, 56, 64, 56, 56, 256, 51380224},
                             {"conv2_1_proj", 56, 56, 64, 56, 56, 256, 51380224},
                             {"conv2_2_a", 56, 56, 256, 56, 56, 64, 51380224},
                             {"conv2_2_b", 56, 56, 64, 56, 56, 64, 115605504},
                             {"conv2_2_c", 56, 56, 64, 56, 56, 256, 51380224},
                             {"conv2_3_a", 56, 56, 256, 56, 56, 64, 51380224},
                             {"conv2_3_b", 56, 56, 64, 56, 56, 64, 115605504},
                             {"conv2_3_c", 56, 56, 64, 56, 56, 256, 51380224},
                             {"conv3_1_a", 56, 56, 256, 28, 28, 128, 25690112},
                             {"conv3_1_b", 28, 28, 128, 28, 28, 128, 115605504},
                             {"conv3_1_c", 28, 28, 128, 28, 28, 512, 51380224},
                             {"conv3_1_proj", 56, 56, 256, 28, 28, 512, 102760448},
                             {"conv3_2_a", 28, 28, 512, 28, 28, 128, 51380224},
                             {"conv3_2_b", 28, 28, 128, 28, 28, 128, 115605504},
                             {"conv3_2_c", 28, 28, 128, 28, 28, 512, 51380224},
                             {"conv3_3_a", 28, 28, 512, 28, 28, 128, 51380224},
                             {"conv3_3_b", 28, 28, 128, 28, 28, 128, 115605504},
                             {"conv3_3_c", 28, 28, 128, 28, 28, 512, 51380224},
                             {"conv3_4_a", 28, 28, 512, 28, 28, 128, 51380224},
                             {"conv3_4_b", 28, 28, 128, 28, 28, 128, 115605504},
                             {"conv3_4_c", 28, 28, 128, 28, 28, 512, 51380224},
                             {"conv4_1_a", 28, 28, 512, 14, 14, 256, 25690112},
                             {"conv4_1_b", 14, 14, 256, 14, 14, 256, 115605504},
                             {"conv4_1_c", 14, 14, 256, 14, 14, 1024, 51380224},
                             {"conv4_1_proj", 28, 28, 512, 14, 14, 1024, 102760448},
                             {"conv4_2_a", 14, 14, 1024, 14, 14, 256, 51380224},
                             {"conv4_2_b", 14, 14, 256, 14, 14, 256, 115605504},
                             {"conv4_2_c", 14, 14, 256, 14, 14, 1024, 51380224},
                             {"conv4_3_a", 14, 14, 1024, 14, 14, 256, 51380224},
                             {"conv4_3_b", 14, 14, 256, 14, 14, 256, 115605504},
                             {"conv4_3_c", 14, 14, 256, 14, 14, 1024, 51380224},
                             {"conv4_4_a", 14, 14, 1024, 14, 14, 256, 51380224},
                             {"conv4_4_b", 14, 14, 256, 14, 14, 256, 115605504},
                             {"conv4_4_c", 14, 14, 256, 14, 14, 1024, 51380224},
                             {"conv4_5_a", 14, 14, 1024, 14, 14, 256, 51380224},
                             {"conv4_5_b", 14, 14, 256, 14, 14, 256, 115605504},
                             {"conv4_5_c", 14, 14, 256, 14, 14, 1024, 51380224},
                             {"conv4_6_a", 14, 14, 1024, 14, 14, 256, 51380224},
                             {"conv4_6_b", 14, 14, 256, 14, 14, 256, 115605504},
                             {"conv4_6_c", 14, 14, 256, 14, 14, 1024, 51380224},
                             {"conv5_1_a", 14, 14, 1024, 7, 7, 512, 25690112},
                             {"conv5_1_b", 7, 7, 512, 7, 7, 512, 115605504},
                             {"conv5_1_c", 7, 7, 512, 7, 7, 2048, 51380224},
                             {"conv5_1_proj", 14, 14, 1024, 7, 7, 2048, 102760448},
                             {"conv5_2_a", 7, 7, 2048, 7, 7, 512, 51380224},
                             {"conv5_2_b", 7, 7, 512, 7, 7, 512, 115605504},
                             {"conv5_2_c", 7, 7, 512, 7, 7, 2048, 51380224},
                             {"conv5_3_a", 7, 7, 2048, 7, 7, 512, 51380224},
                             {"conv5_3_b", 7, 7, 512, 7, 7, 512, 115605504},
                             {"conv5_3_c", 7, 7, 512, 7, 7, 2048, 51380224},
                             {"fc", 1, 1, 2048, 1, 1, 1000, 2048000},
                         });
  EXPECT_EQ(macs_of(network, "conv"), 3855925248u);
  EXPECT_EQ(macs_of(network, "dense"), 2048000u);
}

TEST(W8A8Networks, ATransformerBlockMultipliesItsTokens) {
  const Network network = load("tiny-attention-w8a8");
  std::set<std::string> ops;
  for (const Layer& layer : network.layers) ops.insert(layer.op);
  EXPECT_EQ(ops, (std::set<std::string>{"activation", "add", "conv", "matmul", "softmax"}));
  EXPECT_EQ(macs_of(network, "matmul"), 2u * 16 * 16 * 32);
  EXPECT_EQ(macs_of(network, "conv"), 16u * 32 * (4 * 32 + 2 * 128));
  EXPECT_EQ(network.layers.back().meaning->output().to_string(), "1 x 16 x 32 INT8");
}

class Shifts : public testing::TestWithParam<const char*> {};

TEST_P(Shifts, KeepRandomValuesInRange) {
  const Network network = load(GetParam());
  Draw draw(1);
  const TensorShape& shape = network.input;
  const Tensor input = draw.tensor(shape.height, shape.width, shape.channels, shape.type);
  Findings findings;
  std::vector<Tensor> maps;
  for (const Layer& layer : network.layers) {
    std::vector<const Tensor*> inputs;
    for (int from : layer.from) {
      inputs.push_back(from == Layer::kNetworkInput ? &input : &maps[from]);
    }
    maps.push_back(
        layer.meaning->reference(inputs, load_constants(layer, *layer.meaning, 1, findings)));
    if (layer.op != "activation") continue;
    double squares = 0;
    double at_a_limit = 0;
    for (Value value : maps.back().data) {
      squares += double(value) * value;
      at_a_limit += value == 127 || value == -128;
    }
    const auto values = static_cast<double>(maps.back().data.size());
    EXPECT_GT(std::sqrt(squares / values), 7) << layer.name;
    EXPECT_LT(std::sqrt(squares / values), 60) << layer.name;
    EXPECT_LT(at_a_limit / values, 0.02) << layer.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Shifts,
                         testing::Values("alexnet-w8a8", "resnet50-w8a8", "tiny-attention-w8a8",
                                         "vgg16-w8a8"));

}  // namespace
}  // namespace qnnsim::test
