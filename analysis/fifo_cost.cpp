// SPDX-License-Identifier: Apache-2.0
#include "analysis/fifo_cost.h"

#include <algorithm>

#include "models/pipeline.h"

namespace qnnsim {

FifoCost FifoCost::hardware(const CostModel& model, const Platform& platform) {
  FifoCost cost;
  cost.counts_bits_ = !model.estimates_fifos();
  cost.model_ = model;
  cost.limits_ = limits(platform);
  return cost;
}

double FifoCost::cost(std::int64_t width, std::uint64_t depth) const {
  if (counts_bits_) return static_cast<double>(width) * static_cast<double>(depth);
  const Resources taken = model_.of_fifo(width, depth);
  double cost = 0;
  for (const ResourceKind& kind : kResourceKinds) {
    const std::int64_t there = limits_.*kind.count;
    if (there == 0) continue;
    const double luts = static_cast<double>(limits_.lut) / static_cast<double>(there);
    cost += static_cast<double>(taken.*kind.count) * luts;
  }
  return cost;
}

/// The depths from `least` to `most` behind which the cost changes, and `most`, descending.
std::vector<std::uint64_t> FifoCost::ends(std::int64_t width, std::uint64_t least,
                                          std::uint64_t most) const {
  constexpr std::uint64_t kStride = 32;  // costs seldom change within as many beats
  std::vector<std::uint64_t> ends;
  for (std::uint64_t last = most; last >= least;) {
    const std::uint64_t first = std::max(least, (last - 1) / kStride * kStride + 1);
    if (cost(width, first) == cost(width, last)) {
      ends.push_back(last);
    } else {
      for (std::uint64_t depth = last; depth >= first; --depth) ends.push_back(depth);
    }
    last = first - 1;
  }
  return ends;
}

std::vector<std::uint64_t> FifoCost::steps(std::int64_t width, std::uint64_t enough,
                                           DepthRange range) const {
  enough = std::clamp(enough, range.least, range.most);
  std::vector<std::uint64_t> steps;
  if (counts_bits_) {
    for (std::uint64_t depth = range.least; depth <= enough; ++depth) steps.push_back(depth);
    return steps;
  }
  // What is deeper than enough may cost no more: counters and RAM come in powers of two.
  const std::uint64_t full = std::uint64_t{1} << clog2(static_cast<std::int64_t>(enough));
  double least_cost = std::numeric_limits<double>::infinity();
  for (std::uint64_t depth : ends(width, range.least, std::min(full, range.most))) {
    const double present = cost(width, depth);
    if (present >= least_cost) continue;
    steps.push_back(depth);
    least_cost = present;
  }
  std::reverse(steps.begin(), steps.end());
  steps.erase(std::upper_bound(steps.begin(), steps.end(), enough - 1) + 1, steps.end());
  return steps;
}

}  // namespace qnnsim
