// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>

#include "analysis/sweep/crew.h"
#include "analysis/sweep/journal.h"
#include "analysis/sweep/study.h"

namespace qnnsim {

/// How far a sweep is.
struct SweepCount {
  std::size_t points = 0;
  std::size_t done = 0;
  std::size_t failed = 0;
  std::size_t kept = 0;  ///< of those, run by an earlier sweep

  std::size_t missing() const { return points - done - failed; }
};

struct SweepOptions {
  bool retry_failed = false;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const SweepCount&)> progress;  ///< called before the first and behind each
};

/// Runs the points that `journal` does not have, in the order of the study as places become free,
/// and writes each down when it ends. A point that fails does not stop the others; one that was
/// interrupted does, and points are missing then, as after `stop`.
SweepCount sweep(const Study& study, Journal& journal, Crew& crew, const SweepOptions& options);

}  // namespace qnnsim
