// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sim/dataflow.h"
#include "sim/scenario.h"

namespace qnnsim {

/// What `scenario` became, for a person to read: kernels and FIFOs in graph order, and the frame
/// rate that the slowest kernel allows. `colour` is for a terminal.
std::string dataflow_table(const Scenario& scenario, const Dataflow& dataflow, bool colour = false);

/// The same for programs: {schema, scenario, platform, version, clock_mhz, kernels, fifos,
/// tensors, calibration, finn, bottleneck, most_fps}.
nlohmann::ordered_json to_json(const Scenario& scenario, const Dataflow& dataflow);

}  // namespace qnnsim
