// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/folding/partition.h"
#include "analysis/folding/solvers.h"
#include "analysis/sizing.h"
#include "sim/cost_model.h"
#include "sim/dataflow.h"
#include "sim/scenario.h"

namespace qnnsim {

enum class FoldingObjective { kThroughput, kLatency, kResources };

/// What each layer takes of a device.
using LayerResources = std::map<std::string, Resources>;

/// What designs of a scenario have shown that the search cannot know.
struct FoldingExperience {
  LayerResources fifos;  ///< what those in front of a layer's kernels take beyond the estimate
  double bandwidth = 1;  ///< share of the bandwidth allowed that memory turned out to have
};

struct FoldingOptions {
  FoldingObjective objective = FoldingObjective::kThroughput;
  std::string solver = "exact";          ///< exact, rule, finn, annealing or brute
  std::optional<double> target_fps;      ///< [frames / s]
  double utilisation = 0.8;              ///< share of every resource that may be taken
  std::vector<std::string> limits;       ///< "lut=0.7", instead
  int devices = 1;                       ///< equal ones in a row
  double link_gb_s = 0;                  ///< [GB/s] between two of them; 0: any
  std::optional<double> reconfigure_ms;  ///< one device configured anew between parts
  std::uint64_t batch = 1;               ///< [frames] that a part works off before
  double bandwidth_gb_s = 0;             ///< [GB/s] of memory, input and output in it; 0: as it is
  bool dram = false;                     ///< the platform's memories, if the scenario has none
  std::string platform;                  ///< instead of the scenario's; empty: that
  double seconds = 60;                   ///< for the solver; 0: no limit
  double sizing_seconds = 10;            ///< for the FIFOs of each round
  int rounds = 5;                        ///< of search and simulation at most; 0: search only
  FoldingExperience experience;          ///< that the first round begins with
  std::uint64_t seed = 1;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const std::string&)> progress;
};

/// One folding that was tried for real.
struct FoldingRound {
  std::uint64_t estimated_cycles = 0;  ///< [cycles per frame]
  Resources estimated;                 ///< with FIFOs of the scenario's depth
  DesignTimes measured;                ///< by the fast engine, FIFOs sized
  Resources sized;                     ///< with these FIFOs
  bool fits = false;
  bool waits_for_memory = false;  ///< slower than estimated, with memory busy
};

/// A part of a network on a device that is configured anew for it, run alone with sized FIFOs.
struct SimulatedPart {
  DesignTimes measured;
  Resources sized;
  bool fits = false;
};

/// A layer of the folded design.
struct FoldedLayer {
  std::string name;
  std::string folding;       ///< "pe 16 simd 3"
  std::uint64_t cycles = 0;  ///< [cycles per frame] of its slowest kernel
  Resources resources;       ///< with the FIFOs that it reads
  std::vector<std::string> idle_lanes;
};

/// A design as a scenario has it.
struct DesignUse {
  std::uint64_t cycles = 0;  ///< [cycles per frame] of the slowest kernel
  std::string bottleneck;
  Resources resources;
};

/// The best folding of a scenario.
struct FoldingResult {
  std::string scenario;
  std::string platform;
  std::string cost_model;
  std::string solver;
  FoldingObjective objective = FoldingObjective::kThroughput;
  double clock_mhz = 0;
  Resources device;
  Resources limits;
  double memory_gb_s = 0;        ///< [GB/s] peak of the memories that weights may lie in
  double memory_limit_gb_s = 0;  ///< [GB/s] that may be taken of it; 0: any
  std::vector<WeightsInMemory> in_memory;
  std::optional<std::uint64_t> target;  ///< [cycles per frame]
  Solution solution;
  std::vector<Part> parts;                     ///< of several devices or configurations
  std::vector<SimulatedPart> simulated_parts;  ///< of configurations
  std::uint64_t batch_cycles = 0;  ///< [cycles] of configurations, for the batch, as searched
  std::uint64_t simulated_batch_cycles = 0;  ///< [cycles] with the fill of every part; 0: not known
  std::uint64_t batch = 0;                   ///< [frames]
  std::string bottleneck;                    ///< the slowest kernel
  std::string proof;                         ///< why there is no better one
  std::optional<DesignUse> given;            ///< the scenario's own folding
  std::uint64_t layers = 0;
  std::uint64_t classes = 0;  ///< different ones
  std::uint64_t options = 0;  ///< of all different layers
  std::vector<FoldedLayer> folded;
  std::vector<FoldingRound> rounds;
  Sizing sizing;                      ///< without simulation nothing but the depths of the scenario
  std::vector<std::string> settings;  ///< what makes the scenario the folded one
  std::uint64_t latency_bound = 0;    ///< [cycles] objective latency: none is shorter
  double space_seconds = 0;
  double solver_seconds = 0;
  double seconds = 0;
  bool refused = false;  ///< no folding does what is asked; the finding says why
  bool interrupted = false;

  bool found() const { return solution.found; }
  double fps(std::uint64_t interval) const {
    return clock_mhz * 1e6 / static_cast<double>(interval);
  }
};

/// What may be taken of a device, and the share of the bandwidth of its memories.
struct Allowed {
  Resources limits;
  double bandwidth = 1;
};

/// By `utilisation` and `limits` of the options; what is wrong with these goes to `findings`.
Allowed allowed_of(const Resources& device, const FoldingOptions& options, Findings& findings);

/// What the FIFOs in front of each layer's kernels take.
LayerResources fifo_use(const CostModel& costs, const Dataflow& dataflow);

/// Raises `known` to what FIFOs take beyond their estimate in a design where they take `after`, and
/// `before` with the scenario's depth.
void learn_fifos(const LayerResources& before, const LayerResources& after, LayerResources& known);

/// Is a design slower than estimated, and its memory, which moves so many bytes a cycle, busy for
/// most of the time?
bool waits_for_memory(const FoldingTotals& estimated, const DesignTimes& measured,
                      double bytes_per_cycle);

/// Finds the best folding of the scenario file `path` with `settings`, sizes its FIFOs, runs it,
/// and searches again with what the FIFOs really take where they do not fit. What is wrong, a
/// network that cannot fit among it, goes to `findings`.
FoldingResult fold(const std::string& path, const std::vector<std::string>& settings,
                   const FoldingOptions& options, Findings& findings);

}  // namespace qnnsim
