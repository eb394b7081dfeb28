// SPDX-License-Identifier: Apache-2.0
#include "models/fifo.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace qnnsim {

void CommitList::commit(Cycle now) {
  for (std::size_t i = 0; i < size_; ++i) touched_[i]->commit(now);
  size_ = 0;
}

Fifo::Fifo(std::uint64_t depth, int lanes, CommitList& commits)
    : depth_(depth), lanes_(lanes), commits_(commits) {
  if (depth < 1) throw std::invalid_argument("a FIFO holds at least one beat");
}

void Fifo::commit(Cycle now) {
  if (pushed_ != popped_) {
    account(statistics_, now + 1);
    since_ = now + 1;
    occupancy_ += pushed_ ? 1 : std::uint64_t(-1);
  }
  beats_out_ += popped_ ? 1 : 0;
  if (pushed_ && reader_ != nullptr && reader_->asleep()) reader_->wake(now + 1);
  if (popped_ && writer_ != nullptr && writer_->asleep()) writer_->wake(now + 1);
  pushed_ = popped_ = touched_ = false;
  moved_at_ = now + 1;
  if (values_ != nullptr && occupancy_ == ring_mask_ + 1) grow_ring();
}

void Fifo::account(FifoStatistics& statistics, Cycle until) const {
  const std::uint64_t cycles = until - since_;
  if (occupancy_ > statistics.max_occupancy) statistics.max_occupancy = occupancy_;
  statistics.occupancy_cycles += occupancy_ * cycles;
  if (occupancy_ == depth_) statistics.full_cycles += cycles;
  if (statistics.histogram.empty()) return;
  if (occupancy_ >= statistics.histogram.size()) statistics.histogram.resize(occupancy_ + 1);
  statistics.histogram[occupancy_] += cycles;
}

FifoStatistics Fifo::statistics(Cycle end) const {
  FifoStatistics result = statistics_;
  if (end > since_) account(result, end);
  return result;
}

void Fifo::carry_data() {
  ring_mask_ = 3;
  ring_.resize((ring_mask_ + 1) * lanes_);
  values_ = ring_.data();
}

void Fifo::grow_ring() {
  const std::uint64_t slots = 2 * (ring_mask_ + 1);
  std::vector<Value> wider(slots * lanes_);
  for (std::uint64_t beat = beats_out_; beat != beats_out_ + occupancy_; ++beat) {
    std::copy_n(slot(beat), lanes_, &wider[(beat & (slots - 1)) * lanes_]);
  }
  ring_ = std::move(wider);
  ring_mask_ = slots - 1;
  values_ = ring_.data();
}

}  // namespace qnnsim
