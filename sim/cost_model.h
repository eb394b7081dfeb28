// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "models/kernel.h"
#include "models/resources.h"
#include "sim/diagnostics.h"
#include "sim/platform.h"

namespace qnnsim {

/// What kernels and FIFOs take of a device, estimated (docs/resources.md).
///
/// A model is a file of configs/costs/: for each block formulas over its traits. "measured": fitted
/// to our kernels synthesised by Yosys, beside exact rules for memories and DSP slices. "finn":
/// FINN's own estimation formulas. One thread at a time may ask a model and its copies.
class CostModel {
 public:
  /// Knows nothing.
  CostModel();
  /// The model `name` for the family of the platform's device; a name that is not there is a
  /// finding at `place`.
  static CostModel load(const std::string& name, const Platform& platform, const Place& place,
                        Findings& findings);

  /// Where the model does not know the block, nothing but its DSP slices and, where these are
  /// counted by rules, its memories.
  Resources of(const Kernel& kernel) const;
  /// `width` [bits], `depth` [beats].
  Resources of_fifo(std::int64_t width, std::uint64_t depth) const;
  /// "register", "srl", "lut" or "bram".
  std::string fifo_style(std::int64_t width, std::uint64_t depth) const;

  const std::string& name() const { return name_; }
  bool knows(std::string_view block) const;
  bool estimates_fifos() const;
  /// Does the model say anything about this resource?
  bool estimates(const ResourceKind& kind) const;

 private:
  class Blocks;
  Resources evaluate(std::string_view block, const Traits& traits) const;
  Resources memory(const KernelMemory& memory) const;

  std::string name_;
  std::shared_ptr<const Blocks> blocks_;
};

/// The family of cost models that a device belongs to: "xc7" or "xcup".
std::string cost_family(const Platform& platform);

/// What a platform has.
Resources limits(const Platform& platform);

}  // namespace qnnsim
