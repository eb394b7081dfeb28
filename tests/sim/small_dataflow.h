// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/thresholding.h"
#include "models/width_converter.h"
#include "sim/engine.h"
#include "sim/trace.h"
#include "tests/temporary_directory.h"

namespace qnnsim::test {

/// 24 elements a frame, 4 frames: a source with a beat of 3 lanes every second cycle, a converter
/// to 2 lanes, `thresholds` kernels in a row, and a sink that stalls at random.
inline Dataflow small_dataflow(int thresholds = 1) {
  constexpr std::uint64_t kFrames = 4;
  const DataType wide = DataType::unsigned_integer(4);
  Dataflow dataflow;
  dataflow.frames = kFrames;
  const auto add = [&dataflow](const std::string& name, const std::string& layer,
                               const std::string& kind, std::unique_ptr<Kernel> kernel) {
    dataflow.nodes.push_back({name, layer, kind, std::move(kernel)});
    const int to = static_cast<int>(dataflow.nodes.size()) - 1;
    if (to == 0) return;
    const std::string from = dataflow.nodes[to - 1].name;
    dataflow.edges.push_back({from + "->" + name, to - 1, 0, to, 0, to == 1 ? 3U : 4U});
  };
  add("source", "source", "source",
      std::make_unique<Source>(Port{3, wide, 8}, kFrames, Pressure::every(2)));
  WidthConverterParams converter;
  converter.lanes_in = 3;
  converter.lanes_out = 2;
  converter.elements = 24;
  converter.type = wide;
  add("a.thresh_dwc", "a", "dwc", std::make_unique<WidthConverter>(converter));
  for (int i = 0; i < thresholds; ++i) {
    ThresholdingParams params;
    params.channels = params.pe = 2;
    params.pixels = 12;
    params.input_type = i == 0 ? wide : DataType::bipolar();
    add(i == 0 ? "a.thresh" : "b" + std::to_string(i) + ".thresh",
        i == 0 ? "a" : "b" + std::to_string(i), "threshold",
        std::make_unique<Thresholding>(params));
  }
  add("sink", "sink", "sink",
      std::make_unique<Sink>(Port{2, DataType::bipolar(), 12}, kFrames, Pressure::random(0.6, 1)));
  dataflow.sink_node = dataflow.nodes.size() - 1;
  return dataflow;
}

/// What goes with it; a clock whose period is no whole number of picoseconds.
inline Scenario small_scenario() {
  Scenario scenario;
  scenario.name = scenario.network.name = "small";
  scenario.platform.name = "pynq-z1";
  scenario.platform.dsp = 220;
  scenario.clock_mhz = 187.5;
  return scenario;
}

/// All that a trace may tell, sampled by other means and kept in full.
struct Samples {
  std::vector<std::vector<Activity>> activities;        ///< [cycle][node]
  std::vector<std::vector<std::uint64_t>> occupancies;  ///< [cycle][edge]
  std::vector<CycleCount> counts;                       ///< of each node, over the run
  std::vector<Cycle> frame_ends;
  std::vector<Cycle> source_beats;  ///< cycles in which the source gave a beat

  Cycle end() const { return activities.size(); }
};

/// Keeps samples beside a trace.
class Sampler final : public Observer {
 public:
  explicit Sampler(Observer& trace) : trace_(trace) {}

  void sample(const Simulation& simulation, Cycle now) override {
    trace_.sample(simulation, now);
    samples.activities.emplace_back();
    for (const auto& process : simulation.processes()) {
      samples.activities.back().push_back(process->activity());
    }
    samples.occupancies.emplace_back();
    for (const auto& fifo : simulation.fifos()) {
      samples.occupancies.back().push_back(fifo->occupancy());
    }
    // A beat that the FIFO has counted by now was given in the cycle before.
    if (simulation.fifos()[0]->beats_in() > samples.source_beats.size()) {
      samples.source_beats.push_back(now - 1);
    }
  }

  Samples samples;

 private:
  Observer& trace_;
};

/// Runs the small dataflow under a trace in `path`.
inline Samples run_traced(TraceFormat format, const std::string& path, const Scenario& scenario,
                          int thresholds = 1) {
  Dataflow dataflow = small_dataflow(thresholds);
  const auto trace = make_trace(format, path, scenario, dataflow);
  Sampler sampler(*trace);
  SimulationOptions options;
  options.observer = &sampler;
  Simulation simulation(std::move(dataflow), options);
  EXPECT_EQ(run_cycles(simulation), RunStatus::kDone);
  EXPECT_FALSE(std::ifstream(path).is_open()) << "the trace appears only when it is complete";
  trace->finish(simulation.now());
  for (const auto& process : simulation.processes()) {
    sampler.samples.counts.push_back(process->count(simulation.now()));
  }
  sampler.samples.frame_ends = simulation.dataflow().sink().frame_ends();
  return std::move(sampler.samples);
}

/// A file that is not there yet, and no longer at the end of the process.
inline std::string fresh_path(const std::string& name) {
  const std::string path = temporary_path(name);
  std::remove(path.c_str());
  return path;
}

}  // namespace qnnsim::test
