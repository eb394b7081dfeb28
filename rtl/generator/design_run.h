// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "rtl/generator/design.h"
#include "sim/run.h"

namespace qnnsim {

/// What the fast engine says of a scenario, without values and without RTL.
Result predict(Scenario scenario);

/// The design of a scenario that has been prepared with data. Throws InputError with everything
/// that stands in its way.
Design make_design(const Scenario& scenario, const PreparedRun& prepared,
                   const DesignOptions& options);

/// As `execute`, with the whole design in RTL, generated and verilated, beside the simulation
/// (DesignLockstep); and how much faster the models are. `scenario` must carry data. `progress` is
/// called with a line while the design is compiled. Throws InputError and RtlError.
Result run_design(const Scenario& scenario, PreparedRun prepared, RunOptions options,
                  const std::function<void(const std::string&)>& progress);

}  // namespace qnnsim
