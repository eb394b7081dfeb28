// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>

namespace qnnsim {
namespace {

TEST(Interrupt, SignalsAtOnceAreOneRequest) {
  stop_on_interrupt();
  EXPECT_FALSE(stop_requested());
  for (const int number : {SIGINT, SIGINT, SIGTERM, SIGINT}) raise(number);
  EXPECT_TRUE(stop_requested());
}

TEST(Interrupt, ALaterSignalEndsTheProgram) {
  const auto interrupted_twice = [] {
    stop_on_interrupt();
    raise(SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    raise(SIGINT);
  };
  EXPECT_EXIT(interrupted_twice(), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace qnnsim
