// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <optional>

namespace qnnsim {

/// When to give up.
struct Deadline {
  std::optional<std::chrono::steady_clock::time_point> end;
  const std::atomic<bool>* stop = nullptr;
  /// `seconds` from now; 0: never.
  static Deadline after(double seconds, const std::atomic<bool>* stop) {
    Deadline deadline;
    deadline.stop = stop;
    using Clock = std::chrono::steady_clock;
    if (seconds > 0) {
      deadline.end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                        std::chrono::duration<double>(seconds));
    }
    return deadline;
  }
  bool passed() const {
    return (stop != nullptr && *stop) || (end && std::chrono::steady_clock::now() > *end);
  }
};

}  // namespace qnnsim
