// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/cosim/rtl_instance.h"
#include "sim/cosim/stand_in.h"

namespace qnnsim {

/// A kernel in RTL behind the same FIFOs as any other.
///
/// Busy: a beat moved. Blocked: none did, and an output offered a beat without room. Starved: else.
class RtlKernel final : public StandIn {
 public:
  /// `on_stop` is called when the RTL ends itself (assertion, $fatal, $finish) with what it
  /// printed.
  RtlKernel(std::unique_ptr<Kernel> model, std::unique_ptr<RtlInstance> instance,
            std::function<void(Cycle, const std::string&)> on_stop);
  Step tick(Cycle now) override;

  /// Cycles without a beat after which it is taken to stand still; a kernel that computes for
  /// longer than that between beats would be cut short.
  static constexpr Cycle kPatience = 1'000'000;

 private:
  const std::unique_ptr<RtlInstance> instance_;
  const std::function<void(Cycle, const std::string&)> on_stop_;
  std::vector<std::uint64_t> offered_;  ///< by input: number of the beat that is packed
  std::vector<Value> beat_;
  Cycle moved_ = 0;
  bool reported_ = false;
};

}  // namespace qnnsim
