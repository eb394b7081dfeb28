// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/convolution.h"
#include "sim/diagnostics.h"
#include "sim/kraken/kraken_settings.h"
#include "sim/network.h"

namespace qnnsim {

/// A layer of a network as the engine computes it: convolutions of odd kernels with stride 1 that
/// keep the size of their map (`rtl`), or with the strides of the paper (`ideal`).
///
/// Names of the tiling are the paper's: G columns a group, E groups, T iterations over the output
/// channels, L row blocks, F rows that blocks share. `groups` counts what is computed for itself:
/// groups of a convolution, or the images of a product of two maps.
struct KrakenLayer {
  enum class Kind { kConv, kDense, kMatrixProduct };

  std::string name;
  std::size_t index = 0;  ///< of the network's layer
  Kind kind = Kind::kConv;
  bool transposed = false;  ///< of a matrix product: the second map's pixels are columns
  WindowGeometry geometry;  ///< as the network has it
  int images = 1;           ///< N
  int groups = 1;
  int channels_in = 1;   ///< Ci, of a group
  int channels_out = 1;  ///< Co, of a group
  int kernel_h = 1;      ///< KH, made odd, with the zeros of a dilation
  int kernel_w = 1;      ///< KW
  int stride_h = 1;      ///< SH, in hardware
  int stride_w = 1;      ///< SW, in hardware
  int height = 1;        ///< H that the engine sees
  int width = 1;         ///< W that the engine sees
  int front_rows = 0;    ///< of zeros above the network's map, so that every result lies inside
  int front_columns = 0;
  int output_height = 1;
  int output_width = 1;
  std::uint64_t macs = 0;        ///< of all images
  std::uint64_t macs_valid = 0;  ///< without those with padding

  int group_columns = 1;           ///< G
  int column_groups = 1;           ///< E
  int iterations = 1;              ///< T, of a group
  int blocks = 1;                  ///< L
  int shared_rows = 0;             ///< F
  std::vector<int> pass_channels;  ///< of every pass
  int sum_bits = 1;                ///< [bits] that the greatest sum of a pass takes

  std::uint64_t columns() const { return std::uint64_t(images) * blocks * width; }
  int passes() const { return static_cast<int>(pass_channels.size()); }
  int idle_columns(const KrakenParams& params) const {
    return params.columns - column_groups * group_columns;
  }
  /// The packet that the engine gets for pass `pass`; there are `groups` x passes x `iterations`.
  KrakenPacket packet(int pass) const;
  std::uint64_t packets() const { return std::uint64_t(groups) * passes() * iterations; }
  /// The engine's output row (column) that is the network's row (column) 0.
  int first_row() const { return front_rows - geometry.top + (kernel_h / 2); }
  int first_column() const { return front_columns - geometry.left + (kernel_w / 2); }

  // Closed forms of the paper (facts: arXiv 2112.02793, reproduced with Table V)
  std::uint64_t ideal_clocks() const;
  std::uint64_t ideal_pixel_words(const KrakenParams& params) const;
  std::uint64_t ideal_weight_words(const KrakenParams& params) const;
  std::uint64_t ideal_sum_words(const KrakenParams& params) const;

  std::uint64_t ram_weights_depth() const;  ///< [words] that the passes take
  std::uint64_t ram_edges_depth() const;    ///< [words]; 0 where the kernel has height 1
};

/// A network on the engine.
struct KrakenPlan {
  KrakenSettings settings;
  std::vector<KrakenLayer> layers;
  // What the processor does for a batch beside taking sums [engine cycles]
  double before = 0;           ///< before the first layer
  std::vector<double> behind;  ///< by layer, behind it
  double cycles_a_sum = 0;     ///< [engine cycles] of the processor for a sum

  bool is_ideal() const { return settings.profile == KrakenProfile::kIdeal; }
  /// What could overflow in an ideal engine, which runs nevertheless; empty where nothing does.
  std::string overflow_warning() const;
  /// All packets of a batch, in the engine's order.
  std::vector<KrakenPacket> program() const;
};

/// Fits `network` to the engine. What the engine cannot do goes to `findings`: kernels that are too
/// large, maps and channels beyond its greatest, RAMs that are too shallow, types that are too
/// wide, and sums that could overflow.
KrakenPlan plan_kraken(const Network& network, const KrakenSettings& settings, Findings& findings);

}  // namespace qnnsim
