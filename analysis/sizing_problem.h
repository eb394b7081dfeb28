// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/fifo_cost.h"
#include "analysis/sizing.h"
#include "sim/dataflow.h"

namespace qnnsim {

/// A scenario whose FIFOs are to be sized, as every search for depths has it.
class SizingProblem {
 public:
  /// Lowers the scenario. What is wrong with it or with the options goes to `findings`.
  SizingProblem(const Scenario& scenario, const SizingOptions& options, Findings& findings);

  const Scenario& scenario() const { return scenario_; }
  const SizingOptions& options() const { return options_; }
  Findings& findings() const { return findings_; }
  const Dataflow& dataflow() const { return dataflow_; }
  const FifoCost& cost() const { return cost_; }
  std::int64_t width_bits(std::size_t edge) const {
    return dataflow_.port(dataflow_.edges[edge]).width_bits();
  }

  /// [beats] that the FIFO holds at least, at one frame every `best` cycles: 1, or what lies behind
  /// a master of memory (prefetch_depth).
  std::uint64_t least_depth(std::size_t edge, std::int64_t best) const;
  /// What the options allow, and no less than that.
  DepthRange limits(std::size_t edge, std::int64_t best) const;

  /// [cycles] that the interval must not exceed, where `best` is the shortest there is; a target
  /// below that is a finding.
  std::int64_t target(std::int64_t best) const;
  /// A sizing with all that is known before the search.
  Sizing begin(std::int64_t best, std::int64_t target) const;
  /// The row of a FIFO that held `seen` beats at most and gets `depth`.
  SizedFifo fifo(std::size_t edge, std::uint64_t seen, std::uint64_t depth) const;

 private:
  void check_options() const;
  std::vector<EdgeDepth> fifos_of_masters() const;
  DepthRange limits(const std::string& edge) const;

  const Scenario& scenario_;
  const SizingOptions& options_;
  Findings& findings_;
  const Dataflow dataflow_;
  const FifoCost cost_;
  std::vector<std::string> masters_;  ///< kernels that stand for masters of memory
};

}  // namespace qnnsim
