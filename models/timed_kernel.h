// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/kernel.h"
#include "models/kernel_timing.h"
#include "models/timed_schedule.h"

namespace qnnsim {

/// A kernel with the timing of somebody else's: its beats move by its Schedule under a
/// KernelTiming, their values come from the kernel itself.
///
/// A kernel's values depend on the order of its beats and not on their times. So the kernel runs
/// aside, behind FIFOs that are never full: it is given the beats that are taken, and ticked until
/// it has given the value that is due. Our RTL does not have this timing: there is none of it.
class TimedKernel final : public Kernel {
 public:
  /// Throws ParameterError where `kernel`, which has a schedule, cannot have this timing.
  TimedKernel(std::unique_ptr<Kernel> kernel, const KernelTiming& timing);
  ~TimedKernel() override;
  Step tick(Cycle now) override;
  /// Found by running the schedule for some frames.
  std::uint64_t frame_interval() const override;
  std::uint64_t macs() const override { return kernel_->macs(); }
  std::uint64_t dsps() const override { return kernel_->dsps(); }
  std::string idle_lanes() const override { return kernel_->idle_lanes(); }
  std::string memory_style() const override { return kernel_->memory_style(); }
  std::string_view block() const override { return kernel_->block(); }
  Traits traits() const override { return kernel_->traits(); }
  std::vector<KernelMemory> memories() const override { return kernel_->memories(); }
  std::optional<Schedule> schedule() const override;
  void carry_data() override;
  bool waits_for_input(std::size_t index) const override {
    return schedule_.waits_for_input(index);
  }
  bool waits_for_output(std::size_t index) const override {
    return schedule_.waits_for_output(index);
  }

  const KernelTiming& timing() const { return timing_; }

 private:
  class Values;

  const std::unique_ptr<Kernel> kernel_;
  const KernelTiming timing_;
  const bool has_weights_;  ///< on input 1
  TimedSchedule schedule_;
  std::unique_ptr<Values> values_;            ///< nullptr when only beats are carried
  mutable std::uint64_t frame_interval_ = 0;  ///< 0: not known yet
};

}  // namespace qnnsim
