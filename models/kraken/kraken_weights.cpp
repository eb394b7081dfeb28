// SPDX-License-Identifier: Apache-2.0
#include "models/kraken/kraken_weights.h"

#include <algorithm>
#include <functional>

#include "models/block.h"

namespace qnnsim {
namespace {

const BlockRegistration kBlock("kraken_weights");

}  // namespace

KrakenWeights::KrakenWeights(const KrakenParams& params, KrakenProgram program)
    : Kernel{{{params.weights_a_beat(), params.weight_type(),
               sum_over(*program,
                        [&](const KrakenPacket& packet) {
                          return kraken_weight_beats(params, packet);
                        })}},
             {{params.columns, params.weight_type(),
               sum_over(*program, std::mem_fn(&KrakenPacket::beats))},
              {1, params.control_type(), sum_over(*program, std::mem_fn(&KrakenPacket::beats))}}},
      params_(params),
      program_(std::move(program)),
      adapter_(params.weights_a_beat(), params.columns),
      header_left_(kraken_header_beats(params)),
      loop_(program_) {}

void KrakenWeights::carry_data() {
  carries_data_ = true;
  for (auto& bank : banks_) bank.resize(std::size_t(params_.ram_weights_depth) * params_.columns);
  for (Word& word : pipeline_) word.weights.resize(params_.columns);
}

Step KrakenWeights::tick(Cycle) {
  const bool room = out(0).can_push() && out(1).can_push();
  Word& last = pipeline_.back();
  const bool gives = last.valid && room;
  if (gives) {
    if (Value* slot = out(0).push()) std::copy_n(last.weights.data(), params_.columns, slot);
    if (Value* slot = out(1).push()) *slot = last.control;
  }
  // Both sides see which banks are full as of the previous edge.
  const std::array<bool, 2> full = full_;
  const bool reads = read(!last.valid || room);
  const std::array<bool, 2> freed = {full[0] && !full_[0], full[1] && !full_[1]};
  full_ = full;
  const bool fills = fill();
  for (int bank = 0; bank < 2; ++bank) full_[bank] = full_[bank] && !freed[bank];
  if (gives || reads || fills) return Step::busy();
  return last.valid ? Step::blocked(true) : Step::starved(true);
}

bool KrakenWeights::fill() {
  const bool offered = in().can_pop();
  if (words_left_ == 0) {
    if (!offered || full_[fill_bank_]) return false;
    in().pop();
    if (--header_left_ > 0) return true;
    const KrakenPacket& packet = (*program_)[filled_];
    words_left_ = packet.words();
    adapter_.begin(kraken_weight_beats(params_, packet) - kraken_header_beats(params_),
                   words_left_);
    return true;
  }
  const Value* front = in().front();
  const bool writes = adapter_.can_give(offered);
  if (writes) {
    if (carries_data_) {
      const int word = (*program_)[filled_].words() - words_left_;
      std::copy_n(adapter_.front(front), params_.columns,
                  &banks_[fill_bank_][std::size_t(word) * params_.columns]);
    }
    if (--words_left_ == 0) {
      full_[fill_bank_] = true;
      fill_bank_ ^= 1;
      filled_ = (filled_ + 1) % program_->size();
      header_left_ = kraken_header_beats(params_);
    }
  }
  const bool takes = adapter_.advance(offered, front, writes);
  if (takes) in().pop();
  return writes || takes || adapter_.handed_over();
}

bool KrakenWeights::read(bool advances) {
  bool moves = false;
  if (advances) {
    for (const Word& word : pipeline_) moves = moves || word.valid;
    std::rotate(pipeline_.begin(), pipeline_.end() - 1, pipeline_.end());
    pipeline_.front().valid = false;
  }
  if (!reading_) {
    if (!full_[read_bank_]) return moves;
    if (--switch_left_ > 0) return true;
    reading_ = true;
    return true;
  }
  if (!advances) return moves;
  issue(pipeline_.front());
  if (!loop_.step()) return true;
  full_[read_bank_] = false;
  read_bank_ ^= 1;
  reading_ = false;
  switch_left_ = kSwitch;
  return true;
}

void KrakenWeights::issue(Word& word) {
  word.valid = true;
  word.control = loop_.control().to_value();
  if (!carries_data_) return;
  std::copy_n(&banks_[read_bank_][std::size_t(loop_.word()) * params_.columns], params_.columns,
              word.weights.data());
}

Traits KrakenWeights::traits() const {
  return {{"columns", params_.columns},
          {"depth", params_.ram_weights_depth},
          {"bits", params_.bits_weights},
          {"axi_bits", params_.axi_width},
          {"header_bits", kraken_header_bits(params_)},
          {"header_beats", kraken_header_beats(params_)},
          {"registers",  // of the adapter [weights]
           PacketGearbox::registers(params_.weights_a_beat(), params_.columns)}};
}

std::vector<KernelMemory> KrakenWeights::memories() const {
  return {{std::uint64_t(params_.ram_weights_depth),
           std::int64_t{params_.columns} * params_.bits_weights, "auto", 2, false, true}};
}

std::optional<RtlModule> KrakenWeights::rtl() const {
  RtlModule module = kraken_module("qnn_kraken_weights", params_);
  module.set("Switch", kSwitch);
  module.output_prefixes = {"weights_", "control_"};
  return module;
}

}  // namespace qnnsim
