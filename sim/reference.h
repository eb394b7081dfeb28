// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sim/lowering.h"
#include "sim/network.h"

namespace qnnsim {

/// The network's output for one input frame, computed on whole tensors (operator by operator, no
/// kernels, no streams).
Tensor reference_output(const Network& network, const std::vector<Constants>& constants,
                        const Tensor& frame);

}  // namespace qnnsim
