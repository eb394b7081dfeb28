// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/tensor.h"
#include "models/window_lowering.h"

namespace qnnsim {

/// A convolution with constant `weights` [channels][kernel_h][kernel_w][input channels / groups]:
/// also depthwise (as many groups as channels), and dense (on the flattened map, 1 x 1).
struct ConvolutionShape {
  TensorShape input;
  WindowGeometry geometry;
  int channels = 1;  ///< of the result
  int groups = 1;
  DataType weights = DataType::bipolar();
  bool is_dense = false;
};

/// Direct convolution on a whole map: im2col and a matrix product (Eigen), exact for every result
/// that 32 bits hold.
///
/// `weights` [channels][kernel_h][kernel_w][input channels / groups]; result
/// [output height][output width][channels]. Throws std::invalid_argument if the sizes do not fit.
Tensor convolve(const Tensor& x, const std::vector<Value>& weights, const WindowGeometry& geometry,
                int channels, int groups);

}  // namespace qnnsim
