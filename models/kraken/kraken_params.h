// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/kernel.h"

namespace qnnsim {

/// The engine of DeepSoCFlow (Kraken, arXiv 2112.02793) as it is synthesised: `rows` x `columns`
/// processing elements, one pixel a row and one weight a column in every clock.
struct KrakenParams {
  int rows = 8;
  int columns = 24;
  int bits_input = 8;    ///< [bits] of a pixel, signed: 2, 4, 8 or 16
  int bits_weights = 8;  ///< [bits] of a weight, signed: 2, 4, 8 or 16
  int bits_sum = 32;     ///< [bits] of an accumulator, signed
  int max_batch_size = 512;
  int max_channels_in = 512;
  int max_kernel_size = 13;     ///< odd
  int max_image_size = 512;     ///< [pixels] height and width
  int ram_weights_depth = 512;  ///< [words of `columns` weights] of each of the two RAMs
  int ram_edges_depth = 288;    ///< [words of `edge_rows()` pixels]
  int axi_width = 64;           ///< [bits] of all three streams, a power of two

  /// [rows] below a block that come with it, and above it that are kept from the block before.
  int edge_rows() const { return max_kernel_size / 2; }
  /// [bits] of a sum on the output stream: the next power of two.
  int bits_output() const;
  int pixels_a_beat() const { return axi_width / bits_input; }
  int weights_a_beat() const { return axi_width / bits_weights; }
  int sums_a_beat() const { return axi_width / bits_output(); }
  /// [pixels] of what is loaded at once: a block's rows, and where the kernel is higher than 1 the
  /// rows below it.
  int vector_rows(int kernel_h) const { return kernel_h == 1 ? rows : rows + edge_rows(); }
  /// Column groups that a kernel of this width makes.
  int groups(int kernel_w) const { return columns / kernel_w; }

  DataType pixel_type() const { return DataType::signed_integer(bits_input); }
  DataType weight_type() const { return DataType::signed_integer(bits_weights); }
  DataType output_type() const { return DataType::signed_integer(bits_output()); }
  /// The control word that goes with every beat of weights (KrakenControl).
  DataType control_type() const;

  /// Throws ParameterError naming the field that cannot be.
  void check() const;
};

/// What a packet of pixels or weights tells the engine in its header: a convolution of stride 1
/// over `images` maps of `blocks` x rows by `width`, `channels` of them at a time.
struct KrakenPacket {
  int kernel_h = 1;  ///< odd
  int kernel_w = 1;  ///< odd
  int channels = 1;  ///< of this pass
  int width = 1;     ///< [pixels], more than kernel_w / 2
  int blocks = 1;    ///< of rows
  int images = 1;

  int words() const { return kernel_h * channels; }  ///< of weights: beats of a column
  std::uint64_t columns() const { return std::uint64_t(images) * blocks * width; }
  std::uint64_t vectors() const { return columns() * channels; }  ///< of pixels
  std::uint64_t beats() const { return columns() * words(); }     ///< that the array multiplies
  /// [cycles] that the array takes where nothing is in its way.
  std::uint64_t clocks() const { return beats() + (kernel_w > 1 ? columns() : 0); }
};

/// The packets that an engine runs through, in order.
using KrakenProgram = std::shared_ptr<const std::vector<KrakenPacket>>;

/// `of(packet)` over a whole program.
template <typename Of>
std::uint64_t sum_over(const std::vector<KrakenPacket>& program, Of of) {
  std::uint64_t sum = 0;
  for (const KrakenPacket& packet : program) sum += of(packet);
  return sum;
}

/// One field of a header, from the least significant bit on.
struct KrakenHeaderField {
  const char* name;
  int bits;
  std::uint32_t value;
};

/// The header of a packet: kernel_h / 2, kernel_w / 2, channels - 1, width - 1, blocks - 1,
/// images - 1, words - 1, each as wide as the engine's greatest value needs, the first in the least
/// significant bits of the first beat.
std::vector<KrakenHeaderField> kraken_header(const KrakenParams& params,
                                             const KrakenPacket& packet);
/// [bits] of all of its fields.
int kraken_header_bits(const KrakenParams& params);
/// [AXI beats] that it takes.
int kraken_header_beats(const KrakenParams& params);
/// These beats as values of `type`, lane by lane.
std::vector<Value> kraken_header_values(const KrakenParams& params, const KrakenPacket& packet,
                                        DataType type);

/// [AXI beats] of a packet with its header.
std::uint64_t kraken_pixel_beats(const KrakenParams& params, const KrakenPacket& packet);
std::uint64_t kraken_weight_beats(const KrakenParams& params, const KrakenPacket& packet);

/// The columns of sums that leave the engine for one column of pixels: none for the first
/// kernel_w / 2 of a block of rows, kernel_w / 2 + 1 for its last.
int kraken_sum_columns(const KrakenPacket& packet, int column);
/// [AXI beats] of the packet of sums for column `column` of pixels; 0 where none leaves.
std::uint64_t kraken_sum_beats(const KrakenParams& params, const KrakenPacket& packet, int column);
/// [AXI beats] of all of them over the whole packet of pixels.
std::uint64_t kraken_sum_beats(const KrakenParams& params, const KrakenPacket& packet);

/// What goes with a beat of weights to the array, bit by bit from the least significant one.
struct KrakenControl {
  bool bypass = false;       ///< the sums begin anew: they do not add to what was there
  bool column_ends = false;  ///< the last beat for this column of pixels
  bool masked = false;       ///< no sums leave for this column
  bool row_ends = false;     ///< the last column of the map
  int kernel_w = 1;

  Value to_value() const {
    return (bypass ? 1 : 0) | (column_ends ? 2 : 0) | (masked ? 4 : 0) | (row_ends ? 8 : 0) |
           kernel_w / 2 << 4;
  }
};

/// [slices] that Yosys makes of the array of rtl/kraken: one an element for products of 9 bits and
/// more, none for narrower ones. Every point of configs/costs/measurements.csv agrees.
/// DeepSoCFlow's array takes two an element on a ZCU104 in Vivado: 1536 of 8 x 96 elements of 8
/// bits (docs/results-2.png there).
inline std::uint64_t kraken_dsps(const KrakenParams& params) {
  const bool in_slices = params.bits_input + params.bits_weights > 8;
  return in_slices ? std::uint64_t(params.rows) * params.columns : 0;
}

/// Sets the parameters that the modules of rtl/kraken share.
RtlModule kraken_module(const std::string& name, const KrakenParams& params);

}  // namespace qnnsim
