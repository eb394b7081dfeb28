// SPDX-License-Identifier: Apache-2.0
//
// How maps, weights and sums lie in the engine's memory.
#pragma once

#include <vector>

#include "models/axi_transfer.h"
#include "models/tensor.h"
#include "sim/kraken/kraken_plan.h"

namespace qnnsim {

/// The packets of pixels of a layer, one for each group and pass, each from a bus beat on; every
/// iteration reads its pass's again. `maps` are the inputs of all images.
std::vector<Value> pixel_packets(const KrakenParams& params, const KrakenLayer& layer,
                                 const std::vector<const Tensor*>& maps);

/// The packets of weights of a layer in the engine's order. `weights`
/// [channels][kernel_h][kernel_w][input channels / groups] of the network's layer; of a matrix
/// product there are those of each image, one behind the other.
std::vector<Value> weight_packets(const KrakenParams& params, const KrakenLayer& layer,
                                  const std::vector<Value>& weights);

/// The weights that a matrix product has for one image: its second map.
std::vector<Value> product_weights(const KrakenLayer& layer, const Tensor& second);

/// Collects the sums of a layer, packet by packet, in the engine's order.
class SumCollector {
 public:
  SumCollector(const KrakenParams& params, const KrakenLayer& layer);
  /// The next packet of sums that leaves.
  void add(const Value* sums);
  /// The results of all images, when all packets have been added.
  std::vector<Tensor> take() { return std::move(maps_); }

 private:
  void add_column(int column, int group, const Value* sums);

  const KrakenParams& params_;
  const KrakenLayer& layer_;
  std::vector<Tensor> maps_;
  std::uint64_t packet_ = 0;  ///< of pixels: group, pass, iteration
  int image_ = 0;
  int block_ = 0;
  int column_ = 0;
};

/// What the three DMAs move in a batch: packets of a layer behind each other, layers behind each
/// other, from bus beat 0 of their tensor on.
struct KrakenTransfers {
  std::vector<AxiSegment> pixels;   ///< by packet
  std::vector<AxiSegment> weights;  ///< by packet
  std::vector<AxiSegment> sums;     ///< by packet of sums; they alternate between two buffers
  std::vector<std::uint64_t> layer_pixels;   ///< [bus beats] where a layer's packets begin
  std::vector<std::uint64_t> layer_weights;  ///< [bus beats]
  std::vector<std::uint64_t> layer_packets;  ///< of pixels, by layer
  std::vector<std::uint64_t> layer_sums;     ///< packets of sums, by layer
  std::uint64_t pixel_beats = 0;             ///< [bus beats] of all pixels
  std::uint64_t weight_beats = 0;            ///< [bus beats]
  std::uint64_t sum_beats = 0;               ///< [bus beats] of both buffers
};

KrakenTransfers kraken_transfers(const KrakenPlan& plan);

}  // namespace qnnsim
