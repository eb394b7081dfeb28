// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace qnnsim {

/// From now on the first Ctrl-C (or SIGTERM) asks for a clean end, and the second kills the
/// program.
void stop_on_interrupt();

/// True once a clean end has been asked for.
std::atomic<bool>& stop_requested();

}  // namespace qnnsim
