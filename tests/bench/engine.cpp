// SPDX-License-Identifier: Apache-2.0
//
// How fast the engines are: whole scenarios in kernel-cycles a second (one kernel for one clock
// cycle, whether ticked or slept through), and the parts that they spend their time in.
//
//   engine --benchmark_filter=cnv
#include <benchmark/benchmark.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/fork.h"
#include "models/mvu.h"
#include "models/pad.h"
#include "models/pool.h"
#include "models/sliding_window.h"
#include "models/thresholding.h"
#include "models/width_converter.h"
#include "sim/engine.h"
#include "sim/run.h"

namespace qnnsim {
namespace {

/// A scenario in the form in which an engine runs it.
struct Workload {
  std::string scenario;
  std::uint64_t frames;
  Engine engine;
  DataMode data;

  std::string name() const {
    return scenario + (engine == Engine::kFast ? "/fast" : "/systemc") +
           (data == DataMode::kNone ? "/none" : "/bit_true");
  }
};

/// One run of an engine; elaboration is not counted, nor are reading and lowering.
struct Measurement {
  double seconds = 0;
  double cycles = 0;
  double kernel_cycles = 0;

  double rate() const { return kernel_cycles / seconds; }
};

Measurement run_here(const Workload& workload) {
  Findings findings;
  Scenario scenario =
      load_scenario(QNNSIM_SOURCE_DIR "/scenarios/" + workload.scenario + ".yaml",
                    {"stimulus.frames=" + std::to_string(workload.frames)}, findings);
  scenario.data = workload.data;
  if (!findings.empty()) throw std::runtime_error(findings.render());
  PreparedRun prepared = prepare(scenario, findings);
  if (!findings.empty()) throw std::runtime_error(findings.render());
  RunOptions options;
  options.engine = workload.engine;
  const Result result = execute(scenario, std::move(prepared), options);
  if (result.status != RunStatus::kDone)
    throw std::runtime_error(workload.name() + " does not end");
  return {result.wall_seconds, static_cast<double>(result.total_cycles),
          static_cast<double>(result.kernel_cycles())};
}

/// SystemC elaborates once a process, so every run has its own.
Measurement run_in_child(const Workload& workload) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) {
    int status = EXIT_FAILURE;
    try {
      const Measurement measurement = run_here(workload);
      if (write(ends[1], &measurement, sizeof measurement) == sizeof measurement) {
        status = EXIT_SUCCESS;
      }
    } catch (const std::exception& error) {
      fprintf(stderr, "%s\n", error.what());
    }
    _exit(status);
  }
  close(ends[1]);
  Measurement measurement;
  const bool complete = read(ends[0], &measurement, sizeof measurement) == sizeof measurement;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  if (!complete) throw std::runtime_error(workload.name() + " failed");
  return measurement;
}

Measurement run(const Workload& workload) {
  return workload.engine == Engine::kFast ? run_here(workload) : run_in_child(workload);
}

/// Rate of the fast engine without data, which the others are compared with; measured once a
/// scenario.
double reference_rate(const Workload& workload) {
  static std::map<std::string, double> rates;
  const auto [known, is_new] = rates.try_emplace(workload.scenario, 0);
  if (is_new) {
    known->second =
        run({workload.scenario, workload.frames, Engine::kFast, DataMode::kNone}).rate();
  }
  return known->second;
}

void run_scenario(benchmark::State& state, const Workload& workload) {
  Measurement total;
  for ([[maybe_unused]] auto iteration : state) {
    const Measurement measurement = run(workload);
    state.SetIterationTime(measurement.seconds);
    total.seconds += measurement.seconds;
    total.cycles += measurement.cycles;
    total.kernel_cycles += measurement.kernel_cycles;
  }
  state.counters["kernel_cycles/s"] = total.rate();
  state.counters["cycles/s"] = total.cycles / total.seconds;
  state.counters["of_fast_none"] = total.rate() / reference_rate(workload);
}

/// One tick of a kernel that always finds beats and always has room, with the FIFOs around it.
void tick(benchmark::State& state, const std::function<std::unique_ptr<Kernel>()>& make) {
  const std::unique_ptr<Kernel> kernel = make();
  CommitList commits(kernel->inputs().size() + kernel->outputs().size());
  std::vector<std::unique_ptr<Fifo>> in;
  std::vector<std::unique_ptr<Fifo>> out;
  for (std::size_t i = 0; i < kernel->inputs().size(); ++i) {
    in.push_back(std::make_unique<Fifo>(2, kernel->inputs()[i].lanes, commits));
    kernel->connect_input(i, *in.back());
  }
  for (std::size_t i = 0; i < kernel->outputs().size(); ++i) {
    out.push_back(std::make_unique<Fifo>(2, kernel->outputs()[i].lanes, commits));
    kernel->connect_output(i, *out.back());
  }
  Cycle now = 0;
  for ([[maybe_unused]] auto iteration : state) {
    for (const auto& fifo : in) {
      if (fifo->can_push()) fifo->push();
    }
    benchmark::DoNotOptimize(kernel->tick(now));
    for (const auto& fifo : out) {
      if (fifo->can_pop()) fifo->pop();
    }
    commits.commit(now++);
  }
  state.SetItemsProcessed(state.iterations());
}

void move_a_beat(benchmark::State& state, bool carry_data) {
  CommitList commits(1);
  Fifo fifo(2, 16, commits);
  if (carry_data) fifo.carry_data();
  fifo.push();
  commits.commit(0);
  Cycle now = 1;
  for ([[maybe_unused]] auto iteration : state) {
    benchmark::DoNotOptimize(fifo.push());
    benchmark::DoNotOptimize(fifo.front());
    fifo.pop();
    commits.commit(now++);
  }
  state.SetItemsProcessed(state.iterations());
}

void fill_and_drain(benchmark::State& state) {
  CommitList commits(1);
  Fifo fifo(2, 16, commits);
  Cycle now = 0;
  for ([[maybe_unused]] auto iteration : state) {
    fifo.push();
    commits.commit(now++);
    fifo.pop();
    commits.commit(now++);
  }
  state.SetItemsProcessed(state.iterations());
}

template <typename K, typename Params>
void register_tick(const std::string& name, const Params& params) {
  benchmark::RegisterBenchmark(("tick/" + name).c_str(), tick,
                               [params] { return std::make_unique<K>(params); });
}

void register_parts() {
  benchmark::RegisterBenchmark("fifo/push_pop_commit/none", move_a_beat, false);
  benchmark::RegisterBenchmark("fifo/push_pop_commit/bit_true", move_a_beat, true);
  benchmark::RegisterBenchmark("fifo/push_commit_pop_commit", fill_and_drain);

  MvuParams matrix;
  matrix.rows = 64;
  matrix.columns = 576;
  matrix.pe = 16;
  matrix.simd = 32;
  matrix.vectors = 784;
  register_tick<Mvu>("mvu/rows_in_turn", matrix);
  matrix.pe = matrix.rows;
  register_tick<Mvu>("mvu/all_rows_at_once", matrix);

  SlidingWindowParams window;
  window.height = window.width = 30;
  window.channels = 64;
  window.simd = 32;
  window.kernel_h = window.kernel_w = 3;
  register_tick<SlidingWindow>("sliding_window", window);
  window.groups = window.folds();
  register_tick<SlidingWindow>("sliding_window/depthwise", window);

  ThresholdingParams threshold;
  threshold.channels = 64;
  threshold.pe = 16;
  register_tick<Thresholding>("thresholding", threshold);

  PadParams pad;
  pad.height = pad.width = 28;
  pad.top = pad.left = pad.bottom = pad.right = 1;
  pad.value = -1;
  register_tick<Pad>("pad", pad);

  PoolParams pool;
  pool.window = 4;
  register_tick<Pool>("pool", pool);

  WidthConverterParams converter;
  converter.lanes_in = 3;
  converter.lanes_out = 2;
  converter.elements = 600;
  register_tick<WidthConverter>("width_converter", converter);

  register_tick<Fork>("fork", ForkParams{});
}

void register_scenarios() {
  const std::vector<std::pair<std::string, std::uint64_t>> scenarios = {
      {"cnv-w1a1-pynq", 40}, {"resnet50-pynq-u250", 1}, {"kraken-resnet50-7x96-ddr4", 1}};
  for (const auto& [scenario, frames] : scenarios) {
    for (Engine engine : {Engine::kFast, Engine::kSystemc}) {
      for (DataMode data : {DataMode::kNone, DataMode::kBitTrue}) {
        const Workload workload{scenario, frames, engine, data};
        benchmark::RegisterBenchmark(workload.name().c_str(), run_scenario, workload)
            ->UseManualTime()
            ->Iterations(1)
            ->Unit(benchmark::kSecond);
      }
    }
  }
}

}  // namespace
}  // namespace qnnsim

int main(int argc, char** argv) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  qnnsim::register_parts();
  qnnsim::register_scenarios();
  benchmark::RunSpecifiedBenchmarks();
}
