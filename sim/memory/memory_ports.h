// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "models/axi_transfer.h"
#include "models/kernel.h"
#include "sim/memory/memory_link.h"

namespace qnnsim {

/// The values of a tensor in memory, container by container; one buffer after another.
struct MemoryTensor {
  AxiTransferParams transfer;
  std::vector<Value>
      values;  ///< [buffers][bus beats][lanes of the bus]; empty unless data is carried

  std::uint64_t containers() const {  ///< of a pass, padding included
    return transfer.bus_beats() * transfer.lanes_of_bus();
  }
  /// Room for every buffer, filled with padding.
  void allocate();
  /// Writes the elements of one pass.
  void store(std::uint64_t buffer, const Value* elements);
  /// The elements of one pass.
  std::vector<Value> load(std::uint64_t buffer) const;
  /// The values of the bus beat at `beat` [bus beats].
  Value* at(std::uint64_t beat);
};

/// Where the channels of an AXI master meet memory: one side sees FIFOs, the other transactions.
class MemoryPort : public Kernel {
 public:
  /// To be called before the first tick.
  void connect(MemoryLink& link) { link_ = &link; }
  void carry_data() final { carries_data_ = true; }
  MemoryTensor& tensor() { return *tensor_; }
  const MemoryTensor& tensor() const { return *tensor_; }

 protected:
  MemoryPort(std::vector<Port> inputs, std::vector<Port> outputs,
             std::shared_ptr<MemoryTensor> tensor)
      : Kernel(std::move(inputs), std::move(outputs)), tensor_(std::move(tensor)) {}
  AxiBurst burst(bool write, const BurstWalk& walk) const;

  MemoryLink* link_ = nullptr;
  const std::shared_ptr<MemoryTensor> tensor_;
  bool carries_data_ = false;
};

/// AR (input 0) to R (output 0). An address is taken when the interconnect has room; a beat that
/// has been answered is given as soon as R has room, one an edge.
class MemoryReadPort final : public MemoryPort {
 public:
  explicit MemoryReadPort(std::shared_ptr<MemoryTensor> tensor);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return outputs().front().beats; }

 private:
  BurstWalk asking_;         ///< the burst whose address comes next
  BurstWalk giving_;         ///< the burst whose data goes next
  std::uint64_t given_ = 0;  ///< [beats]
  std::uint64_t asked_ = 0;  ///< [beats]
  int burst_beat_ = 0;       ///< [beats] of the present burst that have been given
};

/// AW (input 0) and W (input 1) to B (output 0). Up to two addresses are taken ahead; a burst is
/// sent with its last beat, which waits until the interconnect has room.
class MemoryWritePort final : public MemoryPort {
 public:
  explicit MemoryWritePort(std::shared_ptr<MemoryTensor> tensor);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return inputs()[1].beats; }

 private:
  static constexpr int kAhead = 2;  ///< [bursts]

  void take_beat(bool last, Cycle now);

  BurstWalk walk_;           ///< the burst whose data comes next
  int ahead_ = 0;            ///< [bursts] whose address has been taken, and not all their data
  int burst_beat_ = 0;       ///< [beats] of the present burst that have come
  std::uint64_t sent_ = 0;   ///< [bursts]
  std::uint64_t given_ = 0;  ///< [bursts]
};

}  // namespace qnnsim
