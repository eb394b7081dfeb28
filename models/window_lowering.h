// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "models/operator.h"
#include "models/tensor.h"

namespace qnnsim {

/// Where the windows of a convolution or pooling lie on its input map.
struct WindowGeometry {
  int kernel_h = 1;    ///< [pixels]
  int kernel_w = 1;    ///< [pixels]
  int stride_h = 1;    ///< [pixels]
  int stride_w = 1;    ///< [pixels]
  int dilation_h = 1;  ///< [pixels]
  int dilation_w = 1;  ///< [pixels]
  int top = 0;         ///< [pixels] of padding
  int left = 0;        ///< [pixels] of padding
  int bottom = 0;      ///< [pixels] of padding
  int right = 0;       ///< [pixels] of padding

  /// Reads `kernel`, `stride`, `padding` and, unless `pooling`, `dilation`; a pooling strides by
  /// its kernel unless told otherwise. Complains, and gives nothing, where no window fits on
  /// `input`.
  static std::optional<WindowGeometry> read(AttributeReader& attributes, const TensorShape& input,
                                            bool pooling);

  int window() const { return kernel_h * kernel_w; }  ///< [pixels]
  bool pads() const { return top + left + bottom + right > 0; }
  /// Every pixel is a window of its own, in order.
  bool is_identity() const { return window() == 1 && stride_h == 1 && stride_w == 1; }
  /// Shape of the result, with the channels and type of `input`.
  TensorShape output(const TensorShape& input) const;
};

/// How pad and sliding window are folded.
struct WindowFolding {
  int simd = 1;           ///< [channels per beat]
  int groups = 1;         ///< see SlidingWindowParams
  bool parallel = false;  ///< see SlidingWindowParams
  int mmv = 1;            ///< see SlidingWindowParams
  Value pad_value = 0;
};

/// The folding of the windows that a depthwise convolution or a pooling with `pe` channels a beat
/// takes; complains where `<layer>.swg` is told another `simd`.
WindowFolding depthwise_folding(DataflowBuilder& builder, const WindowGeometry& geometry,
                                int channels, int pe);

/// Adds `<layer>.pad` (where the geometry pads) and `<layer>.swg` (where it does more than pass
/// pixels on) behind `input`; returns the stream of windows.
Stream lower_windows(DataflowBuilder& builder, Stream input, const TensorShape& shape,
                     const WindowGeometry& geometry, const WindowFolding& folding);

}  // namespace qnnsim
