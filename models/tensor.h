// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/data_type.h"

namespace qnnsim {

/// Shape and element type of a feature map: height x width x channels, channels innermost.
struct TensorShape {
  int height = 1;    ///< [pixels]
  int width = 1;     ///< [pixels]
  int channels = 1;  ///< [channels]
  DataType type = DataType::bipolar();

  std::int64_t pixels() const { return std::int64_t{height} * width; }
  std::int64_t elements() const { return pixels() * channels; }
  std::string to_string() const {
    return std::to_string(height) + " x " + std::to_string(width) + " x " +
           std::to_string(channels) + " " + type.name();
  }
};

/// One frame of a feature map: height x width x channels, channels innermost (NHWC without N).
struct Tensor {
  Tensor() = default;
  Tensor(int height_, int width_, int channels_)
      : height(height_),
        width(width_),
        channels(channels_),
        data(static_cast<std::size_t>(height_) * width_ * channels_) {}

  Value& at(int y, int x, int c) {
    return data[(static_cast<std::size_t>(y) * width + x) * channels + c];
  }
  Value at(int y, int x, int c) const {
    return data[(static_cast<std::size_t>(y) * width + x) * channels + c];
  }

  int height = 0;
  int width = 0;
  int channels = 0;
  std::vector<Value> data;
};

/// A constant of a layer (weights, thresholds, ...), row-major in `shape`.
struct Constant {
  std::vector<int> shape;
  std::vector<Value> data;
};

}  // namespace qnnsim
