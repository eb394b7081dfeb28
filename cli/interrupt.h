// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace qnnsim {

/// From now on the first Ctrl-C (or SIGTERM) asks for a clean end, and a second one ends the
/// program at once. Signals within 200 ms of the first are the first: timeout(1) signals a program
/// and then its process group, to which the program belongs.
void stop_on_interrupt();

/// True once a clean end has been asked for.
std::atomic<bool>& stop_requested();

}  // namespace qnnsim
