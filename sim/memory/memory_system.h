// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/memory/memory.h"
#include "sim/memory/memory_ports.h"

namespace qnnsim {

/// A master of a dataflow, with the tensor that it moves.
struct MemoryMaster {
  std::string tensor;  ///< "input", "output" or "<layer>.weights"
  bool writes = false;
  std::size_t memory = 0;    ///< index into MemorySystem::memories
  int port = 0;              ///< of that memory
  int node = 0;              ///< the master, an index into Dataflow::nodes
  int edge = 0;              ///< its stream of elements, an index into Dataflow::edges
  int port_node = 0;         ///< the kernel at the port
  std::uint64_t passes = 1;  ///< of the whole run
  int consumer = -1;         ///< the kernel that its stream is for; -1: found along the edges
  std::shared_ptr<MemoryTensor> contents;

  /// [bytes] over the bus a frame, padding included, on average over a run of `frames`.
  double bytes_per_frame(std::uint64_t frames) const {
    const AxiTransferParams& moved = contents->transfer;
    const double bytes = double(moved.frame_bus_beats()) * moved.bus_bytes();  // of `moved.passes`
    return bytes / double(moved.passes) * double(passes) / double(frames);
  }
};

/// The memories of a dataflow, and who reaches them.
class MemorySystem {
 public:
  std::vector<std::unique_ptr<Memory>> memories;
  std::vector<MemoryMaster> masters;

  /// The master of a tensor; nullptr where it is not in memory.
  const MemoryMaster* find(const std::string& tensor) const;
  /// A link without anything between, for engines that call kernels directly.
  MemoryLink& direct_link(std::size_t master);

 private:
  std::vector<std::unique_ptr<MemoryLink>> links_;
};

}  // namespace qnnsim
