// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/kernel.h"

namespace qnnsim {

/// A kernel under simulation: counts what it does, and sleeps while it cannot do anything.
class Process final : public Sleeper {
 public:
  /// Falls asleep after `patience` ticks in a row that moved nothing. Woken processes are added to
  /// `woken`.
  Process(Kernel& kernel, std::size_t index, int patience, std::vector<Process*>& woken)
      : kernel_(kernel), index_(index), patience_(patience), woken_(woken) {}

  /// The evaluate phase of cycle `now`. Must not be called while asleep.
  void step(Cycle now) {
    const Step step = kernel_.tick(now);
    activity_ = step.activity;
    count_.add(step.activity, 1);
    if (!step.still) {
      still_ = 0;
    } else if (++still_ >= patience_) {
      asleep_ = true;
      asleep_from_ = now + 1;
    }
  }

  void wake() override {
    asleep_ = false;
    still_ = 0;
    woken_.push_back(this);
  }

  /// Counts the cycles slept through, up to `now` exclusive; to be called before the first step
  /// after a wake.
  void settle(Cycle now) {
    count_.add(activity_, now - asleep_from_);
    asleep_from_ = now;
  }

  /// What the kernel did in the cycles before `end`.
  CycleCount count(Cycle end) const {
    CycleCount count = count_;
    if (asleep_) count.add(activity_, end - asleep_from_);
    return count;
  }

  /// In the latest cycle; a sleeping kernel goes on with what it did last.
  Activity activity() const { return activity_; }
  std::size_t index() const { return index_; }  ///< of its node in the dataflow

 private:
  Kernel& kernel_;
  const std::size_t index_;
  const int patience_;
  int still_ = 0;
  Activity activity_ = Activity::kStarved;
  Cycle asleep_from_ = 0;
  CycleCount count_;
  std::vector<Process*>& woken_;
};

}  // namespace qnnsim
