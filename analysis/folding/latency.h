// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "analysis/folding/solvers.h"

namespace qnnsim {

/// [cycles] from the first input beat to the last output beat of a frame; nothing where it is not
/// known.
using LatencyOf = std::function<std::optional<std::uint64_t>(const FoldingChoice&)>;

/// From `start` on, a folding that fits whose latency no faster option of a single layer improves:
/// every layer in turn, the slowest first, takes the option that shortens the simulated latency
/// most. A local optimum; `tried` counts the foldings simulated.
Solution shorten_latency(const FoldingSpace& space, const SolverTask& task, Solution start,
                         const LatencyOf& latency_of);

}  // namespace qnnsim
