// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.h"

#include <csignal>

namespace qnnsim {
namespace {

std::atomic<bool> requested{false};

void on_interrupt(int signal) {
  requested = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void stop_on_interrupt() {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

std::atomic<bool>& stop_requested() { return requested; }

}  // namespace qnnsim
