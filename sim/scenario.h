// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/pressure.h"
#include "sim/calibration.h"
#include "sim/cosim/cosim_settings.h"
#include "sim/cost_model.h"
#include "sim/diagnostics.h"
#include "sim/folding.h"
#include "sim/kraken/kraken_settings.h"
#include "sim/memory/memory_settings.h"
#include "sim/network.h"
#include "sim/platform.h"
#include "sim/settings.h"

namespace qnnsim {

struct FinnFolding;

/// Do beats carry values?
enum class DataMode { kNone, kBitTrue };

/// The depth that a scenario gives one edge, named `<from>-><to>`.
struct EdgeDepth {
  std::string edge;
  std::uint64_t depth = 0;  ///< [beats]
  Place place;
};

struct Stimulus {
  std::uint64_t frames = 1;
  Pressure source;
  Pressure sink;
  std::optional<int> source_lanes;  ///< [elements per beat] on the input port
  Place source_lanes_place;
  std::string input_file;  ///< .npy [frames, height, width, channels]; empty: drawn from the seed
  Place input_file_place;
};

/// What a run keeps beside its counts.
struct Record {
  bool occupancy_histogram = false;
  std::vector<std::string> layers;  ///< kernels in a trace; empty: all
  std::optional<std::pair<std::uint64_t, std::uint64_t>> frames;  ///< first and last frame traced
  std::optional<std::pair<std::uint64_t, std::uint64_t>> cycles;  ///< first and last cycle traced
  Place place;
};

/// A figure that somebody else measured, to stand beside the prediction.
struct Published {
  std::uint64_t batch = 1;  ///< [frames]
  double fps = 0;           ///< [frames / s] over the batch
  double clock_mhz = 0;     ///< of the measurement
  std::string source;
};

/// A network on a platform, folded and driven.
struct Scenario {
  std::string name;
  std::string path;
  Network network;
  Platform platform;
  std::shared_ptr<const Calibration> kernels;  ///< whose timing kernels have; nullptr: our own
  CostModel costs;
  double clock_mhz = 0;
  std::optional<KrakenSettings> kraken;  ///< the network runs on this engine, not as a dataflow
  Folding folding;
  std::shared_ptr<const FinnFolding> finn;  ///< where the folding came from; nullptr: not from FINN
  MemoryChoices memory;
  std::uint64_t default_depth = 2;  ///< [beats]
  std::vector<EdgeDepth> edges;
  Stimulus stimulus;
  Record record;
  std::vector<CosimChoice> cosim;   ///< a later choice replaces an earlier one
  DataMode data = DataMode::kNone;  ///< as the file says; RTL makes beats carry values anyway
  std::vector<Published> published;
  std::uint64_t seed = 1;

  bool carries_data() const;
};

/// Reads a scenario file and all that it names (docs/files.md).
/// `settings` are `KEY=VALUE` pairs that replace what the file says; KEY is a path of keys joined
/// by dots. What is wrong goes to `findings`; the scenario is then incomplete.
Scenario load_scenario(const std::string& path, const std::vector<std::string>& settings,
                       Findings& findings);

/// A finding where the scenario has no dataflow of kernels for `what` ("'qnnsim size'") to work on.
void require_dataflow(const Scenario& scenario, const std::string& what, Findings& findings);

/// As `load_scenario`; a path among the settings is relative to the file that it stands in.
Scenario load_scenario_with(const std::string& path, const std::vector<Setting>& settings,
                            Findings& findings);

}  // namespace qnnsim
