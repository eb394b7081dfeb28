// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/depth_search.h"
#include "models/resources.h"
#include "sim/scenario.h"

namespace qnnsim {

/// Depths that a FIFO must keep to.
struct DepthLimit {
  std::string edge;
  std::uint64_t least = 1;            ///< [beats]
  std::optional<std::uint64_t> most;  ///< [beats]
  Place place;
};

/// "EDGE=MIN:MAX", "EDGE=MIN:", or "EDGE=DEPTH".
DepthLimit parse_limit(const std::string& text, Findings& findings);

struct SizingOptions {
  std::optional<double> target_fps;     ///< [frames / s]
  std::optional<double> slack_percent;  ///< of the interval with unbounded FIFOs
  std::optional<double> latency_us;     ///< bound of the first frame's latency
  bool count_bits = false;              ///< cost in bits instead of the scenario's cost model
  std::vector<DepthLimit> limits;
  SearchOptions search;
};

/// What a FIFO is there for.
struct SizedFifo {
  std::string name;
  std::int64_t width_bits = 0;
  std::uint64_t before = 0;  ///< [beats] as the scenario says
  std::uint64_t seen = 0;   ///< [beats] highest occupancy with unbounded FIFOs at the target's rate
  std::uint64_t depth = 0;  ///< [beats]
  std::string style;        ///< what it is made of; empty: not estimated
  Resources resources;
  double cost_before = 0;
  double cost = 0;
  std::string reason;  ///< what happens one step below; empty where there is none
};

/// How a design does, at the scenario's own pressure.
struct DesignTimes {
  bool flows = false;          ///< else it stands still, and nothing else is known
  std::uint64_t interval = 0;  ///< [cycles] between the last two of some frames
  std::uint64_t latency = 0;   ///< [cycles] of the first frame
};

/// The least FIFOs that keep a rate.
struct Sizing {
  std::string scenario;
  std::string platform;
  double clock_mhz = 0;
  CostModel costs;  ///< what styles and resources are estimated by
  std::string cost_unit;
  std::int64_t best_interval = 0;             ///< [cycles] with unbounded FIFOs
  std::string bottleneck;                     ///< the kernel that sets it
  std::int64_t target = 0;                    ///< [cycles] what the interval must not exceed
  std::optional<std::int64_t> latency_bound;  ///< [cycles]
  DesignTimes before;                         ///< with the scenario's depths
  DesignTimes after;                          ///< with the depths found
  std::vector<SizedFifo> fifos;               ///< by edge
  std::vector<EdgeDepth> kept;  ///< between masters and their memory: as deep as they were
  bool memory_at_once = false;  ///< there is memory; it was taken to answer in every cycle
  bool by_runs = false;         ///< kernels without schedule: nothing is proved (size_by_runs)
  bool minimal = false;         ///< with no FIFO one step shallower is the target met
  bool optimal = false;         ///< no depths of less total cost meet the target
  double cost_bound = 0;        ///< no depths that meet the target cost less than this
  bool interrupted = false;     ///< by the user or by the budget
  std::uint64_t tests = 0;      ///< designs tested against the target
  std::uint64_t frames = 0;     ///< frames computed for that
  std::uint64_t conflicts = 0;
  double seconds = 0;

  double fps(std::uint64_t interval) const { return clock_mhz * 1e6 / double(interval); }
  double cost() const;
  double cost_before() const;
  std::int64_t storage_bits() const;
  std::int64_t storage_bits_before() const;
};

/// A point of the curve of storage against throughput.
struct ParetoPoint {
  std::int64_t target = 0;  ///< [cycles]
  DesignTimes times;
  double cost = 0;
  double cost_bound = 0;
  std::int64_t storage_bits = 0;
  bool minimal = false;
  bool optimal = false;
};

/// How much a sized design loses under stalls, against unbounded FIFOs under the same stalls.
struct StallLoss {
  std::string where;        ///< "source" or "sink"
  double probability = 0;   ///< of a stall in a cycle
  std::uint64_t seeds = 0;  ///< number of runs
  double mean_percent = 0;  ///< of the cycles that unbounded FIFOs take for the same frames
  double worst_percent = 0;
};

/// Finds the FIFO depths of the least total cost with which the scenario keeps its rate: that of
/// unbounded FIFOs, or the target of `options`. What is wrong with these goes to `findings`: the
/// result then has no FIFOs, as when it is interrupted before a first design was tested.
///
/// With stalls that follow no period there is no steady state; the target is then that the frames
/// of the scenario are done as early as with unbounded FIFOs.
///
/// Every design that misses the target yields conflicts (DepthOracle): at least one of some FIFOs
/// must be deeper. The cheapest depths that respect all conflicts known (cheapest_depths) are a
/// lower bound; once they meet the target they are the optimum. This is Benders' decomposition with
/// combinatorial cuts (Codato and Fischetti, Operations Research 54, 2006).
///
/// Under a calibration some of whose kernels have no schedule: `size_by_runs`.
Sizing size_fifos(const Scenario& scenario, const SizingOptions& options, Findings& findings);

/// The least cost for a number of intervals between that of unbounded FIFOs and that of the
/// cheapest design that flows at all; slowest first.
std::vector<ParetoPoint> pareto_curve(const Scenario& scenario, const SizingOptions& options,
                                      int points, Findings& findings);

/// Runs the sized design under random stalls of source and sink.
std::vector<StallLoss> stall_losses(const Scenario& scenario, const Sizing& sizing,
                                    double probability, std::uint64_t seeds);

}  // namespace qnnsim
