// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/kernel.h"
#include "models/sink.h"
#include "models/source.h"
#include "sim/calibration.h"
#include "sim/memory/memory_system.h"

namespace qnnsim {

/// One kernel of the lowered graph.
struct KernelNode {
  std::string name;   ///< "conv0.mvu"
  std::string layer;  ///< "conv0"
  std::string kind;   ///< "mvu"
  std::unique_ptr<Kernel> kernel;
  std::uint64_t frames = 1;  ///< of the network in one of the kernel
  bool outside = false;      ///< not part of the accelerator: source, sink, what stands for memory
  bool calibrated = false;   ///< with the timing of a calibration
};

/// The kind of what reads a tensor from memory, and of what stands for it where memory answers at
/// once.
inline constexpr char kMemoryReader[] = "axi_reader";

/// [cycles per frame of the network] that a kernel takes, rounded up.
inline std::uint64_t frame_interval(const KernelNode& node) {
  return (node.kernel->frame_interval() + node.frames - 1) / node.frames;
}

/// One FIFO of the lowered graph, from an output to an input.
struct Edge {
  std::string name;  ///< "conv0.swg->conv0.mvu"
  int from = 0;      ///< index into Dataflow::nodes
  int from_port = 0;
  int to = 0;  ///< index into Dataflow::nodes
  int to_port = 0;
  std::uint64_t depth = 2;  ///< [beats]
};

struct KrakenSystem;

/// A network as hardware: kernels, and the FIFOs between them.
struct Dataflow {
  std::vector<KernelNode> nodes;  ///< in topological order
  std::vector<Edge> edges;
  std::uint64_t frames = 1;
  std::uint64_t frames_together = 1;           ///< [frames] that a matrix unit works on at once
  std::unique_ptr<MemorySystem> memory;        ///< nullptr where nothing is in memory
  std::optional<CalibrationUse> calibration;   ///< nothing: every kernel has our own timing
  std::shared_ptr<const KrakenSystem> kraken;  ///< nullptr where the network has its own kernels

  const Port& port(const Edge& edge) const { return nodes[edge.to].kernel->inputs()[edge.to_port]; }
  const Source& source() const { return static_cast<const Source&>(*nodes[source_node].kernel); }
  const Sink& sink() const { return static_cast<const Sink&>(*nodes[sink_node].kernel); }

  std::size_t source_node = 0;
  std::size_t sink_node = 0;
};

/// The kernel whose closed form takes most cycles a frame.
const KernelNode& slowest(const Dataflow& dataflow);

/// The graph in Graphviz's language: kernels grouped by layer, edges labelled with width and depth.
std::string to_dot(const Dataflow& dataflow);

}  // namespace qnnsim
