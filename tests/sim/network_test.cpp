// SPDX-License-Identifier: Apache-2.0
//
// Networks that are wrong: tests/bad/network_*.yaml, layer_*.yaml, graph_*.yaml, shapes_*.yaml.
#include "sim/network.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "sim/layer_order.h"
#include "tests/sim/temporary_file.h"

namespace qnnsim {
namespace {

Network load(const std::string& layers) {
  Findings findings;
  const std::string input = "input: {height: 8, width: 6, channels: 4, type: INT4}\n";
  Network network = load_network(
      write_temporary("yaml", "network: tiny\n" + input + "layers:\n" + layers), findings);
  EXPECT_EQ(findings.render(), "");
  EXPECT_TRUE(network.is_complete);
  return network;
}

std::vector<std::string> names(const Network& network) {
  std::vector<std::string> result;
  for (const Layer& layer : network.layers) result.push_back(layer.name);
  return result;
}

TEST(Network, ALayerReadsTheOneAboveAndTheFirstReadsTheInput) {
  const Network network = load(
      "- {name: conv0, op: conv, kernel: 3, channels: 8, weights: INT2}\n"
      "- {name: act0, op: threshold, type: UINT2}\n");
  EXPECT_EQ(network.name, "tiny");
  EXPECT_EQ(network.input.to_string(), "8 x 6 x 4 INT4");
  ASSERT_EQ(names(network), (std::vector<std::string>{"conv0", "act0"}));
  EXPECT_EQ(network.layers[0].from, std::vector<int>{Layer::kNetworkInput});
  EXPECT_EQ(network.layers[1].from, std::vector<int>{0});
  EXPECT_EQ(network.layers[0].op, "conv");
  EXPECT_EQ(network.layers[0].place.line, 4);
  EXPECT_EQ(network.layers[1].meaning->output().to_string(), "6 x 4 x 8 UINT2");
  EXPECT_EQ(network.input_shape(network.layers[1], 0).channels, 8);
  EXPECT_EQ(network.macs(), 6u * 4 * 8 * 3 * 3 * 4);
}

TEST(Network, LayersMayReadLaterOnesAndAreSorted) {
  const Network network = load(
      "- {name: late, op: threshold, from: early, type: UINT2}\n"
      "- {name: early, op: threshold, from: input, type: UINT3}\n"
      "- {name: sum, op: add, from: [late, early]}\n");
  ASSERT_EQ(names(network), (std::vector<std::string>{"early", "late", "sum"}));
  EXPECT_EQ(network.layers[1].from, std::vector<int>{0});
  EXPECT_EQ(network.layers[2].from, (std::vector<int>{1, 0}));
}

TEST(Network, TheInputAndALayerMayBeReadByMany) {
  const Network network = load(
      "- {name: a, op: threshold, type: UINT2}\n"
      "- {name: b, op: threshold, from: input, type: UINT2}\n"
      "- {name: sum, op: add, from: [a, b, a, input]}\n");
  EXPECT_EQ(network.layers[2].from, (std::vector<int>{0, 1, 0, Layer::kNetworkInput}));
}

TEST(Network, FilesOfConstantsAreRelativeToTheNetwork) {
  const std::string file = write_temporary("npy", "read later");
  const Network network = load("- {name: act0, op: threshold, type: UINT2, thresholds_file: " +
                               std::filesystem::path(file).filename().string() + "}\n");
  EXPECT_EQ(network.layers[0].constant_files.at("thresholds"), file);
}

TEST(Network, AliasesStandForWhatTheyName) {
  const Network network = load(
      "- {name: act0, op: threshold, type: &type UINT2}\n"
      "- {name: act1, op: threshold, type: *type}\n");
  EXPECT_EQ(network.layers[1].meaning->output().type.name(), "UINT2");
}

TEST(Network, EveryNetworkOfTheProjectIsSound) {
  for (const auto& entry : std::filesystem::directory_iterator("configs/networks")) {
    Findings findings;
    const Network network = load_network(entry.path().string(), findings);
    EXPECT_EQ(findings.render(), "");
    EXPECT_EQ(network.name, entry.path().stem().string());
    EXPECT_GT(network.macs(), 0u);
  }
}

TEST(LayerOrder, NodesComeBehindWhatTheyRead) {
  EXPECT_EQ(topological_order({{2}, {-1}, {1}, {0, 1}}), (std::vector<int>{1, 2, 0, 3}));
  EXPECT_EQ(topological_order({{-1}, {0}, {1}}), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(topological_order({}), std::vector<int>());
}

TEST(LayerOrder, CyclesAreFoundWhereverTheWalkBegins) {
  EXPECT_TRUE(cycles({{-1}, {0, 0}, {1, 0}}).empty());
  // 3 -> 1 -> 2 -> 3, read by 4, which is on no cycle; 0 reads 4.
  const std::vector<std::vector<int>> expected = {{1, 2, 3}};
  EXPECT_EQ(cycles({{4}, {3}, {1}, {2, -1}, {3}}), expected);
  // Two cycles, the second reading the first.
  const std::vector<std::vector<int>> two = {{0, 1}, {2, 3}};
  EXPECT_EQ(cycles({{1}, {0}, {0, 3}, {2}}), two);
}

TEST(LayerOrder, AHundredThousandLayersAreNoTrouble) {
  Graph chain(100000);
  for (int i = 0; i < 100000; ++i) chain[i] = {i - 1};
  EXPECT_EQ(topological_order(chain).size(), chain.size());
  chain[0] = {99999};
  EXPECT_EQ(cycles(chain).front().size(), chain.size());
}

}  // namespace
}  // namespace qnnsim
