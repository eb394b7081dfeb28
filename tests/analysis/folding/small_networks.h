// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "analysis/folding/folding_space.h"
#include "analysis/folding/target_search.h"
#include "tests/sim/scenario_files.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {

/// A random network of up to four layers, small enough to try every folding of it.
class SmallNetwork {
 public:
  enum class Layers {
    kAny,
    kMatrices,  ///< two with many weights and few foldings: numbers of rows and columns are prime
  };

  /// `more`: what its scenario says besides.
  explicit SmallNetwork(std::uint64_t seed, const std::string& more = "",
                        Layers kind = Layers::kAny)
      : random_(seed) {
    const bool has_matrices = kind == Layers::kMatrices;
    const bool is_flat = has_matrices || pick(0, 2) == 0;
    channels_ = any(has_matrices ? std::vector<int>{149, 157, 163} : std::vector<int>{2, 3, 4});
    size_ = is_flat ? 1 : any({2, 3});
    std::string text = fmt::format(
        "network: small\ninput: {{height: {0}, width: {0}, channels: {1}, type: {2}}}\nlayers:\n",
        size_, channels_, any_type());
    const int layers = has_matrices ? 2 : pick(2, 4);
    while (count_ < layers) {
      text += has_matrices ? layer(fmt::format("op: dense, units: {}, weights: {}",
                                               any({167, 173, 179}), any_weights()))
                           : any_layer(layers - count_);
    }
    write_file(directory_ / "small.yaml", text);
    write_file(directory_ / "scenario.yaml",
               fmt::format("network: small.yaml\nplatform: {}\nclock_mhz: 100\nfifos: "
                           "{{default_depth: {}}}\nstimulus: {{frames: 3}}\n{}",
                           pick(0, 1) != 0 ? "zcu104" : "vck190", any({2, 16, 40}), more));
    scenario_ = load(path());
  }

  const Scenario& scenario() const { return scenario_; }
  std::string path() const { return (directory_ / "scenario.yaml").string(); }

  FoldingSpace space(const SpaceOptions& options = {}) const {
    return FoldingSpace(scenario_, options);
  }

  /// Limits between what the foldings of least and most resources take.
  Resources limits(const FoldingSpace& space) {
    Resources least;
    Resources most;
    for (std::size_t i = 0; i < space.stages().size(); ++i) {
      auto low = as_array(space.space(i).options.front().resources);
      auto high = low;
      for (const LayerOption& option : space.space(i).options) {
        const auto use = as_array(option.resources);
        for (std::size_t j = 0; j < kKindsOfResource; ++j) {
          low[j] = std::min(low[j], use[j]);
          high[j] = std::max(high[j], use[j]);
        }
      }
      least += {low[0], low[1], low[2], low[3], low[4]};
      most += {high[0], high[1], high[2], high[3], high[4]};
    }
    const auto between = [&](std::int64_t low, std::int64_t high) {
      // Often near the least, where it matters most, or none at all.
      const int share = any({10, 20, 30, 40, 60, 100, 150});
      return low + (high - low) * share / 100;
    };
    const int none = pick(0, 3);
    return {between(least.lut, most.lut) + 200, between(least.ff, most.ff) + 200,
            none == 1 ? 0 : between(least.dsp, most.dsp),
            none == 2 ? 0 : between(least.bram18, most.bram18),
            none == 3 ? 0 : between(least.uram, most.uram)};
  }

  int pick(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }

 private:
  int any(const std::vector<int>& values) {
    return values[static_cast<std::size_t>(pick(0, static_cast<int>(values.size()) - 1))];
  }
  std::string any_type() { return pick(0, 1) != 0 ? "INT4" : "UINT2"; }
  std::string any_weights() { return pick(0, 1) != 0 ? "INT4" : "INT2"; }

  std::string layer(const std::string& what) {
    return fmt::format("  - {{name: l{}, {}}}\n", count_++, what);
  }

  std::string any_layer(int left) {
    switch (pick(0, 4)) {
      case 0:
        return layer("op: threshold, type: " + any_type());
      case 1:
        if (left >= 3) return branch();
        [[fallthrough]];
      case 2: {
        const int kernel = size_ > 1 ? pick(1, 2) : 1;
        channels_ = any({2, 3, 4});
        size_ -= kernel - 1;
        return layer(fmt::format("op: conv, kernel: {}, channels: {}, weights: {}", kernel,
                                 channels_, any_weights()));
      }
      case 3:
        if (size_ > 1) {
          size_ -= 1;
          return layer("op: depthwise_conv, kernel: 2, weights: INT4");
        }
        [[fallthrough]];
      default: {
        channels_ = any({2, 4});
        size_ = 1;
        return layer(fmt::format("op: dense, units: {}, weights: {}", channels_, any_weights()));
      }
    }
  }

  /// A layer read by another and by the sum of both.
  std::string branch() {
    std::string text = layer("op: threshold, type: UINT2");
    text += layer(fmt::format("op: conv, kernel: 1, channels: {}, weights: INT2", channels_));
    text += layer(fmt::format("op: {}, from: [l{}, l{}]", pick(0, 1) != 0 ? "add" : "concat",
                              count_ - 1, count_ - 2));
    if (text.find("concat") != std::string::npos) channels_ *= 2;
    return text;
  }

  std::mt19937_64 random_;
  TemporaryDirectory directory_;
  Scenario scenario_;
  int channels_ = 1;
  int size_ = 1;
  int count_ = 0;
};

/// A memory for weights.
inline constexpr char kMemory[] = "memories: {ddr0: {type: ddr4-2400-8gb-x8}}\n";

/// Options of a space whose weights may lie in memory, with input and output or without.
inline SpaceOptions with_memory(double bytes_per_cycle, bool prune, bool with_frames) {
  SpaceOptions options;
  options.prune = prune;
  options.weights_in_dram = true;
  options.input_in_dram = options.output_in_dram = with_frames;
  options.bytes_per_cycle = bytes_per_cycle;
  return options;
}

/// Number of foldings.
inline double foldings(const FoldingSpace& space) {
  double product = 1;
  for (const FoldingSpace::Stage& stage : space.stages()) {
    product *= static_cast<double>(stage.space->options.size());
  }
  return product;
}

}  // namespace qnnsim::test
