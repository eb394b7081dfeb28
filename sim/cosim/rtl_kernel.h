// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/kernel.h"
#include "sim/cosim/rtl_instance.h"

namespace qnnsim {

/// A kernel in RTL behind the same FIFOs as any other.
///
/// Busy: a beat moved. Blocked: none did, and an output offered a beat without room. Starved: else.
class RtlKernel final : public Kernel {
 public:
  /// `frame_interval`: closed form, if anyone knows it. `on_stop` is called when the RTL ends
  /// itself (assertion, $fatal, $finish) with what it printed.
  RtlKernel(std::vector<Port> inputs, std::vector<Port> outputs,
            std::unique_ptr<RtlInstance> instance, std::uint64_t frame_interval,
            std::function<void(Cycle, const std::string&)> on_stop);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return frame_interval_; }

  /// Cycles without a beat after which it is taken to stand still; a kernel that computes for
  /// longer than that between beats would be cut short.
  static constexpr Cycle kPatience = 1'000'000;

 private:
  const std::unique_ptr<RtlInstance> instance_;
  const std::uint64_t frame_interval_;
  const std::function<void(Cycle, const std::string&)> on_stop_;
  std::vector<std::uint64_t> offered_;  ///< by input: number of the beat that is packed
  std::vector<Value> beat_;
  Cycle moved_ = 0;
  bool reported_ = false;
};

}  // namespace qnnsim
