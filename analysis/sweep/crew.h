// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace qnnsim {

/// A point that is to be run.
struct PointJob {
  std::size_t point = 0;               ///< its index in the study
  std::string directory;               ///< where the program runs
  std::vector<std::string> arguments;  ///< of the program, from the verb on
};

/// What the process of a point left.
struct PointOutcome {
  std::size_t point = 0;
  int exit_code = 0;   ///< as in CommandResult
  std::string output;  ///< the result as JSON; empty where the program wrote none
  std::string errors;  ///< what it wrote to standard error
  double seconds = 0;  ///< from start to end
  std::string host;    ///< where it ran
};

/// Processes that run points, several at once. Those under way end with the crew.
class Crew {
 public:
  virtual ~Crew() = default;

  /// Points that run at once.
  virtual int places() const = 0;
  /// Is there a place for another point?
  virtual bool has_room() const = 0;
  /// Starts a point in a free place.
  virtual void start(const PointJob& job) = 0;
  /// The outcome of a point that has ended; waits some milliseconds for one.
  virtual std::optional<PointOutcome> next() = 0;
};

}  // namespace qnnsim
