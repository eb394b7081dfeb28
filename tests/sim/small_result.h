// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "sim/result.h"

namespace qnnsim::test {

inline KernelResult kernel(const std::string& layer, const std::string& kind, CycleCount cycles,
                           std::uint64_t frame_interval) {
  KernelResult result;
  result.name = layer + "." + kind;
  result.layer = layer;
  result.kind = kind;
  result.cycles = cycles;
  result.utilisation = double(cycles.busy) / double(cycles.total());
  result.beats_in = 64;
  result.beats_out = 16;
  result.macs = 576;
  result.frame_interval = frame_interval;
  return result;
}

inline FifoResult fifo(const std::string& from, const std::string& to, std::uint64_t depth,
                       std::uint64_t full_cycles) {
  FifoResult result;
  result.name = from + "->" + to;
  result.from = from;
  result.to = to;
  result.width_bits = 16;
  result.depth = depth;
  result.max_occupancy = depth;
  result.mean_occupancy = double(depth) / 4;
  result.full_cycles = full_cycles;
  result.storage_bits = static_cast<std::int64_t>(16 * depth);
  return result;
}

/// A complete run of two kernels over 1000 cycles.
inline Result small_result() {
  Result result;
  result.scenario = "small";
  result.engine = "fast";
  result.seed = 7;
  result.platform = "pynq-z1";
  result.clock_mhz = 100;
  result.frames = result.frames_done = 3;
  result.status = RunStatus::kDone;
  result.total_cycles = 1000;
  result.first_output = 390;
  result.latency = 400;
  result.interval = 250;
  result.frame_ends = {500, 749, 999};
  result.kernels = {kernel("conv0", "swg", {600, 100, 300}, 150),
                    kernel("conv0", "mvu", {900, 100, 0}, 250)};
  result.kernels[1].dsps = 12;
  result.kernels[0].resources = {80, 50, 0, 1, 0};
  result.kernels[1].resources = {300, 400, 12, 2, 0};
  result.fifos = {fifo("conv0.swg", "conv0.mvu", 2, 405)};
  result.fifos[0].style = "register";
  result.fifos[0].resources = {20, 34, 0, 0, 0};
  result.resources.cost_model = "measured";
  result.resources.total = {400, 484, 12, 3, 0};
  result.resources.limits = {53200, 106400, 220, 280, 0};
  result.resources.estimated.fill(true);
  result.bottleneck = "conv0.mvu";
  result.bottleneck_reason = "conv0.mvu: 100.0 % busy; next: conv0.swg at 60.0 %";
  result.wall_seconds = 0.5;
  result.peak_rss_bytes = 12000000;
  return result;
}

/// The same run, stuck before its second frame: a fork whose short branch fills up.
inline Result deadlocked_result() {
  Result result = small_result();
  result.status = RunStatus::kDeadlock;
  result.frames_done = 1;
  result.interval.reset();
  result.frame_ends = {500};
  Deadlock deadlock;
  deadlock.cycle = 1000;
  deadlock.cycle_of_waits = {{"fork", "blocked", "fork->add", "add", 2, 2, 950, 57},
                             {"add", "starved", "conv0.mvu->add", "conv0.mvu", 0, 2, 960, 55},
                             {"conv0.mvu", "starved", "fork->conv0.mvu", "fork", 0, 2, 970, 56}};
  deadlock.others = {{"source", "blocked", "source->fork", "fork", 4, 4, 955, 60}};
  deadlock.remedy = {{"fork->add", 2, 57}};
  result.deadlock = deadlock;
  return result;
}

}  // namespace qnnsim::test
