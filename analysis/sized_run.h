// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/sizing.h"

namespace qnnsim {

/// Runs the scenario with the depths found in the SystemC engine, with every kernel also in RTL if
/// `rtl`, and compares with what the fast engine counts. Empty if they agree and everything flows;
/// else what differs first. SystemC runs once a program. Throws RtlError.
std::string check_sized(Scenario scenario, const Sizing& sizing, bool rtl);

}  // namespace qnnsim
