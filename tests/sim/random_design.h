// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "models/operator.h"

namespace qnnsim::test {

/// Writes one random network and one random scenario for it.
class RandomDesign {
 public:
  explicit RandomDesign(std::uint64_t seed) : random_(seed), seed_(seed) {
    channels_ = 2 * pick(1, 4);
    height_ = pick(5, 9);
    width_ = pick(5, 9);
    network_ = fmt::format(
        "network: random\ninput: {{height: {}, width: {}, channels: {}, type: {}}}\nlayers:\n",
        height_, width_, channels_, any({"INT4", "UINT4", "INT8", "BIPOLAR"}));
    type_is_bipolar_ = network_.find("BIPOLAR") != std::string::npos;
    const int blocks = pick(1, 3);
    for (int i = 0; i < blocks; ++i) block(i);
    if (pick(0, 1) != 0)
      layer("op: dense, units: 6, weights: INT4", "pe: {}, simd: 2", {1, 2, 3, 6});
    if (pick(0, 1) != 0) layer(fmt::format("op: top_k, k: {}", pick(1, 2)), "", {1});
  }

  const std::string& network() const { return network_; }

  /// As `scenario`, with weights, and perhaps the input and the output, in a memory.
  std::string scenario_in_memory(const std::string& network_file) {
    std::string text = scenario(network_file);
    const std::string stream = "weight_source: stream";
    for (std::size_t at = 0; (at = text.find(stream, at)) != std::string::npos;) {
      text.replace(at, stream.size(), "weight_source: dram");
    }
    const auto bus = [&] {
      return fmt::format("{{bus_bits: {}, max_burst: {}, outstanding: {}}}", 32 << pick(0, 5),
                         pick(1, 20), pick(1, 5));
    };
    const std::string all = bus();
    const std::string input = pick(0, 2) != 0 ? "input: " + bus() + ", " : "";
    const std::string output = pick(0, 2) != 0 ? "output: " + bus() : "";
    return text +
           fmt::format(
               "memories: {{m: {{type: {}, arbitration: {}, queue: {}, request_latency: {}}}}}\n"
               "tensors: {{default: {}, {}{}}}\n",
               any({"ddr4-2400-8gb-x16", "hbm2-8gb"}), any({"priority", "round_robin"}), pick(1, 4),
               pick(1, 8), all, input, output);
  }

  std::string scenario(const std::string& network_file) {
    return fmt::format(
        "network: {}\nplatform: zcu104\nclock_mhz: 100\nfolding: {{{}}}\nfifos: {{default_depth: "
        "{}}}\n"
        "stimulus: {{frames: 3, source: {}, sink: {}}}\ndata: bit_true\nseed: {}\n",
        network_file, folding_, pick(1, 5), pressure(), pressure(), seed_);
  }

 private:
  int pick(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  std::string any(const std::vector<std::string>& choices) {
    return choices[pick(0, static_cast<int>(choices.size()) - 1)];
  }
  std::string pressure() {
    return any({"{interval: 1}", fmt::format("{{interval: {}}}", pick(2, 5)),
                fmt::format("{{stall_probability: 0.{}}}", pick(1, 8))});
  }

  /// Adds a layer; `folding` may have a place for one of `values`.
  std::string layer(const std::string& what, const std::string& folding,
                    const std::vector<int>& values) {
    const std::string name = fmt::format("l{}", count_++);
    network_ += fmt::format("  - {{name: {}, {}}}\n", name, what);
    if (!folding.empty()) {
      const int value = values[pick(0, static_cast<int>(values.size()) - 1)];
      folding_ += fmt::format("{}{}: {{{}}}", folding_.empty() ? "" : ", ", name,
                              fmt::format(fmt::runtime(folding), value));
    }
    return name;
  }

  void quantise() {
    // Chosen without a draw: what stalls depends on the draws behind this one.
    const std::uint64_t variant = seed_ + static_cast<std::uint64_t>(count_);
    const std::vector<std::string> slopes = {"linear", "zero", "leaky, slope_shift: 1"};
    const std::string signed_one =
        variant % 4 == 0 ? std::string("op: threshold, type: INT3")
                         : fmt::format("op: activation, type: INT{}, shift: {}, slope: {}",
                                       3 + variant % 2, variant % 8, slopes[variant % 3]);
    layer(any({"op: threshold, type: UINT2", signed_one, "op: threshold, type: UINT4"}), "pe: {}",
          divisors(channels_));
    type_is_bipolar_ = false;
  }

  /// A mean, rounded either way; chosen without a draw.
  std::string average(const std::string& pool) const {
    return pool + (seed_ % 2 == 0 ? ", rounding: half_even" : "");
  }

  void convolve() {
    const int kernel = std::min({pick(1, 3), height_, width_});
    const int padding = type_is_bipolar_ ? 0 : pick(0, 1);
    const int stride = pick(1, 2);
    const int groups = any({"1", "1", "2"}) == "2" ? 2 : 1;
    const int channels = 2 * pick(1, 4);
    layer(
        fmt::format(
            "op: conv, kernel: {}, stride: {}, padding: {}, groups: {}, channels: {}, weights: {}",
            kernel, stride, padding, groups, channels, any({"BIPOLAR", "INT4", "INT8", "UINT2"})),
        any({"pe: {}", "pe: {}, weight_source: stream", "pe: {}, parallel_window: true"}),
        divisors(channels / groups));
    const std::string name = fmt::format("l{}", count_ - 1);
    const int columns = kernel * kernel * channels_ / groups;
    const std::vector<int> simds = divisors(columns);
    folding_ += fmt::format(", {}.mvu: {{simd: {}}}", name,
                            simds[pick(0, static_cast<int>(simds.size()) - 1)]);
    shrink(kernel, stride, padding);
    channels_ = channels;
  }

  void convolve_depthwise() {
    const int kernel = std::min({3, height_, width_});
    const int padding = type_is_bipolar_ ? 0 : 1;
    layer(
        fmt::format("op: depthwise_conv, kernel: {}, padding: {}, weights: INT4", kernel, padding),
        any({"pe: {}", "pe: {}, weight_source: stream", "pe: {}, parallel_window: true"}),
        divisors(channels_));
    shrink(kernel, 1, padding);
  }

  void upsample(int scale_h, int scale_w) {
    layer(fmt::format("op: upsample, scale: [{}, {}]", scale_h, scale_w), "pe: {}",
          divisors(channels_));
    height_ *= scale_h;
    width_ *= scale_w;
  }

  void shrink(int kernel, int stride, int padding) {
    height_ = (height_ + 2 * padding - kernel) / stride + 1;
    width_ = (width_ + 2 * padding - kernel) / stride + 1;
    type_is_bipolar_ = false;
  }

  /// A layer read by two branches that meet again.
  void branch(const std::string& join) {
    quantise();
    const std::string fork = fmt::format("l{}", count_ - 1);
    const std::string left =
        layer(fmt::format("op: conv, {}, channels: {}, weights: INT4, from: {}",
                          any({"kernel: 1", "kernel: 3, padding: 1"}), channels_, fork),
              "pe: {}", divisors(channels_));
    const std::string right =
        layer(fmt::format("op: scale_bias, scale: INT4, bias: INT6, from: {}", fork), "pe: {}",
              divisors(channels_));
    layer(fmt::format("op: {}, from: [{}, {}]", join, left, right), "pe: {}", divisors(channels_));
    if (join == "concat") channels_ *= 2;
    type_is_bipolar_ = false;
  }

  void block(int index) {
    if (index > 0) quantise();
    switch (pick(0, 6)) {
      case 0:
      case 1:
        return convolve();
      case 2:
        return convolve_depthwise();
      case 3: {
        const int kernel = std::min({pick(2, 3), height_, width_});
        layer(fmt::format("op: {}, kernel: {}, stride: {}",
                          any({"max_pool", average("average_pool"), "average_pool, output: sum"}),
                          kernel, std::min(2, kernel)),
              any({"pe: {}", "pe: {}, parallel_window: true"}), divisors(channels_));
        return shrink(kernel, std::min(2, kernel), 0);
      }
      case 4:
        upsample(pick(1, 2), pick(1, 3));
        return;
      case 5:
        return branch(any({"add", "concat"}));
      default:
        layer("op: " + any({"global_max_pool", average("global_average_pool")}), "pe: {}",
              divisors(channels_));
        height_ = width_ = 1;
        type_is_bipolar_ = false;
    }
  }

  std::mt19937_64 random_;
  const std::uint64_t seed_;
  int count_ = 0;
  int channels_ = 2;
  int height_ = 1;
  int width_ = 1;
  bool type_is_bipolar_ = false;
  std::string network_;
  std::string folding_;
};

}  // namespace qnnsim::test
