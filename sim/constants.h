// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/operator.h"
#include "models/tensor.h"
#include "sim/diagnostics.h"
#include "sim/network.h"
#include "sim/scenario.h"

namespace qnnsim {

/// The constants of `layer`, whose meaning is `meaning`: each from its file or, without one, drawn
/// from the seed derived from "<layer>.<key>", so that adding a layer changes no other one. A file
/// that does not fit is a finding, and its constant is then left out.
Constants load_constants(const Layer& layer, const Operator& meaning, std::uint64_t seed,
                         Findings& findings);

/// The input frames of a run, `stimulus.frames` of them: the first of `stimulus.input_file` or,
/// without one, drawn over the whole range of the input's type. None after a finding.
std::vector<Tensor> load_frames(const Scenario& scenario, Findings& findings);

}  // namespace qnnsim
