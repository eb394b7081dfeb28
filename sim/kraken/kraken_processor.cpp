// SPDX-License-Identifier: Apache-2.0
#include "sim/kraken/kraken_processor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/axi_reader.h"

namespace qnnsim {
namespace {

void push_token(Fifo& fifo) {
  if (Value* token = fifo.push()) *token = 0;
}

}  // namespace

KrakenProcessor::KrakenProcessor(std::shared_ptr<const KrakenPlan> plan,
                                 std::shared_ptr<const KrakenTransfers> transfers,
                                 KrakenTensors tensors, std::uint64_t frames,
                                 std::shared_ptr<const KrakenData> data)
    : Kernel{{token_port(1), token_port(transfers->sums.size())},
             {token_port(transfers->pixels.size()), token_port(transfers->weights.size()),
              token_port(transfers->sums.size()), token_port(1)}},
      plan_(std::move(plan)),
      transfers_(std::move(transfers)),
      tensors_(std::move(tensors)),
      batches_(frames / std::uint64_t(plan_->settings.batch)),
      data_(std::move(data)) {
  const std::size_t layers = plan_->layers.size();
  first_packet_.push_back(0);
  for (std::size_t i = 0; i < layers; ++i) {
    const KrakenLayer& layer = plan_->layers[i];
    first_packet_.push_back(first_packet_.back() + layer.packets());
    const double sums = double(layer.packets()) * double(layer.columns()) * layer.column_groups *
                        plan_->settings.params.rows;
    work_.push_back(
        static_cast<std::uint64_t>(std::ceil(plan_->cycles_a_sum * sums + plan_->behind[i])));
  }
  work_.push_back(static_cast<std::uint64_t>(std::ceil(plan_->before)));
  work_cycles_.resize(layers + 1);
  weights_allowed_ = weight_limit(0);
  if (data_) begin_data();
}

Step KrakenProcessor::tick(Cycle now) {
  const bool gave = give_tokens();
  const bool moved = advance(now);
  if (gave || moved) return Step::busy();
  const bool owes = pixels_owed_ > 0 || buffers_owed_ > 0 || state_ == State::kDone;
  return owes ? Step::blocked(true) : Step::starved(true);
}

bool KrakenProcessor::give_tokens() {
  bool gave = false;
  const auto give = [&](std::size_t port, bool wanted) {
    if (!wanted || !out(port).can_push()) return false;
    push_token(out(port));
    return gave = true;
  };
  if (give(0, pixels_owed_ > 0)) --pixels_owed_;
  if (give(1, weights_given_ < weights_allowed_)) ++weights_given_;
  if (give(2, buffers_owed_ > 0)) --buffers_owed_;
  return gave;
}

bool KrakenProcessor::advance(Cycle now) {
  switch (state_) {
    case State::kFrames:
      if (!in(0).can_pop()) return false;
      in(0).pop();
      if (++frames_ < plan_->settings.batch) return true;
      state_ = State::kBefore;
      work_left_ = work_.back();
      return true;
    case State::kBefore:
      if (work_left_ > 0) {
        --work_left_;
        ++work_cycles_.back();
        return true;
      }
      release(0, now);
      state_ = State::kLayer;
      return true;
    case State::kLayer:
      return take_packet(now);
    case State::kDone:
      if (!out(3).can_push()) return false;
      push_token(out(3));
      if (--frames_ == 0) state_ = State::kFrames;
      return true;
  }
  return false;
}

bool KrakenProcessor::take_packet(Cycle now) {
  if (!in(1).can_pop()) return false;
  if (!working_) {
    // Its share of the layer's work, so that all shares make up the whole.
    const auto share = [&](std::uint64_t packet) {
      return static_cast<std::uint64_t>(double(work_[layer_]) * double(packet) /
                                        double(transfers_->layer_sums[layer_]));
    };
    work_left_ = share(packet_ + 1) - share(packet_);
    working_ = true;
  }
  if (work_left_ > 0) {
    --work_left_;
    ++work_cycles_[layer_];
    return true;
  }
  working_ = false;
  in(1).pop();
  ++buffers_owed_;
  if (data_) store_sums();
  if (++packet_ == transfers_->layer_sums[layer_]) finish_layer(now);
  return true;
}

void KrakenProcessor::finish_layer(Cycle now) {
  spans_.back().finished = now;
  packet_ = 0;
  if (data_) {
    const std::size_t index = plan_->layers[layer_].index;
    const TensorShape shape = data_->network->layers[index].meaning->output();
    maps_[index] = sums_->take();
    for (Tensor& map : maps_[index]) {
      map.height = shape.height;
      map.width = shape.width;
    }
    const bool last = layer_ + 1 == plan_->layers.size();
    compute(index + 1, last ? data_->network->layers.size() : plan_->layers[layer_ + 1].index);
  }
  if (++layer_ < plan_->layers.size()) return release(layer_, now);
  layer_ = 0;
  ++batch_;
  weights_allowed_ = std::max(weights_allowed_, weight_limit(0));
  state_ = State::kDone;
  if (!data_) return;
  results_.insert(results_.end(), maps_.back().begin(), maps_.back().end());
  packets_of_sums_ = 0;
  if (batch_ < batches_) begin_data();
}

void KrakenProcessor::release(std::size_t layer, Cycle now) {
  spans_.push_back({now, now});
  pixels_owed_ += transfers_->layer_packets[layer];
  weights_allowed_ = std::max(weights_allowed_, weight_limit(layer + 1));
  if (data_) write_layer(layer);
}

/// Packets of weights of the whole run that are known when all layers before `next` of the present
/// batch have their pixels: up to the next product of two maps.
std::uint64_t KrakenProcessor::weight_limit(std::size_t next) const {
  const std::vector<KrakenLayer>& layers = plan_->layers;
  const auto is_product = [](const KrakenLayer& layer) {
    return layer.kind == KrakenLayer::Kind::kMatrixProduct;
  };
  const std::uint64_t before = batch_ * first_packet_.back();
  const std::uint64_t all = batches_ * first_packet_.back();
  const auto found = std::find_if(layers.begin() + std::ptrdiff_t(next), layers.end(), is_product);
  if (found != layers.end()) return std::min(all, before + first_packet_[found - layers.begin()]);
  const auto first = std::find_if(layers.begin(), layers.end(), is_product);
  if (first == layers.end()) return all;
  return std::min(all, before + first_packet_.back() + first_packet_[first - layers.begin()]);
}

/// The inputs of a batch, and what the network does with them before the engine's first layer.
void KrakenProcessor::begin_data() {
  const auto first = std::size_t(batch_) * plan_->settings.batch;
  const std::vector<Tensor>& frames = data_->run.frames;
  inputs_.assign(frames.begin() + std::ptrdiff_t(first),
                 frames.begin() + std::ptrdiff_t(first + plan_->settings.batch));
  maps_.assign(data_->network->layers.size(), {});
  compute(0, plan_->layers.front().index);
}

/// The layers [from, to) of the network, none of which is the engine's.
void KrakenProcessor::compute(std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    const Layer& layer = data_->network->layers[i];
    for (std::size_t image = 0; image < inputs_.size(); ++image) {
      std::vector<const Tensor*> inputs;
      for (int source : layer.from) {
        inputs.push_back(source == Layer::kNetworkInput ? &inputs_[image] : &maps_[source][image]);
      }
      maps_[i].push_back(layer.meaning->reference(inputs, data_->run.constants[i]));
    }
  }
}

/// Lays out a layer's pixels, and of a product its weights.
void KrakenProcessor::write_layer(std::size_t index) {
  const KrakenLayer& layer = plan_->layers[index];
  const KrakenParams& params = plan_->settings.params;
  const Layer& network_layer = data_->network->layers[layer.index];
  const auto input = [&](std::size_t which) {
    std::vector<const Tensor*> maps;
    const int from = network_layer.from[which];
    const std::vector<Tensor>& all = from == Layer::kNetworkInput ? inputs_ : maps_[from];
    for (const Tensor& map : all) maps.push_back(&map);
    return maps;
  };
  const auto write = [](MemoryTensor& tensor, std::uint64_t beat,
                        const std::vector<Value>& values) {
    std::copy(values.begin(), values.end(),
              tensor.values.begin() + std::ptrdiff_t(beat) * tensor.transfer.lanes_of_bus());
  };
  write(*tensors_.pixels, transfers_->layer_pixels[index], pixel_packets(params, layer, input(0)));
  if (layer.kind == KrakenLayer::Kind::kMatrixProduct) {
    std::vector<Value> weights;
    for (const Tensor* second : input(1)) {
      const std::vector<Value> one = product_weights(layer, *second);
      weights.insert(weights.end(), one.begin(), one.end());
    }
    write(*tensors_.weights, transfers_->layer_weights[index],
          weight_packets(params, layer, weights));
  }
  sums_.emplace(params, layer);
}

void KrakenProcessor::store_sums() {
  const AxiSegment& packet = transfers_->sums[packets_of_sums_++];
  sums_->add(&tensors_.sums->values[packet.beat * tensors_.sums->transfer.lanes_of_bus()]);
}

}  // namespace qnnsim
