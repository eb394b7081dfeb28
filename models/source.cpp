// SPDX-License-Identifier: Apache-2.0
#include "models/source.h"

#include <algorithm>
#include <utility>

namespace qnnsim {

Source::Source(Port port, std::uint64_t frames, Pressure pressure, std::vector<Value> values)
    : Kernel({}, {port}),
      total_(frames * port.beats),
      lanes_(port.lanes),
      pressure_(std::move(pressure)),
      values_(std::move(values)) {}

Step Source::tick(Cycle now) {
  if (sent_ == total_) return Step::starved(true);
  if (!offered_) {
    if (now < next_offer_ || pressure_.stalls(now)) return Step::starved(false);
    offered_ = true;
    next_offer_ = std::max(next_offer_, now) + pressure_.interval();
  }
  if (!out().can_push()) return Step::blocked(true);
  Value* slot = out().push();
  if (slot != nullptr) std::copy_n(&values_[sent_ * lanes_], lanes_, slot);
  if (sent_ == 0) first_accepted_ = now;
  offered_ = false;
  ++sent_;
  return Step::busy();
}

void Source::carry_data() {
  require(values_.size() == total_ * lanes_, "source: values for every frame are needed");
}

}  // namespace qnnsim
