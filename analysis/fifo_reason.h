// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "analysis/depth_oracle.h"
#include "sim/dataflow.h"
#include "sim/network.h"

namespace qnnsim {

/// Why FIFO number `edge` needs more than `less` beats, in a few words: "skip path: 16 beats (0.3
/// rows) deadlock, add0 waits for conv2.swg". `verdict` is that of the design with `less`.
std::string fifo_reason(const Dataflow& dataflow, const Network& network, std::size_t edge,
                        std::uint64_t less, const Verdict& verdict);

}  // namespace qnnsim
