// SPDX-License-Identifier: Apache-2.0
#include "sim/run.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "sim/bottleneck.h"
#include "sim/constants.h"
#include "sim/deadlock.h"
#include "sim/engine.h"
#include "sim/fast/fast_engine.h"
#include "sim/kraken/kraken_lowering.h"
#include "sim/kraken/kraken_result.h"
#include "sim/reference.h"
#include "sim/result_text.h"
#include "sim/run_counts.h"
#include "sim/sha256.h"

namespace qnnsim {
namespace {

std::string sha256_of(const std::vector<Value>& values) {
  std::string bytes;
  bytes.reserve(values.size() * 4);
  for (Value value : values) {
    const auto bits = static_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift);
  }
  return sha256(bytes);
}

/// What came out: at the sink, or where the output lies in memory.
std::vector<Value> output_values(const Dataflow& dataflow, std::size_t frames_done) {
  if (dataflow.kraken) return kraken_output(*dataflow.kraken);
  const MemoryMaster* output = dataflow.memory ? dataflow.memory->find(kOutputTensor) : nullptr;
  if (output == nullptr) return dataflow.sink().values();
  std::vector<Value> values;
  for (std::size_t frame = 0; frame < frames_done; ++frame) {
    const std::vector<Value> one = output->contents->load(frame);
    values.insert(values.end(), one.begin(), one.end());
  }
  return values;
}

OutputCheck check_outputs(const Network& network, const RunData& data,
                          const std::vector<Value>& values, std::size_t frames_done) {
  OutputCheck check;
  check.sha256 = sha256_of(values);
  std::size_t position = 0;
  for (std::size_t frame = 0; frame < frames_done; ++frame) {
    const Tensor expected = reference_output(network, data.constants, data.frames[frame]);
    for (std::size_t i = 0; i < expected.data.size(); ++i, ++position) {
      if (values[position] == expected.data[i]) continue;
      check.mismatch = fmt::format("frame {}, element {}: simulated {}, reference {}", frame, i,
                                   values[position], expected.data[i]);
      return check;
    }
  }
  check.matches = frames_done > 0;
  return check;
}

std::vector<KernelResult> kernel_results(const Scenario& scenario, const Dataflow& dataflow,
                                         const RunCounts& counts) {
  const Cycle end = counts.cycles;
  std::vector<KernelResult> results;
  for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
    const KernelNode& node = dataflow.nodes[i];
    KernelResult result;
    result.name = node.name;
    result.layer = node.layer;
    result.kind = node.kind;
    result.cycles = counts.kernels[i];
    result.utilisation = end == 0 ? 0 : double(result.cycles.busy) / double(end);
    result.macs = node.kernel->macs();
    result.dsps = node.kernel->dsps();
    result.frame_interval = frame_interval(node);
    result.resources = resources_of(scenario.costs, node);
    results.push_back(std::move(result));
  }
  for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
    results[dataflow.edges[i].from].beats_out += counts.fifos[i].beats_in;
    results[dataflow.edges[i].to].beats_in += counts.fifos[i].beats_out;
  }
  return results;
}

std::vector<FifoResult> fifo_results(const Scenario& scenario, const Dataflow& dataflow,
                                     const RunCounts& counts) {
  const Cycle end = counts.cycles;
  std::vector<FifoResult> results;
  for (std::size_t i = 0; i < dataflow.edges.size(); ++i) {
    const Edge& edge = dataflow.edges[i];
    const FifoStatistics& statistics = counts.fifos[i].statistics;
    FifoResult result;
    result.name = edge.name;
    result.from = dataflow.nodes[edge.from].name;
    result.to = dataflow.nodes[edge.to].name;
    result.width_bits = dataflow.port(edge).width_bits();
    result.depth = edge.depth;
    result.max_occupancy = statistics.max_occupancy;
    result.mean_occupancy = end == 0 ? 0 : double(statistics.occupancy_cycles) / double(end);
    result.full_cycles = statistics.full_cycles;
    result.storage_bits = result.width_bits * static_cast<std::int64_t>(edge.depth);
    result.resources = resources_of(scenario.costs, dataflow, edge);
    if (result.resources) result.style = scenario.costs.fifo_style(result.width_bits, edge.depth);
    if (scenario.record.occupancy_histogram) result.histogram = statistics.histogram;
    results.push_back(std::move(result));
  }
  return results;
}

void add_cosim(const Cosim& cosim, Result& result) {
  for (const CosimKernel& kernel : cosim.kernels) {
    CosimResult one;
    one.kernel = kernel.kernel;
    one.top = kernel.top;
    one.compared = kernel.lockstep != nullptr;
    one.first_difference = *kernel.failure;
    if (one.compared) {
      const LockstepReport report = kernel.lockstep->report();
      one.beats = report.beats;
      one.data_mismatches = report.data_mismatches;
      one.cycle_mismatches = report.cycle_mismatches;
      one.worst_cycle_error = report.worst_cycle_error;
      one.first_difference = report.first_difference;
    }
    result.cosim.push_back(std::move(one));
    const auto row =
        std::find_if(result.kernels.begin(), result.kernels.end(),
                     [&](const KernelResult& each) { return each.name == kernel.kernel; });
    row->impl = one.compared ? "model+rtl" : "rtl";
  }
}

/// [cycles] a frame between the ends of the last two lots of frames, `lots` lots ago.
std::optional<std::uint64_t> interval(const std::vector<Cycle>& ends, std::uint64_t together,
                                      std::uint64_t lots) {
  const std::uint64_t done = ends.size() / together;
  if (done < lots + 2) return std::nullopt;
  const std::size_t last = (done - lots) * together - 1;
  return (ends[last] - ends[last - together] + together / 2) / together;
}

/// Latency and interval as DESIGN section 6 defines them; what did not happen stays unknown.
void add_frame_times(const RunCounts& counts, std::uint64_t together, Result& result) {
  result.frame_ends = counts.frame_ends;
  result.frames_done = counts.frame_ends.size();
  result.first_output = counts.first_output;
  if (result.frames_done >= 1) {
    result.latency = result.frame_ends.front() - *counts.first_accepted;
  }
  result.interval = interval(result.frame_ends, together, 0);
  result.previous_interval = interval(result.frame_ends, together, 1);
}

void add_notes(const Dataflow& dataflow, Result& result) {
  for (const KernelNode& node : dataflow.nodes) {
    const std::string idle = node.kernel->idle_lanes();
    if (!idle.empty()) result.notes.push_back(node.name + ": " + idle);
  }
}

void add_warnings(Result& result) {
  for (std::string& warning : result.resources.warnings(result.platform)) {
    result.warnings.push_back(std::move(warning));
  }
  if (result.frames_done == 1 && result.status == RunStatus::kDone) {
    result.warnings.push_back(
        "one frame has no interval, so the throughput is unknown; run with --frames 3 or more");
  }
  if (result.previous_interval) {
    const std::uint64_t last = *result.interval;
    const std::uint64_t previous = *result.previous_interval;
    // Refresh makes intervals vary.
    const std::uint64_t tolerance = result.memories.empty() ? 1 : 10;  // [0.1 %]
    const Cycle difference = last > previous ? last - previous : previous - last;
    if (difference * 1000 > last * tolerance) {
      result.warnings.push_back(fmt::format(
          "the last two intervals, {} and {} cycles, differ: the steady state is not reached; run "
          "with more frames (--frames {})",
          previous, last, 2 * result.frames_done));
    }
  }
  for (const MemoryResult& memory : result.memories) {
    if (memory.full_rate_gb_s > memory.peak_gb_s) {
      result.warnings.push_back(fmt::format(
          "{} cannot keep up: at the pace of the slowest kernel its tensors take {:.3g} GB/s, but "
          "its peak is {:.3g}: a larger weight_tile, another memory, or fewer lanes",
          memory.name, memory.full_rate_gb_s, memory.peak_gb_s));
    }
    for (const TensorResult& tensor : memory.tensors) {
      if (tensor.starved_cycles * 100 < result.total_cycles) continue;
      result.warnings.push_back(starvation(result, memory, tensor));
    }
  }
  if (result.outputs && !result.outputs->mismatch.empty()) {
    result.warnings.push_back("output and reference disagree: " + result.outputs->mismatch);
  }
}

/// What the fast engine needs, if it can run this: it knows when beats move, not what they carry
/// nor what a kernel in RTL does.
std::optional<StreamGraph> computable(const PreparedRun& prepared, const Scenario& scenario,
                                      const RunOptions& options) {
  if (options.engine != Engine::kFast || options.observer != nullptr || scenario.carries_data()) {
    return std::nullopt;
  }
  return stream_graph(prepared.dataflow);
}

FastOptions fast_options(const Scenario& scenario, const RunOptions& options) {
  FastOptions fast;
  fast.occupancy_histogram = scenario.record.occupancy_histogram;
  fast.stop = options.stop;
  if (options.progress) {
    fast.progress = [&](const std::vector<Cycle>& ends) {
      options.progress(ends.back(), ends.size());
    };
  }
  return fast;
}

SimulationOptions simulation_options(const Scenario& scenario, const Cosim& cosim,
                                     const RunOptions& options) {
  SimulationOptions result;
  result.carry_data = scenario.carries_data();
  result.occupancy_histogram = scenario.record.occupancy_histogram;
  result.observer = options.observer;
  result.stop = options.stop;
  result.ended = cosim.ended.get();
  if (options.progress) {
    result.progress = [&](const Simulation& simulation) {
      options.progress(simulation.now(), simulation.dataflow().sink().frame_ends().size());
    };
  }
  return result;
}

std::uint64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

PreparedRun prepare(const Scenario& scenario, Findings& findings) {
  PreparedRun prepared;
  const bool carry = scenario.carries_data();
  if (carry) {
    for (const Layer& layer : scenario.network.layers) {
      prepared.data.constants.push_back(
          load_constants(layer, *layer.meaning, scenario.seed, findings));
    }
    prepared.data.frames = load_frames(scenario, findings);
  }
  const bool has_data = carry && findings.empty();
  prepared.dataflow = lower(scenario, has_data ? &prepared.data : nullptr, findings);
  check_rtl(prepared.dataflow, scenario.cosim, findings);
  return prepared;
}

void add_rtl(const Scenario& scenario, PreparedRun& prepared,
             const std::function<void(const std::string&)>& progress) {
  prepared.cosim = add_rtl(prepared.dataflow, scenario.cosim, progress);
}

Result execute(const Scenario& scenario, PreparedRun prepared, const RunOptions& options) {
  const bool carry = scenario.carries_data();
  const auto start = std::chrono::steady_clock::now();
  const Dataflow* dataflow = &prepared.dataflow;
  std::optional<Simulation> simulation;
  RunCounts counts;
  if (const auto graph = computable(prepared, scenario, options)) {
    counts = run_fast(*graph, fast_options(scenario, options));
  } else {
    simulation.emplace(std::move(prepared.dataflow),
                       simulation_options(scenario, prepared.cosim, options));
    options.engine == Engine::kFast ? run_cycles(*simulation)
                                    : run_systemc(*simulation, scenario.clock_mhz);
    counts = counts_of(*simulation);
    dataflow = &simulation->dataflow();
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;

  Result result;
  result.scenario = scenario.name;
  result.engine = options.engine == Engine::kFast ? "fast" : "systemc";
  result.data = carry ? DataMode::kBitTrue : DataMode::kNone;
  result.seed = scenario.seed;
  result.platform = scenario.platform.name;
  result.clock_mhz = scenario.clock_mhz;
  result.frames = scenario.stimulus.frames;
  result.status = counts.status;
  result.total_cycles = counts.cycles;
  result.published = scenario.published;
  result.calibration = dataflow->calibration;
  add_frame_times(counts, dataflow->frames_together, result);
  result.resources = resource_use(scenario.costs, *dataflow, scenario.platform);
  result.kernels = kernel_results(scenario, *dataflow, counts);
  add_cosim(prepared.cosim, result);
  result.fifos = fifo_results(scenario, *dataflow, counts);
  result.memories = memory_results(*dataflow, counts, scenario.clock_mhz);
  find_bottleneck(result);
  if (dataflow->kraken) {
    result.kraken = kraken_result(*dataflow->kraken, result);
    if (const std::string warning = dataflow->kraken->plan->overflow_warning(); !warning.empty()) {
      result.warnings.push_back(warning);
    }
  }
  if (carry) {
    result.outputs =
        check_outputs(scenario.network, prepared.data, output_values(*dataflow, result.frames_done),
                      result.frames_done);
  }
  if (counts.standstill) {
    result.deadlock = explain_deadlock(scenario, *dataflow, *counts.standstill);
  }
  add_notes(*dataflow, result);
  add_warnings(result);
  result.wall_seconds = wall.count();
  result.peak_rss_bytes = peak_rss_bytes();
  return result;
}

}  // namespace qnnsim
