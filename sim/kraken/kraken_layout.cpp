// SPDX-License-Identifier: Apache-2.0
#include "sim/kraken/kraken_layout.h"

#include <algorithm>
#include <numeric>

namespace qnnsim {
namespace {

/// Appends packets to a stream of bus beats.
class PacketWriter {
 public:
  explicit PacketWriter(int lanes) : lanes_(lanes) {}
  void begin(const std::vector<Value>& header) {
    values_.insert(values_.end(), header.begin(), header.end());
  }
  void add(Value value) { values_.push_back(value); }
  /// The last beat is filled up.
  void end() { values_.resize((values_.size() + lanes_ - 1) / lanes_ * lanes_); }
  std::vector<Value> take() { return std::move(values_); }

 private:
  const int lanes_;
  std::vector<Value> values_;
};

/// The element that a layer's row, column and channel is; 0 around the map.
Value element(const KrakenLayer& layer, const Tensor& map, int row, int column, int channel) {
  if (layer.kind == KrakenLayer::Kind::kMatrixProduct) {  // pixels are rows
    return row < layer.height ? map.data[std::size_t(row) * map.channels + channel] : 0;
  }
  const int y = row - layer.front_rows;
  const int x = column - layer.front_columns;
  const bool inside = y >= 0 && y < map.height && x >= 0 && x < map.width;
  return inside ? map.at(y, x, channel) : 0;
}

/// The first channel of pass `pass` within its group.
int first_channel(const KrakenLayer& layer, int pass) {
  return std::accumulate(layer.pass_channels.begin(), layer.pass_channels.begin() + pass, 0);
}

/// The network's weight for a tap of the engine's kernel; 0 where it has none.
Value tap(const KrakenLayer& layer, const std::vector<Value>& weights, int output, int row,
          int column, int channel) {
  const WindowGeometry& g = layer.geometry;
  if (row % g.dilation_h != 0 || column % g.dilation_w != 0) return 0;
  const int y = row / g.dilation_h;
  const int x = column / g.dilation_w;
  if (y >= g.kernel_h || x >= g.kernel_w) return 0;
  const std::size_t place = (std::size_t(output) * g.kernel_h + y) * g.kernel_w + x;
  return weights[place * layer.channels_in + channel];
}

}  // namespace

std::vector<Value> pixel_packets(const KrakenParams& params, const KrakenLayer& layer,
                                 const std::vector<const Tensor*>& maps) {
  const bool dense = layer.kind == KrakenLayer::Kind::kDense;
  const bool product = layer.kind == KrakenLayer::Kind::kMatrixProduct;
  const int rows = params.vector_rows(layer.kernel_h);
  PacketWriter writer(params.pixels_a_beat());
  for (int group = 0; group < layer.groups; ++group) {
    for (int pass = 0; pass < layer.passes(); ++pass) {
      const KrakenPacket packet = layer.packet(pass);
      const int first = first_channel(layer, pass) + (product ? 0 : group * layer.channels_in);
      writer.begin(kraken_header_values(params, packet, params.pixel_type()));
      for (int image = 0; image < packet.images; ++image) {
        for (int block = 0; block < packet.blocks; ++block) {
          for (int column = 0; column < packet.width; ++column) {
            for (int channel = first; channel < first + packet.channels; ++channel) {
              for (int r = 0; r < rows; ++r) {
                const int row = block * params.rows + r;
                if (dense) {  // every image is a row
                  writer.add(row < layer.height ? maps[row]->data[channel] : 0);
                } else {
                  const Tensor& map = *maps[product ? group : image];
                  writer.add(element(layer, map, row, column, channel));
                }
              }
            }
          }
        }
      }
      writer.end();
    }
  }
  return writer.take();
}

std::vector<Value> weight_packets(const KrakenParams& params, const KrakenLayer& layer,
                                  const std::vector<Value>& weights) {
  PacketWriter writer(params.weights_a_beat());
  for (int group = 0; group < layer.groups; ++group) {
    for (int pass = 0; pass < layer.passes(); ++pass) {
      const KrakenPacket packet = layer.packet(pass);
      const int first = first_channel(layer, pass);
      for (int t = 0; t < layer.iterations; ++t) {
        writer.begin(kraken_header_values(params, packet, params.weight_type()));
        for (int channel = first; channel < first + packet.channels; ++channel) {
          for (int row = 0; row < layer.kernel_h; ++row) {
            for (int c = 0; c < params.columns; ++c) {
              const int place = c / layer.group_columns;
              const int output = t * layer.column_groups + place;
              const bool used = place < layer.column_groups && output < layer.channels_out;
              writer.add(used ? tap(layer, weights, group * layer.channels_out + output, row,
                                    c % layer.group_columns, channel)
                              : 0);
            }
          }
        }
        writer.end();
      }
    }
  }
  return writer.take();
}

std::vector<Value> product_weights(const KrakenLayer& layer, const Tensor& second) {
  if (layer.transposed) return second.data;
  std::vector<Value> weights(second.data.size());
  for (int inner = 0; inner < layer.channels_in; ++inner) {
    for (int column = 0; column < layer.channels_out; ++column) {
      weights[std::size_t(column) * layer.channels_in + inner] =
          second.data[std::size_t(inner) * layer.channels_out + column];
    }
  }
  return weights;
}

SumCollector::SumCollector(const KrakenParams& params, const KrakenLayer& layer)
    : params_(params), layer_(layer), column_(layer.kernel_w / 2) {
  const bool product = layer.kind == KrakenLayer::Kind::kMatrixProduct;
  const bool dense = layer.kind == KrakenLayer::Kind::kDense;
  const int maps = dense ? layer.height : product ? layer.groups : layer.images;
  const int channels = layer.channels_out * (product ? 1 : layer.groups);
  for (int i = 0; i < maps; ++i) {
    maps_.emplace_back(dense ? 1 : layer.output_height, layer.output_width, channels);
  }
}

void SumCollector::add(const Value* sums) {
  const int half = layer_.kernel_w / 2;
  const bool row_ends = column_ + 1 == layer_.width;
  for (int group = 0; group < layer_.column_groups; ++group) {
    // At the end of a row the rightmost column comes first.
    for (int right = 0; right <= (row_ends ? half : 0); ++right) {
      add_column(row_ends ? column_ - right : column_ - half, group, sums);
      sums += params_.rows;
    }
  }
  if (++column_ < layer_.width) return;
  column_ = half;
  if (++block_ < layer_.blocks) return;
  block_ = 0;
  if (++image_ < layer_.images) return;
  image_ = 0;
  ++packet_;
}

void SumCollector::add_column(int column, int group, const Value* sums) {
  const auto iterations = std::uint64_t(layer_.iterations);
  const int iteration = static_cast<int>(packet_ % iterations);
  const int layer_group = static_cast<int>(packet_ / iterations / layer_.passes());
  const int output = iteration * layer_.column_groups + group;
  const int x = column - layer_.first_column();
  const int stride_w = layer_.geometry.stride_w;
  const bool product = layer_.kind == KrakenLayer::Kind::kMatrixProduct;
  const bool dense = layer_.kind == KrakenLayer::Kind::kDense;
  if (output >= layer_.channels_out || x < 0 || x % stride_w != 0) return;
  if (x / stride_w >= layer_.output_width) return;
  const int channel = output + (product ? 0 : layer_group * layer_.channels_out);
  for (int r = 0; r < params_.rows; ++r) {
    const int y = block_ * params_.rows + r - layer_.first_row();
    const int stride_h = layer_.geometry.stride_h;
    if (y < 0 || y % stride_h != 0 || y / stride_h >= layer_.output_height) continue;
    const int row = y / stride_h;
    // A packet of a later pass adds to what the earlier ones left.
    if (dense) {
      maps_[row].at(0, 0, channel) += sums[r];
    } else {
      maps_[product ? layer_group : image_].at(row, x / stride_w, channel) += sums[r];
    }
  }
}

KrakenTransfers kraken_transfers(const KrakenPlan& plan) {
  const KrakenParams& params = plan.settings.params;
  KrakenTransfers transfers;
  std::uint64_t largest_sums = 0;
  std::vector<std::uint64_t> sums;
  for (const KrakenLayer& layer : plan.layers) {
    transfers.layer_pixels.push_back(transfers.pixel_beats);
    transfers.layer_weights.push_back(transfers.weight_beats);
    const std::size_t sums_before = sums.size();
    for (int group = 0; group < layer.groups; ++group) {
      for (int pass = 0; pass < layer.passes(); ++pass) {
        const KrakenPacket packet = layer.packet(pass);
        const std::uint64_t pixels = kraken_pixel_beats(params, packet);
        const std::uint64_t weights = kraken_weight_beats(params, packet);
        for (int t = 0; t < layer.iterations; ++t) {
          transfers.pixels.push_back({transfers.pixel_beats, pixels});
          transfers.weights.push_back({transfers.weight_beats, weights});
          transfers.weight_beats += weights;
          for (int map = 0; map < packet.images * packet.blocks; ++map) {
            for (int column = packet.kernel_w / 2; column < packet.width; ++column) {
              sums.push_back(kraken_sum_beats(params, packet, column));
            }
          }
        }
        transfers.pixel_beats += pixels;
      }
    }
    transfers.layer_packets.push_back(layer.packets());
    transfers.layer_sums.push_back(sums.size() - sums_before);
  }
  for (std::uint64_t beats : sums) largest_sums = std::max(largest_sums, beats);
  transfers.sum_beats = 2 * largest_sums;
  transfers.sums.reserve(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    transfers.sums.push_back({i % 2 * largest_sums, sums[i]});
  }
  return transfers;
}

}  // namespace qnnsim
