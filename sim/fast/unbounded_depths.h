// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/fast/stream_graph.h"

namespace qnnsim {

/// [beats] that stand for no limit behind a kernel that gives a beat in every cycle for ever.
inline constexpr std::uint64_t kDeepWeightFifo = 64;

/// By edge: does nothing from the source reach it? What streams weights runs without end.
std::vector<bool> endless_edges(const StreamGraph& graph);

/// Depths by edge at which no FIFO is ever in the way.
std::vector<std::uint64_t> unbounded_depths(const StreamGraph& graph);

}  // namespace qnnsim
