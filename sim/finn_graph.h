// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/dataflow.h"

namespace qnnsim {

/// What FINN's graph has otherwise than a dataflow of ours.
struct FinnDifferences {
  /// Kernels that are no nodes of their own: thresholds that a MVAU or VVAU applies, windows that a
  /// StreamingMaxPool takes itself. By name.
  std::set<std::string> inner;
  /// [elements per beat] of nodes that are wider or narrower than our kernel of that name.
  std::map<std::string, int> lanes;
};

/// What lies between two nodes of FINN, or at an end of its graph.
struct FinnChain {
  std::optional<std::size_t> from;  ///< index into Dataflow::nodes; nothing: the graph's input
  int from_port = 0;
  std::optional<std::size_t> to;  ///< index into Dataflow::nodes; nothing: the graph's output
  int to_port = 0;
  std::vector<std::size_t> edges;  ///< ours in a row, one or two: indices into Dataflow::edges
  bool converts = false;           ///< FINN has a width converter here, and so two FIFOs
};

/// A FIFO of FINN.
struct FinnFifo {
  std::size_t chain = 0;  ///< index into FinnGraph::chains
  bool behind = false;    ///< behind the chain's width converter
};

/// A dataflow as FINN's builder would have it: nodes in the order in which it numbers them, and the
/// width converters and FIFOs that its InsertDWC and InsertFIFO put between them.
struct FinnGraph {
  std::vector<std::size_t> nodes;   ///< indices into Dataflow::nodes
  std::vector<std::size_t> levels;  ///< longest way from the input, by index of the dataflow
  std::vector<FinnChain> chains;
  std::vector<FinnFifo> fifos;             ///< by number
  std::vector<std::size_t> converters;     ///< chain by number
  std::vector<FinnFifo> sorted_fifos;      ///< by number, where FINN sorts its graph once more
  std::vector<std::size_t> sorted_levels;  ///< of these; of one level, the order is any
  std::vector<std::size_t> sorted_converters;
};

/// FINN sorts its nodes by the longest way from the input (qonnx's SortGraph). InsertDWC and
/// InsertFIFO put what they insert directly behind the node in front, the last output first. So are
/// FIFOs numbered where FINN sizes none; where it did, it sorted what it had inserted as well.
FinnGraph finn_graph(const Dataflow& dataflow, const FinnDifferences& differences);

/// Our FIFO that stands for one of FINN: an index into Dataflow::edges. Nothing where a kernel of
/// ours needs no width converter where FINN has one: then the FIFO behind that stands for both.
std::optional<std::size_t> edge_of(const FinnGraph& graph, const FinnFifo& fifo);

}  // namespace qnnsim
