// SPDX-License-Identifier: Apache-2.0
#include "models/kraken/kraken_params.h"

#include <algorithm>

#include "models/pipeline.h"

namespace qnnsim {
namespace {

constexpr int kControlFlags = 4;  ///< [bits] of KrakenControl below the kernel's width

/// [bits] that hold 0 .. values - 1, at least one.
int bits_for(std::int64_t values) { return std::max(1, clog2(values)); }

bool is_power_of_two(int value) { return value > 0 && (value & (value - 1)) == 0; }

void require_width(const char* field, int bits) {
  require(bits == 2 || bits == 4 || bits == 8 || bits == 16,
          std::string("kraken: ") + field + " " + std::to_string(bits) + " is not 2, 4, 8 or 16");
}

}  // namespace

int KrakenParams::bits_output() const {
  int bits = 1;
  while (bits < bits_sum) bits *= 2;
  return bits;
}

DataType KrakenParams::control_type() const {
  return DataType::unsigned_integer(kControlFlags + bits_for(max_kernel_size / 2 + 1));
}

void KrakenParams::check() const {
  const auto positive = [](const char* field, std::int64_t value) {
    require_positive("kraken", field, value);
  };
  positive("rows", rows);
  positive("columns", columns);
  require_width("bits_input", bits_input);
  require_width("bits_weights", bits_weights);
  require(bits_sum >= 2 && bits_sum <= DataType::kMaxBits,
          "kraken: bits_sum " + std::to_string(bits_sum) + " is not in 2..32");
  positive("max_batch_size", max_batch_size);
  positive("max_channels_in", max_channels_in);
  positive("max_kernel_size", max_kernel_size);
  require(max_kernel_size % 2 == 1,
          "kraken: max_kernel_size " + std::to_string(max_kernel_size) + " is even");
  require(max_kernel_size <= columns, "kraken: max_kernel_size " + std::to_string(max_kernel_size) +
                                          " is more than the columns " + std::to_string(columns));
  positive("max_image_size", max_image_size);
  positive("ram_weights_depth", ram_weights_depth);
  positive("ram_edges_depth", ram_edges_depth);
  require(
      axi_width >= 32 && axi_width <= 1024 && is_power_of_two(axi_width),
      "kraken: axi_width " + std::to_string(axi_width) + " is not a power of two from 32 to 1024");
}

std::vector<KrakenHeaderField> kraken_header(const KrakenParams& p, const KrakenPacket& packet) {
  const auto less_one = [](int value) { return static_cast<std::uint32_t>(value - 1); };
  const int kernel_bits = bits_for(p.max_kernel_size / 2 + 1);
  return {{"kernel_h", kernel_bits, static_cast<std::uint32_t>(packet.kernel_h / 2)},
          {"kernel_w", kernel_bits, static_cast<std::uint32_t>(packet.kernel_w / 2)},
          {"channels", bits_for(p.max_channels_in), less_one(packet.channels)},
          {"width", bits_for(p.max_image_size), less_one(packet.width)},
          {"blocks", bits_for(divide_up(p.max_image_size, p.rows)), less_one(packet.blocks)},
          {"images", bits_for(p.max_batch_size), less_one(packet.images)},
          {"words", bits_for(p.ram_weights_depth), less_one(packet.words())}};
}

int kraken_header_bits(const KrakenParams& params) {
  int bits = 0;
  for (const KrakenHeaderField& field : kraken_header(params, {})) bits += field.bits;
  return bits;
}

int kraken_header_beats(const KrakenParams& params) {
  return (kraken_header_bits(params) + params.axi_width - 1) / params.axi_width;
}

std::vector<Value> kraken_header_values(const KrakenParams& params, const KrakenPacket& packet,
                                        DataType type) {
  const int lanes = params.axi_width / type.bits();
  std::vector<bool> bits;
  for (const KrakenHeaderField& field : kraken_header(params, packet)) {
    for (int i = 0; i < field.bits; ++i) bits.push_back((field.value >> i & 1) != 0);
  }
  bits.resize(std::size_t(kraken_header_beats(params)) * params.axi_width);
  std::vector<Value> values;
  for (std::size_t lane = 0; lane < bits.size() / type.bits(); ++lane) {
    std::uint32_t wire = 0;
    for (int i = 0; i < type.bits(); ++i) wire |= std::uint32_t(bits[lane * type.bits() + i]) << i;
    values.push_back(from_wire(wire, type));
  }
  values.resize(std::size_t(kraken_header_beats(params)) * lanes);
  return values;
}

std::uint64_t kraken_pixel_beats(const KrakenParams& params, const KrakenPacket& packet) {
  const std::uint64_t pixels = packet.vectors() * params.vector_rows(packet.kernel_h);
  return kraken_header_beats(params) + divide_up(pixels, params.pixels_a_beat());
}

std::uint64_t kraken_weight_beats(const KrakenParams& params, const KrakenPacket& packet) {
  const std::uint64_t weights = std::uint64_t(packet.words()) * params.columns;
  return kraken_header_beats(params) + divide_up(weights, params.weights_a_beat());
}

int kraken_sum_columns(const KrakenPacket& packet, int column) {
  if (column < packet.kernel_w / 2) return 0;
  return column + 1 == packet.width ? packet.kernel_w / 2 + 1 : 1;
}

std::uint64_t kraken_sum_beats(const KrakenParams& params, const KrakenPacket& packet, int column) {
  const std::uint64_t sums = std::uint64_t(kraken_sum_columns(packet, column)) *
                             params.groups(packet.kernel_w) * params.rows;
  return divide_up(sums, params.sums_a_beat());
}

std::uint64_t kraken_sum_beats(const KrakenParams& params, const KrakenPacket& packet) {
  const int usual = packet.width - 1 - packet.kernel_w / 2;  // columns between the first and last
  const std::uint64_t block =
      (usual > 0 ? usual * kraken_sum_beats(params, packet, packet.kernel_w / 2) : 0) +
      kraken_sum_beats(params, packet, packet.width - 1);
  return block * packet.blocks * packet.images;
}

RtlModule kraken_module(const std::string& name, const KrakenParams& p) {
  RtlModule module(name);
  module.set("Rows", p.rows)
      .set("Columns", p.columns)
      .set("PixelBits", p.bits_input)
      .set("WeightBits", p.bits_weights)
      .set("SumBits", p.bits_sum)
      .set("OutputBits", p.bits_output())
      .set("MaxImages", p.max_batch_size)
      .set("MaxChannels", p.max_channels_in)
      .set("MaxKernel", p.max_kernel_size)
      .set("MaxWidth", p.max_image_size)
      .set("WeightDepth", p.ram_weights_depth)
      .set("EdgeDepth", p.ram_edges_depth)
      .set("AxiBits", p.axi_width);
  return module;
}

}  // namespace qnnsim
