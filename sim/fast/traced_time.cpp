// SPDX-License-Identifier: Apache-2.0
#include "sim/fast/traced_time.h"

#include <algorithm>

namespace qnnsim {

std::uint32_t FifoSets::with(std::uint32_t set, std::uint32_t edge) {
  if (edge >= latest_.size()) latest_.resize(edge + 1);
  Step& latest = latest_[edge];
  if (latest.from == set) return latest.to;
  if (latest.to == set) return set;  // it is in there already
  latest.from = set;
  const auto [step, is_new] = steps_.try_emplace({set, edge}, 0);
  if (is_new) {
    std::vector<std::uint32_t> members = sets_[set];
    const auto place = std::lower_bound(members.begin(), members.end(), edge);
    if (place == members.end() || *place != edge) members.insert(place, edge);
    const auto [number, is_new_set] =
        numbers_.try_emplace(members, static_cast<std::uint32_t>(sets_.size()));
    if (is_new_set) sets_.push_back(std::move(members));
    step->second = number->second;
  }
  return latest.to = step->second;
}

}  // namespace qnnsim
