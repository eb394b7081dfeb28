// SPDX-License-Identifier: Apache-2.0
#include "models/kraken/kraken_array.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "models/block.h"

namespace qnnsim {
namespace {

/// a + b, as an adder of 32 bits.
Value wrapped_sum(Value a, Value b) {
  return static_cast<Value>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

const BlockRegistration kBlock("kraken_array");

}  // namespace

KrakenOutputPipe::KrakenOutputPipe(const KrakenParams& params)
    : params_(params), adapter_(params.rows, params.sums_a_beat()) {}

bool KrakenOutputPipe::gives_column() const {
  if (columns_left_ == 0) return false;
  const int column = params_.columns - columns_left_;
  if (column >= params_.groups(kernel_w_) * kernel_w_) return false;
  const int place = column % kernel_w_;
  return row_ends_ ? place >= kernel_w_ / 2 : place == kernel_w_ - 1;
}

void KrakenOutputPipe::capture(int kernel_w, bool row_ends, const std::vector<Value>& sums) {
  kernel_w_ = kernel_w;
  row_ends_ = row_ends;
  columns_left_ = params_.columns;
  const std::uint64_t columns =
      std::uint64_t(row_ends ? kernel_w / 2 + 1 : 1) * params_.groups(kernel_w);
  adapter_.begin(columns, (columns * params_.rows + params_.sums_a_beat() - 1) /
                              std::uint64_t(params_.sums_a_beat()));
  if (!carries_data_) return;
  const DataType type = DataType::signed_integer(params_.bits_sum);
  sums_.resize(sums.size() + params_.sums_a_beat());
  std::transform(sums.begin(), sums.end(), sums_.begin(),
                 [&](Value sum) { return from_wire(to_wire(sum, type), type); });
}

bool KrakenOutputPipe::tick(Fifo& out) {
  const bool all_moved = columns_left_ == 0;
  const bool offered = gives_column();
  const Value* column = carries_data_ && offered
                            ? &sums_[std::size_t(params_.columns - columns_left_) * params_.rows]
                            : nullptr;
  const bool gives = adapter_.can_give(offered) && out.can_push();
  if (gives) {
    if (Value* slot = out.push()) std::copy_n(adapter_.front(column), params_.sums_a_beat(), slot);
  }
  const bool takes = adapter_.advance(offered, column, gives);
  const bool moves = columns_left_ > 0 && (!offered || takes);
  if (moves) --columns_left_;
  idle_ = all_moved && adapter_.is_through();
  return gives || moves || adapter_.handed_over();
}

KrakenArray::KrakenArray(const KrakenParams& params, KrakenProgram program)
    : Kernel{{{params.rows, params.pixel_type(),
               sum_over(*program, std::mem_fn(&KrakenPacket::beats))},
              {params.columns, params.weight_type(),
               sum_over(*program, std::mem_fn(&KrakenPacket::beats))},
              {1, params.control_type(), sum_over(*program, std::mem_fn(&KrakenPacket::beats))}},
             {{params.sums_a_beat(), params.output_type(),
               sum_over(
                   *program,
                   [&](const KrakenPacket& packet) { return kraken_sum_beats(params, packet); })}}},
      params_(params),
      program_(std::move(program)),
      output_(params),
      loop_(program_),
      counts_(program_->size()) {}

void KrakenArray::carry_data() {
  carries_data_ = true;
  output_.carry_data();
  sums_.resize(std::size_t(params_.columns) * params_.rows);
  for (Beat& beat : pipeline_) {
    beat.pixels.resize(params_.rows);
    beat.weights.resize(params_.columns);
  }
}

Step KrakenArray::tick(Cycle now) {
  const bool output_moves = output_.tick(out());
  const bool captures = ended_ && !control_.masked;
  if (captures && !output_.is_idle()) {
    count(Event::kOutputTaken, now);
    return Step::blocked(!output_moves);
  }
  if (captures) output_.capture(control_.kernel_w, control_.row_ends, sums_);
  if (ended_ && control_.kernel_w > 1) {
    ended_ = false;
    if (carries_data_) shift();
    count(Event::kShift, now);
    return Step::busy();
  }
  ended_ = false;
  const bool pixels = in(0).can_pop();
  const bool weights = in(1).can_pop() && in(2).can_pop();
  const bool takes = pixels && weights;
  bool inside = captures;
  for (const Beat& beat : pipeline_) inside = inside || beat.valid;
  count(takes     ? Event::kBeat
        : weights ? Event::kNoPixels
        : pixels  ? Event::kNoWeights
                  : Event::kNeither,
        now);
  advance(takes, now);
  if (takes) return Step::busy();
  return Step::starved(!inside && !output_moves);
}

void KrakenArray::advance(bool takes, Cycle now) {
  const Beat& oldest = pipeline_.back();
  if (oldest.valid) {
    if (carries_data_) accumulate(oldest);
    ended_index_ = oldest.index;
    if (oldest.control.column_ends) {
      ended_ = true;
      control_ = oldest.control;
    }
  }
  for (int i = kMultiply - 1; i > 0; --i) std::swap(pipeline_[i], pipeline_[i - 1]);
  pipeline_.front().valid = takes;
  if (takes) take(pipeline_.front(), now);
}

void KrakenArray::accumulate(const Beat& beat) {
  if (beat.control.bypass) std::fill(sums_.begin(), sums_.end(), 0);
  const int rows = params_.rows;
  Value* sum = sums_.data();
  for (int c = 0; c < params_.columns; ++c, sum += rows) {
    const Value weight = beat.weights[c];
    for (int r = 0; r < rows; ++r) sum[r] = wrapped_sum(sum[r], weight * beat.pixels[r]);
  }
}

void KrakenArray::shift() {
  const int rows = params_.rows;
  for (int c = params_.columns - 1; c >= 0; --c) {
    Value* sum = &sums_[std::size_t(c) * rows];
    if (c % control_.kernel_w == 0) {
      std::fill_n(sum, rows, 0);
    } else {
      std::copy_n(sum - rows, rows, sum);
    }
  }
}

void KrakenArray::take(Beat& beat, Cycle now) {
  beat.control = loop_.control();
  beat.index = loop_.index();
  if (carries_data_) {
    std::copy_n(in(0).front(), params_.rows, beat.pixels.data());
    std::copy_n(in(1).front(), params_.columns, beat.weights.data());
  }
  for (std::size_t i = 0; i < 3; ++i) in(i).pop();
  if (loop_.is_first()) waits_.push_back({free_from_, now});
  if (loop_.step()) free_from_ = now + 1;
}

/// Cycle `now` is `event`, and those slept before it are what the last one was.
void KrakenArray::count(Event event, Cycle now) {
  add(now - counted_);
  event_ = event;
  add(1);
  counted_ = now + 1;
}

void KrakenArray::add(std::uint64_t cycles) {
  if (cycles == 0) return;
  KrakenArrayCounts& next = counts_[loop_.index()];
  KrakenArrayCounts& latest = counts_[ended_index_];
  // What comes last of pixels and weights is what both were waited for.
  if (event_ == Event::kBeat || event_ == Event::kNoPixels) {
    next.no_pixels += std::exchange(neither_, 0);
  } else if (event_ == Event::kNoWeights) {
    next.no_weights += std::exchange(neither_, 0);
  }
  switch (event_) {
    case Event::kBeat:
      next.beats += cycles;
      break;
    case Event::kShift:
      latest.shifts += cycles;
      break;
    case Event::kNoPixels:
      next.no_pixels += cycles;
      break;
    case Event::kNoWeights:
      next.no_weights += cycles;
      break;
    case Event::kNeither:
      neither_ += cycles;
      break;
    case Event::kOutputTaken:
      latest.output_taken += cycles;
      break;
  }
}

std::uint64_t KrakenArray::frame_interval() const {
  return sum_over(*program_, std::mem_fn(&KrakenPacket::clocks));
}

std::uint64_t KrakenArray::dsps() const { return kraken_dsps(params_); }

Traits KrakenArray::traits() const {
  return {{"rows", params_.rows},
          {"columns", params_.columns},
          {"bits_input", params_.bits_input},
          {"bits_weights", params_.bits_weights},
          {"bits_sum", params_.bits_sum},
          {"axi_bits", params_.axi_width},
          {"max_kernel", params_.max_kernel_size},
          {"dsps", static_cast<std::int64_t>(dsps())},
          {"registers",  // of the adapter [sums]
           PacketGearbox::registers(params_.rows, params_.sums_a_beat())}};
}

std::optional<RtlModule> KrakenArray::rtl() const {
  RtlModule module = kraken_module("qnn_kraken_array", params_);
  module.set("Multiply", kMultiply);
  module.input_prefixes = {"pixels_", "weights_", "control_"};
  return module;
}

}  // namespace qnnsim
