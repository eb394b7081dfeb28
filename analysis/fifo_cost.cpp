// SPDX-License-Identifier: Apache-2.0
#include "analysis/fifo_cost.h"

#include <algorithm>
#include <set>

#include "models/memory_blocks.h"
#include "models/pipeline.h"

namespace qnnsim {
FifoCost FifoCost::hardware(const Platform& platform) {
  FifoCost cost;
  cost.counts_bits_ = false;
  const auto luts = static_cast<double>(platform.lut);
  const auto per = [&](std::int64_t count) {
    return count > 0 ? luts / static_cast<double>(count) : 0;
  };
  cost.per_ff_ = per(platform.ff);
  cost.per_bram18_ = per(platform.bram18);
  cost.per_uram_ = per(platform.uram);
  return cost;
}

double FifoCost::weigh(const FifoUse& use) const {
  return static_cast<double>(use.lut) + static_cast<double>(use.ff) * per_ff_ +
         static_cast<double>(use.bram18) * per_bram18_ + static_cast<double>(use.uram) * per_uram_;
}

FifoUse FifoCost::use(std::int64_t width, std::uint64_t depth) const {
  const auto beats = static_cast<std::int64_t>(depth);
  const std::int64_t counters = 2 * clog2(beats);
  if (depth == 1) return {"register", 0, width, 0, 0};
  FifoUse best{"srl", counters + divide_up(beats, 32) * divide_up(width, 2), 0, 0, 0};
  const auto consider = [&](const FifoUse& use) {
    if (weigh(use) < weigh(best)) best = use;
  };
  if (per_bram18_ > 0) consider({"bram", counters, 0, bram18_blocks(width, beats), 0});
  if (per_uram_ > 0) {
    consider({"uram", counters, 0, 0, uram_blocks(width, beats)});
  }
  return best;
}

double FifoCost::cost(std::int64_t width, std::uint64_t depth) const {
  if (counts_bits_) return static_cast<double>(width) * static_cast<double>(depth);
  return weigh(use(width, depth));
}

std::vector<std::uint64_t> FifoCost::steps(std::int64_t width, std::uint64_t least,
                                           std::uint64_t most) const {
  std::vector<std::uint64_t> steps;
  if (counts_bits_) {
    for (std::uint64_t depth = least; depth <= most; ++depth) steps.push_back(depth);
    return steps;
  }
  // Shift registers come in steps of 32, counters in powers of two, RAM in multiples of 512.
  std::set<std::uint64_t> ends;
  for (std::uint64_t depth = 1; depth < 32; depth *= 2) ends.insert(depth);
  for (std::uint64_t depth = 32; depth < most + 16384; depth += 32) ends.insert(depth);
  // From the greatest down: a depth is a step if it is cheaper than the next one above.
  double above = 0;
  for (auto depth = ends.rbegin(); depth != ends.rend() && *depth >= least; ++depth) {
    const double present = cost(width, *depth);
    if (!steps.empty() && present >= above) continue;
    steps.push_back(*depth);
    above = present;
  }
  std::reverse(steps.begin(), steps.end());
  const auto enough = std::lower_bound(steps.begin(), steps.end(), most);
  if (enough != steps.end()) steps.erase(enough + 1, steps.end());
  return steps;
}

}  // namespace qnnsim
