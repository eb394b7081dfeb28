// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/axi_transfer.h"
#include "models/operator.h"
#include "sim/diagnostics.h"
#include "sim/graph_builder.h"
#include "sim/scenario.h"

namespace qnnsim {

/// A transfer of nothing yet, over the bus of a tensor's master.
AxiTransferParams transfer_over(const TensorSettings& tensor);

/// The memories of a scenario, without masters.
std::unique_ptr<MemorySystem> memory_system(const Scenario& scenario);

/// Puts the tensors of a scenario into its memories, and the masters that move them into its graph.
///
/// Where a tensor lies must be known before its master is made, but how large all tensors are only
/// when all masters have been made. So the graph is lowered once with every tensor at address 0,
/// then `place` gives them their places, and the graph is lowered again.
class MemoryPlan {
 public:
  MemoryPlan(const Scenario& scenario, Findings& findings)
      : scenario_(scenario), findings_(findings) {}

  /// Does the scenario say where this tensor lies?
  bool moves(const std::string& tensor) const { return scenario_.memory.find(tensor) != nullptr; }

  /// Adds the reader of the network's input, which `arrivals` lets fetch a frame each: its stream,
  /// and the kernel that stands for the world outside goes to `source`.
  Stream read_input(GraphBuilder& graph, const MemoryRead& what, const Pressure& arrivals,
                    std::size_t& source);
  /// Adds the reader of weights that begins a pass whenever it can, and returns its stream.
  Stream read_weights(GraphBuilder& graph, const std::string& layer, const MemoryRead& what);
  /// Adds a writer of one pass a frame, and returns its stream of one token a frame; at once:
  /// `stream` itself, as wide as the writer takes it.
  Stream write(GraphBuilder& graph, const std::string& tensor, Stream stream);

  /// Asks for a place of `bytes` for a tensor whose master somebody else adds.
  void ask(const TensorSettings& settings, std::uint64_t bytes) {
    needs_.push_back({settings, bytes});
  }
  /// [bytes] address that `place` gave a tensor; 0 where it could not.
  std::uint64_t base(const std::string& tensor) const;

  /// Gives every tensor asked for so far its place, and forgets the graph. What does not fit,
  /// overlaps, or names no tensor is a finding.
  void place();

  /// From here on readers and writers are kernels that move a beat in every cycle, without masters.
  void answer_at_once() { at_once_ = true; }
  bool answers_at_once() const { return at_once_; }

 private:
  /// Adds a reader that starts a pass with every token of `tokens`, and returns its stream.
  Stream read(GraphBuilder& graph, const std::string& layer, const MemoryRead& what, Stream tokens);
  struct Need {
    TensorSettings settings;
    std::uint64_t bytes = 0;
  };
  struct Span {
    std::uint64_t begin = 0;  ///< [bytes]
    std::uint64_t end = 0;    ///< [bytes] behind the last
    std::string tensor;
  };

  /// A pass may serve several frames of the network: then these are one of the nodes'.
  void share_among_frames(GraphBuilder& graph, const MemoryRead& what,
                          const std::vector<int>& nodes) const;
  AxiTransferParams transfer(const MemoryRead& what, std::uint64_t passes_per_frame);
  void attach(GraphBuilder& graph, MemoryMaster master, MemoryPort& port) const;
  void place_in(const MemorySettings& memory, std::vector<const Need*> needs);
  /// [first, last) in which the tensor may lie.
  Span region(const Need& need, const MemorySettings& memory) const;

  const Scenario& scenario_;
  Findings& findings_;
  std::vector<Need> needs_;
  std::map<std::string, std::uint64_t> bases_;
  bool placed_ = false;
  bool at_once_ = false;
};

}  // namespace qnnsim
