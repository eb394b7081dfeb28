// SPDX-License-Identifier: Apache-2.0
#include "models/window_lowering.h"

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "models/pad.h"
#include "models/sliding_window.h"

namespace qnnsim {
namespace {

constexpr int kMostPixels = 1 << 14;

void read_padding(AttributeReader& attributes, WindowGeometry& g) {
  const std::vector<std::int64_t> p = attributes.integers("padding", 0, kMostPixels, 4);
  if (p.empty()) return;
  if (p.size() == 3) {
    attributes.complain("padding",
                        "3 values are neither [height, width] nor [top, left, bottom, right]");
    return;
  }
  g.top = static_cast<int>(p[0]);
  g.left = static_cast<int>(p.size() == 1 ? p[0] : p[1]);
  g.bottom = static_cast<int>(p.size() == 4 ? p[2] : g.top);
  g.right = static_cast<int>(p.size() == 4 ? p[3] : g.left);
}

int outputs_along(int size, int padding, int kernel, int dilation, int stride) {
  const std::int64_t free =
      std::int64_t{size} + padding - (std::int64_t{kernel - 1} * dilation + 1);
  return free < 0 ? 0 : static_cast<int>(free / stride + 1);
}

}  // namespace

std::optional<WindowGeometry> WindowGeometry::read(AttributeReader& attributes,
                                                   const TensorShape& input, bool pooling) {
  WindowGeometry g;
  std::tie(g.kernel_h, g.kernel_w) = attributes.height_width("kernel", std::nullopt, 1);
  if (pooling && !attributes.has("stride")) {
    g.stride_h = g.kernel_h;
    g.stride_w = g.kernel_w;
  } else {
    std::tie(g.stride_h, g.stride_w) = attributes.height_width("stride", 1, 1);
  }
  if (!pooling) std::tie(g.dilation_h, g.dilation_w) = attributes.height_width("dilation", 1, 1);
  read_padding(attributes, g);
  const TensorShape result = g.output(input);
  if (result.height < 1 || result.width < 1) {
    attributes.complain(
        "kernel",
        "a window of " + std::to_string(std::int64_t{g.kernel_h - 1} * g.dilation_h + 1) + " x " +
            std::to_string(std::int64_t{g.kernel_w - 1} * g.dilation_w + 1) +
            " pixels does not fit into the input, " + input.to_string() +
            (g.pads() ? " with its padding" : ""),
        "kernel, dilation and padding must leave at least one output pixel");
    return std::nullopt;
  }
  return g;
}

TensorShape WindowGeometry::output(const TensorShape& input) const {
  TensorShape result = input;
  result.height = outputs_along(input.height, top + bottom, kernel_h, dilation_h, stride_h);
  result.width = outputs_along(input.width, left + right, kernel_w, dilation_w, stride_w);
  return result;
}

WindowFolding depthwise_folding(DataflowBuilder& builder, const WindowGeometry& geometry,
                                int channels, int pe) {
  WindowFolding folding;
  folding.simd = pe;
  folding.groups = channels / pe;
  folding.parallel = builder.flag("swg", "parallel_window") && !geometry.is_identity();
  const int simd = builder.own_divisor("swg", "simd", channels, "channels", pe);
  if (simd != pe) {
    builder.complain("swg", "simd",
                     "simd: " + std::to_string(simd) +
                         " differs from the pe: " + std::to_string(pe) +
                         " of the kernel behind, which takes these windows channel by channel",
                     "legal: " + std::to_string(pe));
  }
  return folding;
}

Stream lower_windows(DataflowBuilder& builder, Stream input, const TensorShape& shape,
                     const WindowGeometry& geometry, const WindowFolding& folding) {
  PadParams pad;
  pad.height = shape.height;
  pad.width = shape.width;
  pad.channels = shape.channels;
  pad.top = geometry.top;
  pad.left = geometry.left;
  pad.bottom = geometry.bottom;
  pad.right = geometry.right;
  pad.value = folding.pad_value;
  pad.type = shape.type;
  if (geometry.pads()) {
    pad.simd = builder.own_divisor("pad", "simd", shape.channels, "channels", folding.simd);
    input = builder.add("pad", std::make_unique<Pad>(pad), {input});
  }
  if (geometry.is_identity() && folding.mmv == 1) return input;

  SlidingWindowParams swg;
  swg.height = pad.padded_height();
  swg.width = pad.padded_width();
  swg.channels = shape.channels;
  swg.simd = folding.simd;
  swg.kernel_h = geometry.kernel_h;
  swg.kernel_w = geometry.kernel_w;
  swg.stride_h = geometry.stride_h;
  swg.stride_w = geometry.stride_w;
  swg.dilation_h = geometry.dilation_h;
  swg.dilation_w = geometry.dilation_w;
  swg.groups = folding.groups;
  swg.parallel = folding.parallel;
  swg.mmv = folding.mmv;
  swg.type = shape.type;
  swg.memory = builder.choice("swg", "memory", {"auto", "lut", "bram", "uram"});
  return builder.add("swg", std::make_unique<SlidingWindow>(swg), {input});
}

}  // namespace qnnsim
