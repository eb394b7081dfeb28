// SPDX-License-Identifier: Apache-2.0
#include "sim/kraken/kraken_ideal.h"

#include <algorithm>

#include "models/axi_reader.h"

namespace qnnsim {

KrakenIdeal::KrakenIdeal(std::shared_ptr<const KrakenPlan> plan)
    : Kernel{{token_port(1)}, {token_port(1)}},
      plan_(std::move(plan)),
      counts_(plan_->layers.size()) {}

std::uint64_t KrakenIdeal::frame_interval() const {
  std::uint64_t clocks = 0;
  for (const KrakenLayer& layer : plan_->layers) clocks += layer.ideal_clocks();
  return clocks;
}

Step KrakenIdeal::tick(Cycle) {
  switch (state_) {
    case State::kFrames:
      if (!in().can_pop()) return Step::starved(true);
      in().pop();
      if (++frames_ == plan_->settings.batch) state_ = State::kConfigure;
      return Step::busy();
    case State::kConfigure:
      begin_iteration();
      return Step::busy();
    case State::kColumns:
      compute();
      return Step::busy();
    case State::kDone:
      if (!out().can_push()) return Step::blocked(true);
      if (Value* token = out().push()) *token = 0;
      if (--frames_ == 0) state_ = State::kFrames;
      return Step::busy();
  }
  return Step::busy();
}

void KrakenIdeal::begin_iteration() {
  KrakenIdealCounts& counts = counts_[layer_];
  ++counts.configures;
  counts.weight_words += std::uint64_t(layer().channels_in) * layer().kernel_h * layer().stride_w *
                         plan_->settings.params.columns;
  state_ = State::kColumns;
}

void KrakenIdeal::compute() {
  const KrakenLayer& now = layer();
  KrakenIdealCounts& counts = counts_[layer_];
  if (beat_ == now.channels_in * now.kernel_h) {
    ++counts.shifts;
    return finish_column();
  }
  // A channel's pixels come at the first of its kernel's rows.
  if (beat_ % now.kernel_h == 0) {
    counts.pixel_words +=
        std::uint64_t(now.stride_h) * (plan_->settings.params.rows + now.shared_rows);
  }
  ++counts.beats;
  if (++beat_ == now.channels_in * now.kernel_h && now.kernel_w == 1) finish_column();
}

void KrakenIdeal::finish_column() {
  const KrakenLayer& now = layer();
  beat_ = 0;
  const bool row_ends = ++column_ == now.width;
  // A column of sums for every stride; at the end of a row all that are left.
  const int due = row_ends ? now.output_width : std::min(now.output_width, column_ / now.stride_w);
  counts_[layer_].sum_words +=
      std::uint64_t(due - given_) * now.column_groups * now.stride_w * plan_->settings.params.rows;
  given_ = due;
  if (!row_ends) return;
  column_ = given_ = 0;
  if (++row_ < std::uint64_t(now.images) * now.blocks) return;
  row_ = 0;
  state_ = State::kConfigure;
  if (++iteration_ < std::uint64_t(now.groups) * now.iterations) return;
  iteration_ = 0;
  if (++layer_ < plan_->layers.size()) return;
  layer_ = 0;
  state_ = State::kDone;
}

}  // namespace qnnsim
