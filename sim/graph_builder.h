// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/operator.h"
#include "sim/dataflow.h"

namespace qnnsim {

/// The kernels and streams of a dataflow that exist so far.
class GraphBuilder {
 public:
  /// May a kernel's frame be several of the network's, so that beats a frame need not agree?
  enum class Frames { kEqual, kMany };

  GraphBuilder() = default;
  /// Kernels get the timing of `calibration`; nullptr: they keep their own.
  explicit GraphBuilder(std::shared_ptr<const Calibration> calibration);

  /// Throws ParameterError where the kernel cannot have the calibration's timing.
  int add_node(std::string name, std::string layer, std::string kind,
               std::unique_ptr<Kernel> kernel);
  /// Adds kernel `<layer>.<kind>` that reads `inputs`, with width converters where beats have
  /// another width. Throws ParameterError where frames have another size.
  int add_kernel(const std::string& layer, const std::string& kind, std::unique_ptr<Kernel> kernel,
                 const std::vector<Stream>& inputs, Frames frames = Frames::kEqual);
  /// `stream` as `wanted` takes it: itself, or through a width converter called `name`.
  Stream fit(Stream stream, const Port& wanted, const std::string& name, const std::string& layer,
             const std::string& kind, Frames frames = Frames::kEqual);
  void connect(Stream stream, int to, int to_port);
  /// As above, for one of several FIFOs between the same two kernels: `channel` tells it apart.
  void connect(Stream stream, int to, int to_port, const std::string& channel);

  const Port& port(Stream stream) const {
    return graph_.nodes[stream.kernel].kernel->outputs()[stream.port];
  }
  Dataflow& graph() { return graph_; }

 private:
  /// Returns whether `kernel` now has the timing of the calibration.
  bool calibrate(std::unique_ptr<Kernel>& kernel);

  Dataflow graph_;
  std::shared_ptr<const Calibration> calibration_;
};

}  // namespace qnnsim
