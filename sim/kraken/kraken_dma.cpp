// SPDX-License-Identifier: Apache-2.0
#include "sim/kraken/kraken_dma.h"

#include <algorithm>

#include "models/axi_reader.h"

namespace qnnsim {

PacketFeeder::PacketFeeder(std::shared_ptr<MemoryTensor> tensor, Pressure pressure)
    : Kernel{{token_port(tensor->transfer.passes)},
             {{tensor->transfer.lanes_of_bus(), tensor->transfer.type,
               tensor->transfer.frame_bus_beats()}}},
      tensor_(std::move(tensor)),
      pressure_(std::move(pressure)),
      walk_(tensor_->transfer.segments) {}

Step PacketFeeder::tick(Cycle now) {
  if (!in().can_pop()) return Step::starved(true);
  offered_ = offered_ || !pressure_.stalls(now);
  if (!offered_) return Step::starved(false);
  if (!out().can_push()) return Step::blocked(true);
  if (Value* slot = out().push()) {
    std::copy_n(tensor_->at(walk_.beat()), tensor_->transfer.lanes_of_bus(), slot);
  }
  offered_ = false;
  if (walk_.step()) in().pop();
  return Step::busy();
}

PacketCollector::PacketCollector(std::shared_ptr<MemoryTensor> tensor, Pressure pressure)
    : Kernel{{{tensor->transfer.lanes_of_bus(), tensor->transfer.type,
               tensor->transfer.frame_bus_beats()}},
             {token_port(tensor->transfer.passes)}},
      tensor_(std::move(tensor)),
      pressure_(std::move(pressure)),
      walk_(tensor_->transfer.segments) {}

Step PacketCollector::tick(Cycle now) {
  if (!in().can_pop()) return Step::starved(true);
  if (!out().can_push()) return Step::blocked(true);
  if (pressure_.stalls(now)) return Step::blocked(false);
  if (const Value* beat = in().front()) {
    std::copy_n(beat, tensor_->transfer.lanes_of_bus(), tensor_->at(walk_.beat()));
  }
  in().pop();
  if (walk_.step()) {
    if (Value* token = out().push()) *token = 0;
  }
  return Step::busy();
}

PacketGate::PacketGate(Port stream, std::shared_ptr<const std::vector<AxiSegment>> packets)
    : Kernel{{stream, token_port(packets->size())}, {stream}},
      packets_(packets->size()),
      walk_(std::move(packets)),
      waits_(packets_) {}

Step PacketGate::tick(Cycle now) {
  if (!in(0).can_pop()) return Step::starved(true);
  const bool begins = walk_.is_first();
  if (begins && !in(1).can_pop()) {
    if (waiting_since_ == kNever) waiting_since_ = now;
    return Step::starved(true);
  }
  if (waiting_since_ != kNever) {
    waits_[packet_] += now - waiting_since_;
    waiting_since_ = kNever;
  }
  if (!out().can_push()) return Step::blocked(true);
  if (Value* slot = out().push()) std::copy_n(in(0).front(), inputs()[0].lanes, slot);
  in(0).pop();
  if (begins) in(1).pop();
  if (walk_.step()) packet_ = (packet_ + 1) % packets_;
  return Step::busy();
}

}  // namespace qnnsim
