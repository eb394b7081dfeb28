// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace qnnsim::test {

/// Writes one random network and one random Kraken engine that it fits.
class RandomKraken {
 public:
  explicit RandomKraken(std::uint64_t seed) : random_(seed), seed_(seed) {
    bits_ = any<int>({4, 8});
    weight_bits_ = any<int>({4, 8});
    max_kernel_ = 2 * pick(1, 5) + 1;
    height_ = pick(4, 12);
    width_ = pick(4, 12);
    channels_ = 2 * pick(1, 4);
    network_ = fmt::format(
        "network: random\ninput: {{height: {}, width: {}, channels: {}, type: INT{}}}\nlayers:\n",
        height_, width_, channels_, bits_);
    rms_ = std::exp2(bits_) / std::sqrt(12);
    const int blocks = pick(2, 4);
    for (int i = 0; i < blocks; ++i) block(i == 0);
    const bool dense = pick(0, 2) == 0;
    if (dense) {
      layer(fmt::format("op: dense, units: {}, weights: {}", pick(1, 40), weights()));
      if (pick(0, 1) != 0) quantise(sums(rms_, height_ * width_ * channels_));
    }
  }

  const std::string& network() const { return network_; }

  /// One that is not given is at random: whether DMAs stall, a DRAM is behind them, and the
  /// processor takes time. [words] of the edge RAM and [bits] of the sums are ample.
  std::string scenario(const std::string& network_file) {
    const int rows = pick(2, 6);
    const int columns = pick(max_kernel_, 2 * max_kernel_ + 6);
    const int batch = pick(1, 3);
    // Enough for one channel of the highest kernel, or for several.
    const int weight_words = max_kernel_ * pick(1, 6) + pick(0, 2);
    const bool in_memory = seed_ % 3 == 1;
    std::string text = fmt::format(
        "network: {}\norganisation: kraken\nplatform: zcu104\nkraken:\n  profile: rtl\n"
        "  processing_elements: [{}, {}]\n  frequency_mhz: {}\n  bits_input: {}\n"
        "  bits_weights: {}\n  bits_sum: 32\n  max_kernel_size: {}\n  max_image_size: 160\n"
        "  ram_weights_depth: {}\n  ram_edges_depth: 8192\n  axi_width: {}\n  batch: {}\n",
        network_file, rows, columns, pick(100, 400), bits_, weight_bits_, max_kernel_, weight_words,
        32 << pick(0, 2), batch);
    if (seed_ % 3 == 0) {
      text += fmt::format("  valid_prob: 0.{}\n  ready_prob: 0.{}\n", pick(2, 9), pick(2, 9));
    }
    if (seed_ / 3 % 3 == 2) {
      const auto cost = [&] { return fmt::format("{}.{}", pick(0, 1), pick(1, 9)); };
      text += fmt::format(
          "  processor: {{clock_mhz: {}, cycles: {{sum: {}, activation: {}, pool: {}, tile: "
          "{}}}}}\n",
          pick(100, 800), cost(), cost(), cost(), cost());
    }
    if (in_memory) {
      text += fmt::format(
          "memories: {{ddr: {{type: ddr4-2400-8gb-x8}}}}\n"
          "tensors: {{default: {{memory: ddr, max_burst: {}, outstanding: {}}}}}\n",
          pick(1, 32), pick(1, 4));
    }
    return text + fmt::format(
                      "fifos: {{default_depth: {}}}\nstimulus: {{frames: {}}}\ndata: bit_true\n"
                      "seed: {}\n",
                      pick(1, 3), batch * pick(1, 2), seed_);
  }

 private:
  int pick(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  template <typename T>
  T any(const std::vector<T>& choices) {
    return choices[pick(0, static_cast<int>(choices.size()) - 1)];
  }

  std::string layer(const std::string& what) {
    const std::string name = fmt::format("l{}", count_++);
    network_ += fmt::format("  - {{name: {}, {}}}\n", name, what);
    return name;
  }

  std::string last() const { return count_ == 0 ? "input" : fmt::format("l{}", count_ - 1); }

  std::string weights() {
    const auto integer = [&](const char* name, int bits) {
      weight_rms_ = std::exp2(bits) / std::sqrt(name[0] == 'U' ? 3 : 12);
      return fmt::format("{}{}", name, bits);
    };
    switch (pick(0, 3)) {
      case 0:
        return integer("INT", weight_bits_);
      case 1:
        return integer("INT", 3);
      case 2:
        return integer("UINT", weight_bits_ - 1);
      default:
        weight_rms_ = 1;
        return "BIPOLAR";
    }
  }

  /// Root mean square of sums of `terms` values with as many of the latest weights.
  double sums(double values, int terms) const { return values * weight_rms_ * std::sqrt(terms); }

  /// Sums with this root mean square become pixels that neither vanish nor are all clipped.
  std::string quantise(double sums) {
    const double aim = std::exp2(bits_ - 1) / 3;
    const int shift = std::max(0, int(std::lround(std::log2(sums / aim))));
    rms_ = std::min(aim, sums);
    return layer(fmt::format(
        "op: activation, type: INT{}, shift: {}, slope: {}", bits_, shift,
        any<std::string>({"linear", "zero", fmt::format("leaky, slope_shift: {}", pick(1, 3))})));
  }

  /// A kernel's extent, its dilation, and the padding before and behind, so that something is left
  /// of `size` pixels.
  struct Line {
    int kernel = 1;
    int dilation = 1;
    int before = 0;
    int behind = 0;
    int stride = 1;
    int outputs = 1;
  };

  Line line(int size) {
    Line line;
    // An even extent is made odd.
    const int sort = pick(0, 3);
    line.kernel = sort == 0 ? max_kernel_ : pick(1, max_kernel_);
    if (sort == 1) {
      line.dilation = 2;
      line.kernel = pick(2, (max_kernel_ + 1) / 2);
    }
    const int extent = (line.kernel - 1) * line.dilation + 1;
    line.before = pick(0, extent - 1);
    line.behind = pick(0, extent - 1);
    line.behind += std::max(0, extent - size - line.before - line.behind);
    line.stride = pick(0, 1) == 0 ? 1 : pick(2, 4);
    line.outputs = (size + line.before + line.behind - extent) / line.stride + 1;
    return line;
  }

  std::string window(const Line& y, const Line& x) const {
    return fmt::format(
        "kernel: [{}, {}], stride: [{}, {}], dilation: [{}, {}], padding: [{}, {}, {}, {}]",
        y.kernel, x.kernel, y.stride, x.stride, y.dilation, x.dilation, y.before, x.before,
        y.behind, x.behind);
  }

  void convolve(bool depthwise) {
    const Line y = line(height_);
    const Line x = line(width_);
    int channels_a_sum = 1;
    if (depthwise) {
      layer(fmt::format("op: depthwise_conv, {}, weights: {}", window(y, x), weights()));
    } else {
      const int groups = any<int>({1, 1, 2});
      const int channels = 2 * pick(1, 6);
      layer(fmt::format("op: conv, {}, groups: {}, channels: {}, weights: {}", window(y, x), groups,
                        channels, weights()));
      channels_a_sum = channels_ / groups;
      channels_ = channels;
    }
    height_ = y.outputs;
    width_ = x.outputs;
    quantise(sums(rms_, y.kernel * x.kernel * channels_a_sum));
  }

  /// A map that two layers read.
  struct Fork {
    std::string name;
    int channels = 1;
    double rms = 1;
  };

  Fork fork() const { return {last(), channels_, rms_}; }

  /// A convolution of a map that keeps its size, as pixels.
  std::string branch(const Fork& from, int channels) {
    const int kernel = 2 * pick(0, max_kernel_ / 2) + 1;
    layer(fmt::format("op: conv, from: {}, kernel: {}, padding: {}, channels: {}, weights: {}",
                      from.name, kernel, kernel / 2, channels, weights()));
    return quantise(sums(from.rms, kernel * kernel * from.channels));
  }

  void residual() {
    const Fork from = fork();
    const std::string left = branch(from, channels_);
    const std::string right = pick(0, 1) == 0 ? from.name : branch(from, channels_);
    layer(fmt::format("op: add, from: [{}, {}]", left, right));
    quantise(rms_ * std::sqrt(2));
  }

  void concatenate() {
    const Fork from = fork();
    const int channels[] = {2 * pick(1, 3), 2 * pick(1, 3)};
    const std::string left = branch(from, channels[0]);
    const std::string right = branch(from, channels[1]);
    layer(fmt::format("op: concat, from: [{}, {}]", left, right));
    channels_ = channels[0] + channels[1];
    convolve_to(2 * pick(1, 4));
  }

  void convolve_to(int channels) {
    layer(fmt::format("op: conv, kernel: 1, channels: {}, weights: {}", channels, weights()));
    quantise(sums(rms_, channels_));
    channels_ = channels;
  }

  void attend() {
    const Fork from = fork();
    const int inner = 2 * pick(1, 4);
    const int pixels = height_ * width_;
    const std::string q = branch(from, inner);
    const std::string k = branch(from, inner);
    channels_ = 2 * pick(1, 4);
    const std::string v = branch(from, channels_);
    layer(fmt::format("op: matmul, from: [{}, {}], transpose: true", q, k));
    std::string scores = quantise(rms_ * rms_ * std::sqrt(inner));
    double sums = rms_ * rms_ * std::sqrt(pixels);
    if (pick(0, 1) != 0) {  // what a pixel's weights sum up to
      scores = layer(fmt::format("op: softmax, fraction_bits: {}, type: UINT{}",
                                 pick(bits_ / 2 - 1, bits_ / 2), bits_ - 1));
      sums = rms_ * std::exp2(bits_ - 1) / std::sqrt(std::max(1, pixels / 4));
    }
    layer(fmt::format("op: matmul, from: [{}, {}]", scores, v));
    quantise(sums);
  }

  void pool() {
    const std::string average = "average_pool, rounding: half_even";
    const int kernel = std::min({pick(2, 3), height_, width_});
    const int stride = pick(1, 2);
    layer(fmt::format("op: {}, kernel: {}, stride: {}",
                      any<std::string>({"max_pool", "average_pool", average}), kernel, stride));
    height_ = (height_ - kernel) / stride + 1;
    width_ = (width_ - kernel) / stride + 1;
  }

  void block(bool first) {
    switch (pick(first ? 2 : 0, 9)) {
      case 0:
        layer("op: " + any<std::string>({"global_max_pool", "global_average_pool",
                                         "global_average_pool, rounding: half_even"}));
        rms_ /= std::sqrt(height_ * width_);
        height_ = width_ = 1;
        return convolve_to(2 * pick(1, 6));
      case 1:
        pool();
        return convolve(false);
      case 2:
        layer("op: scale_bias, scale: INT3, bias: INT6");
        quantise(rms_ * std::exp2(3) / std::sqrt(12));
        return convolve(pick(0, 1) == 0);
      case 3:
        return convolve(true);
      case 4:
        return residual();
      case 5:
        return concatenate();
      case 6:
      case 7:
        // A map is the weights of a product.
        return weight_bits_ < bits_ ? residual() : attend();
      default:
        return convolve(false);
    }
  }

  std::mt19937_64 random_;
  const std::uint64_t seed_;
  int count_ = 0;
  int bits_ = 8;
  int weight_bits_ = 8;
  int max_kernel_ = 3;
  int channels_ = 2;
  double rms_ = 1;         ///< of the latest pixels, roughly
  double weight_rms_ = 1;  ///< of the latest weights
  int height_ = 1;
  int width_ = 1;
  std::string network_;
};

}  // namespace qnnsim::test
