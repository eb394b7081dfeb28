// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/kernel.h"
#include "sim/kraken/kraken_layout.h"
#include "sim/lowering.h"
#include "sim/memory/memory_ports.h"
#include "sim/network.h"

namespace qnnsim {

/// What lies in memory for the engine.
struct KrakenTensors {
  std::shared_ptr<MemoryTensor> pixels;
  std::shared_ptr<MemoryTensor> weights;
  std::shared_ptr<MemoryTensor> sums;
};

/// When a layer of a batch was computed.
struct KrakenSpan {
  Cycle released = 0;  ///< its pixels lie in memory
  Cycle finished = 0;  ///< its last sums have been processed
};

/// The values that a run carries through the engine.
struct KrakenData {
  std::shared_ptr<const Network> network;
  RunData run;
};

/// The processor beside the engine: it takes packets of sums as they come, does what the network
/// asks for between the engine's layers, and lays out the next layer's pixels. Until a layer's last
/// sums have been processed, the next one's pixels are not fetched; weights are, as far as they are
/// known.
///
/// Streams: a token for every frame that is there (input 0) and for every packet of sums in memory
/// (input 1); tokens that let packets of pixels (output 0) and weights (output 1) be fetched, that
/// free one of the two buffers for sums (output 2), and one for every frame that is done (output
/// 3).
class KrakenProcessor final : public Kernel {
 public:
  /// `data` is nullptr where only beats are carried.
  KrakenProcessor(std::shared_ptr<const KrakenPlan> plan,
                  std::shared_ptr<const KrakenTransfers> transfers, KrakenTensors tensors,
                  std::uint64_t frames, std::shared_ptr<const KrakenData> data);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return 1; }

  /// By batch and layer, so far.
  const std::vector<KrakenSpan>& spans() const { return spans_; }
  /// [cycles] that each layer took it over all batches; the last entry is what comes before the
  /// first layer.
  const std::vector<std::uint64_t>& work_cycles() const { return work_cycles_; }
  /// The network's output, by frame; empty unless data is carried.
  const std::vector<Tensor>& outputs() const { return results_; }

 private:
  enum class State { kFrames, kBefore, kLayer, kDone };

  bool give_tokens();
  bool advance(Cycle now);
  bool take_packet(Cycle now);
  void release(std::size_t layer, Cycle now);
  void finish_layer(Cycle now);
  std::uint64_t weight_limit(std::size_t next_layer) const;
  void begin_data();
  void write_layer(std::size_t layer);
  void compute(std::size_t from, std::size_t to);
  void store_sums();

  const std::shared_ptr<const KrakenPlan> plan_;
  const std::shared_ptr<const KrakenTransfers> transfers_;
  const KrakenTensors tensors_;
  const std::uint64_t batches_;
  const std::shared_ptr<const KrakenData> data_;
  std::vector<std::uint64_t> first_packet_;  ///< by layer; then their number
  std::vector<std::uint64_t> work_;          ///< [cycles] by layer; then those before the first

  State state_ = State::kFrames;
  std::uint64_t batch_ = 0;  ///< that is being computed
  int frames_ = 0;           ///< of the batch: there, or still to be given
  std::size_t layer_ = 0;
  std::uint64_t packet_ = 0;     ///< of sums of the layer
  std::uint64_t work_left_ = 0;  ///< [cycles] on the present packet
  bool working_ = false;
  std::uint64_t pixels_owed_ = 0;    ///< tokens
  std::uint64_t weights_given_ = 0;  ///< tokens
  std::uint64_t weights_allowed_ = 0;
  std::uint64_t buffers_owed_ = 2;  ///< tokens
  std::vector<KrakenSpan> spans_;
  std::vector<std::uint64_t> work_cycles_;

  std::vector<std::vector<Tensor>> maps_;  ///< [network layer][image]
  std::vector<Tensor> inputs_;             ///< of the batch
  std::optional<SumCollector> sums_;
  std::uint64_t packets_of_sums_ = 0;  ///< of the batch
  std::vector<Tensor> results_;
};

}  // namespace qnnsim
