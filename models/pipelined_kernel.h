// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "models/kernel.h"
#include "models/pipeline.h"

namespace qnnsim {

/// Which issues of a pipelined kernel yield an output beat: of every `silent + emitting` issues,
/// the last `emitting` ones.
struct EmissionPattern {
  std::uint64_t silent = 0;    ///< [issues]
  std::uint64_t emitting = 1;  ///< [issues]
};

/// The schedule shared by every block that takes one beat from each input and computes in a
/// pipeline.
///
/// Rate 1 issue a cycle; an output beat leaves `latency` cycles after the issue that completes it.
/// A blocked output stops the issues that yield a beat (Pipeline). An issue takes one beat from
/// every input at once.
class PipelinedKernel : public Kernel {
 public:
  Step tick(Cycle) final {
    Fifo& output = out();
    const bool still = pipeline_.is_still(output);
    if (!all_inputs_have_a_beat()) {
      pipeline_.advance(output, false);
      return Step::starved(still);
    }
    const bool emits = phase_ >= pattern_.silent;
    if (emits && !pipeline_.has_room(output)) {
      pipeline_.advance(output, false);
      return Step::blocked(still);
    }
    if (pipeline_.carries_data()) issue(emits ? pipeline_.issue_slot() : nullptr);
    in().pop();
    for (std::size_t i = 1; i < width_; ++i) in(i).pop();
    pipeline_.advance(output, emits);
    if (++phase_ == pattern_.silent + pattern_.emitting) phase_ = 0;
    return Step::busy();
  }

  std::uint64_t frame_interval() const final { return inputs().front().beats; }
  int latency() const { return pipeline_.depth(); }

  std::optional<Schedule> schedule() const final {
    Schedule schedule;
    schedule.latency = latency();
    Issue issue;
    issue.inputs = static_cast<std::uint16_t>(width_);
    schedule.issues.assign(pattern_.silent, issue);
    issue.emits = 1;
    schedule.issues.insert(schedule.issues.end(), pattern_.emitting, issue);
    return schedule;
  }

  std::vector<KernelMemory> memories() const override {
    return queue_memory(outputs().front(), latency());
  }

  void carry_data() final {
    pipeline_.carry_data(outputs().front().lanes);
    prepare_data();
  }

 protected:
  PipelinedKernel(std::vector<Port> inputs, Port output, int latency, EmissionPattern pattern = {})
      : Kernel(std::move(inputs), {output}),
        pipeline_(latency),
        pattern_(pattern),
        width_(this->inputs().size()) {}

  /// The arithmetic of one issue: reads `in(i).front()`; writes the output beat unless `result` is
  /// nullptr.
  virtual void issue(Value* result) = 0;
  /// Allocates what `issue` needs.
  virtual void prepare_data() {}

 private:
  bool all_inputs_have_a_beat() {
    if (!in().can_pop()) return false;
    for (std::size_t i = 1; i < width_; ++i) {
      if (!in(i).can_pop()) return false;
    }
    return true;
  }

  Pipeline pipeline_;
  const EmissionPattern pattern_;
  const std::size_t width_;  ///< [inputs]
  std::uint64_t phase_ = 0;
};

}  // namespace qnnsim
