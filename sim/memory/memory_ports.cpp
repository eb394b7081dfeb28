// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/memory_ports.h"

#include <algorithm>

#include "models/axi_reader.h"

namespace qnnsim {

void MemoryTensor::allocate() {
  values.assign(transfer.buffers * containers(), from_wire(0, transfer.type));
}

void MemoryTensor::store(std::uint64_t buffer, const Value* elements) {
  std::copy_n(elements, transfer.elements, &values[buffer * containers()]);
}

std::vector<Value> MemoryTensor::load(std::uint64_t buffer) const {
  const Value* first = &values[buffer * containers()];
  return {first, first + transfer.elements};
}

Value* MemoryTensor::at(std::uint64_t beat) {
  const std::uint64_t offset = beat * transfer.bus_bytes() - transfer.base;
  const std::uint64_t buffer = transfer.stride == 0 ? 0 : offset / transfer.stride;
  const std::uint64_t within = (offset - buffer * transfer.stride) / transfer.bus_bytes();
  return &values.at(buffer * containers() + within * transfer.lanes_of_bus());
}

AxiBurst MemoryPort::burst(bool write, const BurstWalk& walk) const {
  return {write, walk.beat() * tensor_->transfer.bus_bytes(), walk.beats()};
}

MemoryReadPort::MemoryReadPort(std::shared_ptr<MemoryTensor> tensor)
    : MemoryPort{{axi_address_port(tensor->transfer)}, {axi_data_port(tensor->transfer)}, tensor},
      asking_(tensor->transfer),
      giving_(tensor->transfer) {}

Step MemoryReadPort::tick(Cycle now) {
  const std::uint64_t answered = link_->answered(now);
  const bool there = answered > given_;
  const bool gives = there && out().can_push();
  if (gives) {
    if (Value* slot = out().push()) {
      std::copy_n(tensor_->at(giving_.beat() + burst_beat_), tensor_->transfer.lanes_of_bus(),
                  slot);
    }
    ++given_;
    if (++burst_beat_ == giving_.beats()) {
      burst_beat_ = 0;
      giving_.step();
    }
  }
  const bool asks = in().can_pop() && link_->can_send(now);
  if (asks) {
    in().pop();
    link_->send(burst(false, asking_), now);
    asked_ += asking_.beats();
    asking_.step();
  }
  if (gives || asks) return Step::busy();
  // Room for another address comes with time, room for data with its FIFO only.
  if (there) return Step::blocked(!in().can_pop());
  return Step::starved(asked_ == given_ && !in().can_pop());
}

MemoryWritePort::MemoryWritePort(std::shared_ptr<MemoryTensor> tensor)
    : MemoryPort{{axi_address_port(tensor->transfer), axi_data_port(tensor->transfer)},
                 {token_port(axi_address_port(tensor->transfer).beats)},
                 tensor},
      walk_(tensor->transfer) {}

Step MemoryWritePort::tick(Cycle now) {
  const int ahead = ahead_;
  const std::uint64_t answered = link_->answered(now);
  const bool there = answered > given_;
  const bool gives = there && out().can_push();
  if (gives) {
    if (Value* slot = out().push()) *slot = 0;
    ++given_;
  }
  const bool data = ahead > 0 && in(1).can_pop();
  const bool last = burst_beat_ + 1 == walk_.beats();
  const bool takes = data && (!last || link_->can_send(now));
  if (takes) take_beat(last, now);
  const bool asks = in(0).can_pop() && ahead < kAhead;
  if (asks) {
    in(0).pop();
    ++ahead_;
  }
  if (gives || takes || asks) return Step::busy();
  // Room for another burst comes with time, room for an answer with its FIFO only.
  if (there || data) return Step::blocked(!data);
  return Step::starved(sent_ == given_);
}

void MemoryWritePort::take_beat(bool last, Cycle now) {
  if (carries_data_) {
    std::copy_n(in(1).front(), tensor_->transfer.lanes_of_bus(),
                tensor_->at(walk_.beat() + burst_beat_));
  }
  in(1).pop();
  ++burst_beat_;
  if (!last) return;
  link_->send(burst(true, walk_), now);
  walk_.step();
  burst_beat_ = 0;
  --ahead_;
  ++sent_;
}

}  // namespace qnnsim
