// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/intervals.h"

#include <algorithm>
#include <limits>

namespace qnnsim {

Intervals::Intervals(const FoldingSpace& space) {
  for (const FoldingSpace::Stage& stage : space.stages()) {
    std::uint64_t fastest = std::numeric_limits<std::uint64_t>::max();
    for (const LayerOption& option : stage.space->options) {
      fastest = std::min(fastest, option.cycles);
    }
    least_ = std::max(least_, fastest);
  }
  if (space.bytes_per_cycle() > 0) return;
  options_ = space.intervals();
  options_.erase(options_.begin(), std::lower_bound(options_.begin(), options_.end(), least_));
}

std::uint64_t Intervals::at_least(std::uint64_t cycles) const {
  if (options_.empty()) return cycles > least_ ? std::min(cycles - least_, kMany) : 0;
  return static_cast<std::uint64_t>(std::lower_bound(options_.begin(), options_.end(), cycles) -
                                    options_.begin());
}

}  // namespace qnnsim
