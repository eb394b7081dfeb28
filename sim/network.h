// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/operator.h"
#include "models/tensor.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// One operator of a network, with its place in the graph.
struct Layer {
  static constexpr int kNetworkInput = -1;

  std::string name;
  std::string op;
  std::vector<int> from;  ///< indices of the layers it reads; kNetworkInput is the network's input
  std::shared_ptr<const Operator> meaning;
  std::map<std::string, std::string> constant_files;  ///< path by constant key
  Place place;
};

/// A quantised network: operators in topological order, the last one being the output.
struct Network {
  std::string name;
  std::string path;
  TensorShape input;
  std::vector<Layer> layers;
  bool is_complete = false;  ///< nothing was wrong: it can be lowered

  const TensorShape input_shape(const Layer& layer, std::size_t index) const {
    const int from = layer.from[index];
    return from == Layer::kNetworkInput ? input : layers[from].meaning->output();
  }
  std::uint64_t macs() const;
};

/// The layers [first, last) of a network as one of their own, where a single stream enters: the
/// output of the layer in front of them.
Network segment(const Network& network, std::size_t first, std::size_t last);

/// Reads a network file (docs/files.md). What is wrong goes to `findings`; the network is then
/// incomplete. A file that cannot be read is a finding at `named_at`, the place that names it.
Network load_network(const std::string& path, const Place& named_at, Findings& findings);
Network load_network(const std::string& path, Findings& findings);

}  // namespace qnnsim
