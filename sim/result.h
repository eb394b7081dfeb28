// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/kernel.h"
#include "sim/kraken/kraken_result.h"
#include "sim/memory_result.h"
#include "sim/resource_use.h"
#include "sim/scenario.h"
#include "sim/simulation.h"

namespace qnnsim {

/// One row of `layers` in result.json: a kernel and how it spent its time.
struct KernelResult {
  std::string name;
  std::string layer;
  std::string kind;
  std::string impl = "model";
  CycleCount cycles;
  double utilisation = 0;  ///< busy / elapsed
  std::uint64_t beats_in = 0;
  std::uint64_t beats_out = 0;
  std::uint64_t macs = 0;              ///< per frame
  std::uint64_t dsps = 0;              ///< [slices]
  std::uint64_t frame_interval = 0;    ///< [cycles] closed form, never starved and never blocked
  std::optional<Resources> resources;  ///< nothing where the cost model does not know the kernel
};

/// One row of `fifos` in result.json.
struct FifoResult {
  std::string name;
  std::string from;
  std::string to;
  std::int64_t width_bits = 0;
  std::uint64_t depth = 0;          ///< [beats]
  std::uint64_t max_occupancy = 0;  ///< [beats]
  double mean_occupancy = 0;        ///< [beats]
  std::uint64_t full_cycles = 0;
  std::int64_t storage_bits = 0;  ///< width x depth
  std::string style;              ///< what it is made of; empty where that is unknown
  std::optional<Resources> resources;
  std::vector<std::uint64_t> histogram;  ///< [cycles] at each occupancy, if recorded
};

/// A kernel that waits in a deadlock.
struct Wait {
  std::string kernel;
  std::string state;            ///< "starved" or "blocked"
  std::string edge;             ///< the FIFO that it waits on
  std::string waits_for;        ///< the kernel at the other end
  std::uint64_t occupancy = 0;  ///< [beats] of the FIFO
  std::uint64_t depth = 0;      ///< [beats] of the FIFO
  Cycle since = 0;              ///< cycle from which on no beat moved
  std::uint64_t beat = 0;       ///< number since reset of the beat that it waits to take or give
};

/// A FIFO that must be deeper for the network to flow.
struct DepthChange {
  std::string edge;
  std::uint64_t from = 0;  ///< [beats]
  std::uint64_t to = 0;    ///< [beats], the least depth that suffices
};

struct Deadlock {
  Cycle cycle = 0;
  std::vector<Wait> cycle_of_waits;  ///< each waits for the next, the last for the first
  std::vector<Wait> others;          ///< kernels that wait outside that cycle
  std::vector<DepthChange> remedy;   ///< together they let the network flow
  bool remedy_sought = true;         ///< not where a kernel has no schedule (stream_graph)
};

/// A kernel that ran as RTL.
struct CosimResult {
  std::string kernel;
  std::string top;                      ///< its module
  bool compared = false;                ///< the model ran beside it; else the rest is unknown
  std::uint64_t beats = 0;              ///< compared, of all its streams
  std::uint64_t data_mismatches = 0;    ///< [beats]
  std::uint64_t cycle_mismatches = 0;   ///< [beats]
  std::uint64_t worst_cycle_error = 0;  ///< [cycles]
  std::string first_difference;         ///< several lines; empty if there is none
};

/// How long the same run takes on the same machine.
struct DesignSpeed {
  double rtl_seconds = 0;     ///< the design, verilated
  double engine_seconds = 0;  ///< its models, with values, in the engine of the run
  double fast_seconds = 0;    ///< the fast engine, without values
};

/// How the output compares with the reference computation.
struct OutputCheck {
  std::string sha256;  ///< of all output values in stream order, as 32-bit little-endian integers
  bool matches = false;
  std::string mismatch;  ///< the first differing element; empty if all agree
};

/// Everything that a run found out.
struct Result {
  std::string scenario;
  std::string engine;  ///< "systemc" or "fast"
  DataMode data = DataMode::kNone;
  std::uint64_t seed = 0;
  std::string platform;
  double clock_mhz = 0;
  std::uint64_t frames = 0;  ///< asked for
  std::uint64_t frames_done = 0;
  RunStatus status = RunStatus::kRunning;

  std::uint64_t total_cycles = 0;
  std::optional<Cycle> first_output;  ///< cycle of the first output beat
  /// [cycles] from the first beat of frame 0 accepted to its last output beat.
  std::optional<std::uint64_t> latency;
  /// [cycles] between the last output beats of the last two frames; where frames come out together,
  /// a frame's share of the time between the last two lots, rounded.
  std::optional<std::uint64_t> interval;
  std::optional<std::uint64_t> previous_interval;  ///< one lot of frames before
  std::vector<Cycle> frame_ends;

  std::optional<OutputCheck> outputs;
  std::vector<KernelResult> kernels;
  std::vector<FifoResult> fifos;
  std::vector<MemoryResult> memories;
  ResourceUse resources;
  std::string bottleneck;             ///< kernel that sets the pace; empty where none does
  std::string bottleneck_reason;      ///< "conv3.mvu: 100.0 % busy; next: conv3.swg at 91.2 %"
  std::vector<std::string> notes;     ///< what could be better, each with its remedy
  std::vector<std::string> warnings;  ///< each with its remedy
  std::vector<Published> published;
  std::optional<CalibrationUse> calibration;  ///< nothing: every kernel has our own timing
  std::vector<CosimResult> cosim;
  std::optional<DesignSpeed> design_speed;  ///< of a run beside the whole design in RTL
  std::optional<Deadlock> deadlock;
  std::optional<KrakenResult> kraken;  ///< what its engine did, by layer of the network

  double wall_seconds = 0;  ///< of the simulation loop
  std::uint64_t peak_rss_bytes = 0;

  std::optional<double> fps() const;
  std::optional<double> latency_us() const;
  /// Cycles that `batch` frames take, from latency and interval; nothing where either is unknown.
  std::optional<double> batch_cycles(std::uint64_t batch) const;
  /// How busy a kernel is: its closed-form cycles a frame over the interval between frames; without
  /// an interval its share of busy cycles in the whole run.
  double load(const KernelResult& kernel) const;
  /// [slices] of all kernels.
  std::uint64_t dsps() const;
  /// [bytes] over the buses of all memories, padding included; nothing without memories or frames.
  std::optional<double> memory_bytes_per_frame() const;
  std::uint64_t kernel_cycles() const { return total_cycles * kernels.size(); }
  /// Does RTL differ from its model anywhere?
  bool rtl_disagrees() const;
  /// Did the run stop before its last frame? Every figure then holds for the cycles that were run.
  bool partial() const { return status != RunStatus::kDone; }
};

/// A published figure beside what the run predicts for the same batch.
struct Comparison {
  double measured_cycles = 0;  ///< of the batch, at the clock of the measurement
  std::optional<double> predicted_cycles;
  std::optional<double> predicted_fps;      ///< at the clock of the measurement
  std::optional<double> deviation_percent;  ///< of the predicted cycles from the measured
};

Comparison compare(const Result& result, const Published& published);

}  // namespace qnnsim
