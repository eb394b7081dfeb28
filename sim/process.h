// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/kernel.h"

namespace qnnsim {

/// A kernel under simulation: counts what it does, and sleeps while it cannot do anything.
class Process final : public Sleeper {
 public:
  /// `index` of the kernel's node in the dataflow; the process adds itself to `awake` when it is
  /// woken.
  Process(Kernel& kernel, std::size_t index, std::vector<Process*>& awake)
      : kernel_(kernel), index_(index), awake_(awake) {}

  /// The evaluate phase of cycle `now`. Must not be called while asleep.
  void step(Cycle now) {
    const Step step = kernel_.tick(now);
    activity_ = step.activity;
    count_.add(step.activity, 1);
    for_memory_ = step.for_memory;
    if (step.for_memory) ++memory_cycles_;
    if (step.still) {
      asleep_ = true;
      asleep_from_ = now + 1;
    }
  }

  /// Counts the cycles slept through.
  void wake(Cycle next) override {
    asleep_ = false;
    count_.add(activity_, next - asleep_from_);
    if (for_memory_) memory_cycles_ += next - asleep_from_;
    awake_.push_back(this);
  }

  /// What the kernel did in the cycles before `end`.
  CycleCount count(Cycle end) const {
    CycleCount count = count_;
    if (asleep_) count.add(activity_, end - asleep_from_);
    return count;
  }

  /// How many of the cycles before `end` it starved of nothing but a memory.
  std::uint64_t memory_cycles(Cycle end) const {
    return memory_cycles_ + (asleep_ && for_memory_ ? end - asleep_from_ : 0);
  }

  /// In the latest cycle; a sleeping kernel goes on with what it did last.
  Activity activity() const { return activity_; }
  std::size_t index() const { return index_; }  ///< of its node in the dataflow

 private:
  Kernel& kernel_;
  const std::size_t index_;
  Activity activity_ = Activity::kStarved;
  Cycle asleep_from_ = 0;
  CycleCount count_;
  bool for_memory_ = false;  ///< in the latest cycle
  std::uint64_t memory_cycles_ = 0;
  std::vector<Process*>& awake_;
};

}  // namespace qnnsim
