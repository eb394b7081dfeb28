// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.h"

#include <signal.h>
#include <time.h>

namespace qnnsim {
namespace {

constexpr long kOneRequest = 200;  // ms

std::atomic<bool> requested{false};
std::atomic<long> first_request{0};  // ms

static_assert(std::atomic<long>::is_always_lock_free, "used where signals are handled");

long milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

void on_interrupt(int number) {
  if (!requested.exchange(true)) {
    first_request = milliseconds();
  } else if (milliseconds() - first_request >= kOneRequest) {
    signal(number, SIG_DFL);
    raise(number);
  }
}

}  // namespace

void stop_on_interrupt() {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

std::atomic<bool>& stop_requested() { return requested; }

}  // namespace qnnsim
