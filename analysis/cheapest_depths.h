// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace qnnsim {

/// A FIFO of the search: the depths that it may have, ascending, and what each costs, never
/// falling.
struct DepthChoice {
  std::vector<std::uint64_t> depths;  ///< [beats]
  std::vector<double> costs;
};

/// At least one of these FIFOs must have more than this choice: (FIFO, index into its depths).
using Demand = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// The choices, by FIFO, that fulfil all demands at the least total cost: an integer program.
/// Throws std::runtime_error if a demand cannot be fulfilled.
std::vector<std::uint32_t> cheapest_depths(const std::vector<DepthChoice>& fifos,
                                           const std::vector<Demand>& demands);

}  // namespace qnnsim
