// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>

#include "analysis/sizing.h"

namespace qnnsim {

/// Runs the scenario with the depths found in the SystemC engine, with every kernel also in RTL if
/// `rtl`, and compares with what the fast engine counts. Empty if they agree and everything flows;
/// else what differs first. SystemC runs once a program. Throws RtlError.
std::string check_sized(Scenario scenario, const Sizing& sizing, bool rtl);

/// How the scenario does with the depths found as it is, with its stalls and over its memories, by
/// the fast engine: in the middle of so many frames that they are steady, for at the ends some
/// layers have no frame, and leave the memory to the others. Where `stop` ended it, it does not
/// flow.
DesignTimes steady_times(Scenario scenario, const Sizing& sizing, const std::atomic<bool>* stop,
                         Findings& findings);

}  // namespace qnnsim
