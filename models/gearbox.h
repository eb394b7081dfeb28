// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "models/kernel.h"

namespace qnnsim {

/// The schedule shared by blocks that collect `group_in` beats and give `group_out` beats for them.
///
/// Two registers: one collects, one gives. A collected group is handed over in the cycle after its
/// last beat, as soon as the giving register is empty or gives its last beat; collecting goes on in
/// that same cycle. The first beat leaves the cycle after the hand-over: latency 2 from the group's
/// last input beat. No bubble on either side: max(group_in, group_out) cycles a group.
class Gearbox : public Kernel {
 public:
  Step tick(Cycle) final {
    Fifo& output = out();
    const bool gives = giving_ > 0 && output.can_push();
    if (gives) {
      Value* slot = output.push();
      if (slot != nullptr) give(group_out_ - giving_, slot);
      --giving_;
    }
    const bool hands_over = collected_ == group_in_ && giving_ == 0;
    if (hands_over) {
      if (carries_data_) hand_over();
      collected_ = 0;
      giving_ = group_out_;
    }
    const bool takes = collected_ < group_in_ && in().can_pop();
    if (takes) {
      if (carries_data_) take(collected_);
      in().pop();
      ++collected_;
    }
    if (gives || takes) return Step::busy();
    return giving_ > 0 && !hands_over ? Step::blocked(true) : Step::starved(!hands_over);
  }

  std::uint64_t frame_interval() const final {
    return std::max(inputs().front().beats, outputs().front().beats);
  }

  std::optional<Schedule> schedule() const final {
    Schedule schedule;
    schedule.beats = schedule.capacity = static_cast<std::int64_t>(group_in_);
    schedule.release = 0;
    schedule.burst = static_cast<std::uint32_t>(group_out_);
    schedule.busy = BusyRule::kIntakeOrOutput;
    Issue hand_over;
    hand_over.newest = static_cast<std::int32_t>(group_in_) - 1;
    hand_over.emits = schedule.burst;
    schedule.issues = {hand_over};
    return schedule;
  }

  void carry_data() override { carries_data_ = true; }

 protected:
  Gearbox(Port input, Port output, std::uint64_t group_in, std::uint64_t group_out)
      : Kernel({input}, {output}), group_in_(group_in), group_out_(group_out) {}

  /// Collects the beat `in().front()` as number `beat` of its group.
  virtual void take(std::uint64_t beat) = 0;
  /// The collected group becomes the one to give.
  virtual void hand_over() = 0;
  /// Writes output beat number `beat` of the group being given.
  virtual void give(std::uint64_t beat, Value* result) const = 0;

 private:
  const std::uint64_t group_in_;
  const std::uint64_t group_out_;
  std::uint64_t collected_ = 0;
  std::uint64_t giving_ = 0;
  bool carries_data_ = false;
};

}  // namespace qnnsim
