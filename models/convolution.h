// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/tensor.h"
#include "models/window_lowering.h"

namespace qnnsim {

/// Direct convolution on a whole map: im2col and a matrix product (Eigen), exact for every result
/// that 32 bits hold.
///
/// `weights` [channels][kernel_h][kernel_w][input channels / groups]; result
/// [output height][output width][channels]. Throws std::invalid_argument if the sizes do not fit.
Tensor convolve(const Tensor& x, const std::vector<Value>& weights, const WindowGeometry& geometry,
                int channels, int groups);

}  // namespace qnnsim
