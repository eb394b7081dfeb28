// SPDX-License-Identifier: Apache-2.0
#include "models/kraken/kraken_pixels.h"

#include <algorithm>
#include <functional>

#include "models/block.h"

namespace qnnsim {
namespace {

const BlockRegistration kBlock("kraken_pixels");

}  // namespace

KrakenPixels::KrakenPixels(const KrakenParams& params, KrakenProgram program)
    : Kernel{{{params.pixels_a_beat(), params.pixel_type(),
               sum_over(*program,
                        [&](const KrakenPacket& packet) {
                          return kraken_pixel_beats(params, packet);
                        })}},
             {{params.rows, params.pixel_type(),
               sum_over(*program, std::mem_fn(&KrakenPacket::beats))}}},
      params_(params),
      program_(std::move(program)),
      low_(params.pixels_a_beat(), params.vector_rows(1)),
      high_(params.pixels_a_beat(), params.vector_rows(3)),
      waits_(kraken_header_beats(params)) {}

void KrakenPixels::carry_data() {
  carries_data_ = true;
  window_.resize(params_.rows + 2 * std::size_t(params_.edge_rows()));
  edges_.resize(std::size_t(params_.ram_edges_depth) * params_.edge_rows());
}

Step KrakenPixels::tick(Cycle) {
  const bool offered = in().can_pop();
  if (state_ != State::kVectors) {
    return take_header(offered) ? Step::busy() : Step::starved(true);
  }
  const bool emits = loaded_ && out().can_push();
  if (emits) {
    if (Value* slot = out().push()) std::copy_n(&window_[row_], params_.rows, slot);
    if (++row_ == packet().kernel_h) loaded_ = false;
  }
  const Value* front = in().front();
  PacketGearbox& adapter = gearbox();
  const bool loads = !loaded_ && vectors_left_ > 0 && adapter.can_give(offered);
  if (loads) {
    if (carries_data_) load(adapter.front(front));
    step_position();
    loaded_ = true;
    row_ = 0;
    --vectors_left_;
  }
  const bool takes = adapter.advance(offered, front, loads);
  if (takes) in().pop();
  if (!loaded_ && vectors_left_ == 0) {
    state_ = State::kHeader;
    waits_ = kraken_header_beats(params_);
    index_ = (index_ + 1) % program_->size();
  }
  if (emits || loads || takes || adapter.handed_over()) return Step::busy();
  return loaded_ ? Step::blocked(true) : Step::starved(!adapter.can_give(offered));
}

bool KrakenPixels::take_header(bool offered) {
  if (state_ == State::kHeader) {
    if (!offered) return false;
    in().pop();
    if (--waits_ > 0) return true;
    state_ = State::kConfigure;
    waits_ = kReconfigure;
    return true;
  }
  if (--waits_ > 0) return true;
  state_ = State::kVectors;
  vectors_left_ = packet().vectors();
  place_ = block_ = 0;
  gearbox().begin(kraken_pixel_beats(params_, packet()) - kraken_header_beats(params_),
                  vectors_left_);
  return true;
}

void KrakenPixels::load(const Value* vector) {
  const int half = packet().kernel_h / 2;
  std::copy_n(vector, params_.rows + half, &window_[half]);
  if (half == 0) return;
  const int kept = params_.edge_rows();
  Value* edges = &edges_[std::size_t(place_) * kept];
  if (block_ == 0) std::fill_n(edges, kept, 0);
  std::copy_n(edges + kept - half, half, window_.data());
  // The last `kept` rows of the edges and the block together.
  const int old = std::max(0, kept - params_.rows);
  std::copy_n(edges + kept - old, old, edges);
  std::copy_n(vector + params_.rows - (kept - old), kept - old, edges + old);
}

void KrakenPixels::step_position() {
  if (++place_ < packet().width * packet().channels) return;
  place_ = 0;
  if (++block_ == packet().blocks) block_ = 0;
}

Traits KrakenPixels::traits() const {
  const auto registers = [this](int kernel_h) {
    return PacketGearbox::registers(params_.pixels_a_beat(), params_.vector_rows(kernel_h));
  };
  return {{"rows", params_.rows},
          {"edge_rows", params_.edge_rows()},
          {"edge_depth", params_.ram_edges_depth},
          {"bits", params_.bits_input},
          {"axi_bits", params_.axi_width},
          {"header_bits", kraken_header_bits(params_)},
          {"header_beats", kraken_header_beats(params_)},
          {"low_registers", registers(1)},  // of an adapter [pixels]
          {"high_registers", params_.edge_rows() > 0 ? registers(3) : 0}};
}

std::vector<KernelMemory> KrakenPixels::memories() const {
  if (params_.edge_rows() == 0) return {};
  return {{std::uint64_t(params_.ram_edges_depth),
           std::int64_t{params_.edge_rows()} * params_.bits_input, "auto", 1, false, true}};
}

std::optional<RtlModule> KrakenPixels::rtl() const {
  return kraken_module("qnn_kraken_pixels", params_).set("Reconfigure", kReconfigure);
}

}  // namespace qnnsim
