// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/fifo_cost.h"
#include "sim/scenario.h"

namespace qnnsim {

/// Depths that a FIFO must keep to.
struct DepthLimit {
  std::string edge;
  std::uint64_t least = 1;            ///< [beats]
  std::optional<std::uint64_t> most;  ///< [beats]
  Place place;
};

struct SizingOptions {
  std::optional<double> target_fps;     ///< [frames / s]
  std::optional<double> slack_percent;  ///< of the interval with unbounded FIFOs
  std::optional<double> latency_us;     ///< bound of the first frame's latency
  bool count_bits = false;              ///< cost in bits instead of hardware
  double budget_seconds = 0;            ///< of the search; 0: unlimited
  int threads = 2;
  std::vector<DepthLimit> limits;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const std::string&)> progress;
};

/// What a FIFO is there for.
struct SizedFifo {
  std::string name;
  std::int64_t width_bits = 0;
  std::uint64_t before = 0;  ///< [beats] as the scenario says
  std::uint64_t seen = 0;   ///< [beats] highest occupancy with unbounded FIFOs at the target's rate
  std::uint64_t depth = 0;  ///< [beats]
  FifoUse use_before;
  FifoUse use;
  double cost_before = 0;
  double cost = 0;
  std::string reason;  ///< what happens one step below; empty where there is none
};

/// The least FIFOs that keep a rate.
struct Sizing {
  std::string scenario;
  std::string platform;
  double clock_mhz = 0;
  std::string cost_unit;
  std::int64_t best_interval = 0;                ///< [cycles] with unbounded FIFOs
  std::string bottleneck;                        ///< the kernel that sets it
  std::int64_t target = 0;                       ///< [cycles] what the interval must not exceed
  std::optional<std::int64_t> latency_bound;     ///< [cycles]
  std::optional<std::uint64_t> interval_before;  ///< [cycles] with the scenario's depths
  std::optional<std::uint64_t> latency_before;   ///< [cycles]
  std::uint64_t interval = 0;                    ///< [cycles] with the depths found
  std::uint64_t latency = 0;                     ///< [cycles]
  std::vector<SizedFifo> fifos;                  ///< by edge
  bool minimal = false;      ///< with no FIFO one step shallower is the target met
  bool optimal = false;      ///< no depths of less total cost meet the target
  double cost_bound = 0;     ///< no depths that meet the target cost less than this
  bool interrupted = false;  ///< by the user or by the budget
  std::uint64_t tests = 0;   ///< designs tested against the target
  std::uint64_t frames = 0;  ///< frames computed for them
  std::uint64_t conflicts = 0;
  double seconds = 0;

  double cost() const;
  double cost_before() const;
  std::int64_t storage_bits() const;
  std::int64_t storage_bits_before() const;
};

/// Finds the FIFO depths of the least total cost with which the scenario keeps its rate: that of
/// unbounded FIFOs, or the target of `options`. What is wrong with these goes to `findings`: the
/// result is then empty.
///
/// Every design that misses the target yields conflicts (DepthOracle): at least one of some FIFOs
/// must be deeper. The cheapest depths that respect all conflicts known (cheapest_depths) are a
/// lower bound; once they meet the target they are the optimum. This is Benders' decomposition with
/// combinatorial cuts (Codato and Fischetti, Operations Research 54, 2006).
Sizing size_fifos(const Scenario& scenario, const SizingOptions& options, Findings& findings);

}  // namespace qnnsim
