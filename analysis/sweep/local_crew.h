// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <deque>
#include <vector>

#include "analysis/sweep/crew.h"

namespace qnnsim {

/// Runs each point as a process of this program on this host: a crash, a lack of memory and
/// SystemC's one elaboration stay with the point.
class LocalCrew final : public Crew {
 public:
  explicit LocalCrew(int places);
  ~LocalCrew() override;
  LocalCrew(const LocalCrew&) = delete;
  LocalCrew& operator=(const LocalCrew&) = delete;

  int places() const override { return places_; }
  bool has_room() const override { return static_cast<int>(running_.size()) < places_; }
  void start(const PointJob& job) override;
  std::optional<PointOutcome> next() override;

 private:
  using Clock = std::chrono::steady_clock;

  struct Running {
    std::size_t point = 0;
    pid_t process = 0;
    int output = -1;  ///< files in memory
    int errors = -1;
    Clock::time_point begin;
  };

  std::optional<PointOutcome> ended();
  PointOutcome outcome_of(const Running& running, int exit_code) const;

  const int places_;
  const std::string host_;
  std::vector<Running> running_;
  std::deque<PointOutcome> not_started_;  ///< points whose process could not be started
};

}  // namespace qnnsim
