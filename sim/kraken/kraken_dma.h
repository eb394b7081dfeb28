// SPDX-License-Identifier: Apache-2.0
//
// What stands for the DMAs and their memory where the scenario has no memory.
#pragma once

#include <memory>
#include <vector>

#include "models/axi_transfer.h"
#include "models/kernel.h"
#include "models/pressure.h"
#include "sim/memory/memory_ports.h"

namespace qnnsim {

/// Where a list of packets is, over and over.
class SegmentWalk {
 public:
  explicit SegmentWalk(std::shared_ptr<const std::vector<AxiSegment>> segments)
      : segments_(std::move(segments)) {}
  /// [bus beats] address of the next beat.
  std::uint64_t beat() const { return (*segments_)[index_].beat + beat_; }
  bool is_first() const { return beat_ == 0; }  ///< of its packet
  /// On to the next beat; was this the last one of its packet?
  bool step() {
    if (++beat_ < (*segments_)[index_].beats) return false;
    beat_ = 0;
    index_ = (index_ + 1) % segments_->size();
    return true;
  }

 private:
  std::shared_ptr<const std::vector<AxiSegment>> segments_;
  std::size_t index_ = 0;
  std::uint64_t beat_ = 0;
};

/// Gives a packet of its tensor for every token (input 0), a beat a cycle in which its pressure
/// allows one. An offered beat stays offered until it is taken.
class PacketFeeder final : public Kernel {
 public:
  PacketFeeder(std::shared_ptr<MemoryTensor> tensor, Pressure pressure);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return outputs().front().beats; }

 private:
  const std::shared_ptr<MemoryTensor> tensor_;
  const Pressure pressure_;
  SegmentWalk walk_;
  bool offered_ = false;
};

/// Takes packets into its tensor, a beat a cycle in which its pressure allows one, and gives a
/// token (output 0) with the last beat of each.
class PacketCollector final : public Kernel {
 public:
  PacketCollector(std::shared_ptr<MemoryTensor> tensor, Pressure pressure);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return inputs().front().beats; }

 private:
  const std::shared_ptr<MemoryTensor> tensor_;
  const Pressure pressure_;
  SegmentWalk walk_;
};

/// Lets a packet (input 0 to output 0) begin when a buffer is free for it: a token (input 1) each.
class PacketGate final : public Kernel {
 public:
  PacketGate(Port stream, std::shared_ptr<const std::vector<AxiSegment>> packets);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return inputs().front().beats; }
  /// [cycles] in which beats were there and no buffer, up to cycle `end`, by packet of a batch.
  const std::vector<std::uint64_t>& waits() const { return waits_; }

 private:
  const std::uint64_t packets_;
  SegmentWalk walk_;
  std::size_t packet_ = 0;
  Cycle waiting_since_ = kNever;
  std::vector<std::uint64_t> waits_;
};

}  // namespace qnnsim
