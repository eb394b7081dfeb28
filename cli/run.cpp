// SPDX-License-Identifier: Apache-2.0
#include "sim/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "cli/interrupt.h"
#include "cli/progress_line.h"
#include "cli/run_kernel.h"
#include "cli/scenario_options.h"
#include "cli/verb.h"
#include "rtl/generator/design_run.h"
#include "sim/cosim/kernel_file.h"
#include "sim/output_file.h"
#include "sim/result_json.h"
#include "sim/result_table.h"
#include "sim/trace.h"

namespace qnnsim {
namespace {

struct RunVerbOptions : ScenarioOptions {
  std::string engine = "systemc";
  std::string frames;
  std::string data;
  std::string seed;
  std::string out;
  std::string trace;
  std::string beats;
  std::vector<std::string> rtl;
  bool all_layers = false;

  /// With the generated design as a whole beside the simulation.
  bool runs_design() const { return std::find(rtl.begin(), rtl.end(), kWholeDesign) != rtl.end(); }

  /// The short options are settings too: one way into the scenario.
  void add_short_settings() {
    for (const auto& [key, value] :
         {std::pair{"stimulus.frames", &frames}, {"data", &data}, {"seed", &seed}}) {
      if (!value->empty()) settings.push_back(std::string(key) + "=" + *value);
    }
  }
};

std::string output_path(const RunVerbOptions& options, const std::string& name) {
  return options.out.empty() ? name : (std::filesystem::path(options.out) / name).string();
}

std::unique_ptr<TraceWriter> open_trace(const RunVerbOptions& options, const Scenario& scenario,
                                        const Dataflow& dataflow) {
  if (options.trace.empty()) return nullptr;
  const bool vcd = options.trace == "vcd";
  const std::string name = scenario.name + (vcd ? ".vcd" : ".perfetto.json");
  return make_trace(vcd ? TraceFormat::kVcd : TraceFormat::kPerfetto, output_path(options, name),
                    scenario, dataflow);
}

void make_directory(const std::string& directory) {
  if (directory.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error)
    throw OutputError(fmt::format("cannot make directory '{}': {}", directory, error.message()));
}

int exit_code_of(const Result& result) {
  const ExitCode code = exit_code_of(result.status);
  if (code != kExitDone) return code;
  const bool output_differs = result.outputs && !result.outputs->matches;
  return output_differs || result.rtl_disagrees() ? kExitDisagrees : kExitDone;
}

/// A finding for each option that is given and means nothing to the file.
void refuse(const std::vector<std::pair<std::string, bool>>& options, const std::string& hint) {
  Findings findings;
  for (const auto& [name, is_given] : options) {
    if (is_given) findings.add({name, 0, 0}, "this option means nothing here", hint);
  }
  if (!findings.empty()) throw InputError(findings);
}

int run_kernel_file(const RunVerbOptions& options) {
  refuse({{"--trace", !options.trace.empty()},
          {"--rtl", !options.rtl.empty()},
          {"--cost-model", !options.cost_model.empty()}},
         "a kernel file is RTL without a network");
  make_directory(options.out);
  KernelRunOptions kernel;
  kernel.path = options.path;
  kernel.settings = options.settings;
  kernel.beats = options.beats;
  kernel.quiet = options.quiet;
  kernel.all_beats = options.all_layers;
  if (!options.json.empty()) kernel.json.push_back(options.json);
  if (!options.out.empty()) kernel.json.push_back(output_path(options, "result.json"));
  stop_on_interrupt();
  return run_kernel_file(kernel, &stop_requested());
}

int run(RunVerbOptions& options) {
  options.add_short_settings();
  if (is_kernel_file(options.path)) return run_kernel_file(options);
  refuse({{"--beats", !options.beats.empty()}}, "it is for a kernel file");
  if (options.runs_design()) {
    refuse({{"--trace", !options.trace.empty()}}, "run it once more without --rtl design");
  }
  Scenario scenario;
  PreparedRun prepared = options.prepare(scenario, options.rtl);
  make_directory(options.out);
  const std::unique_ptr<TraceWriter> trace = open_trace(options, scenario, prepared.dataflow);

  const auto tell = [&](const std::string& kernel) {
    if (!options.quiet) fmt::print(stderr, "rtl: {}\n", kernel);
  };
  add_rtl(scenario, prepared, tell);
  stop_on_interrupt();
  RunOptions run_options;
  run_options.engine = options.engine == "fast" ? Engine::kFast : Engine::kSystemc;
  run_options.observer = trace.get();
  run_options.stop = &stop_requested();
  const Result result = [&] {
    ProgressLine progress(options.quiet);
    run_options.progress = [&](Cycle cycle, std::uint64_t frames_done) {
      progress.show(
          fmt::format("cycle {}, {} of {} frames", cycle, frames_done, scenario.stimulus.frames));
    };
    return options.runs_design() ? run_design(scenario, std::move(prepared), run_options, tell)
                                 : execute(scenario, std::move(prepared), run_options);
  }();

  if (trace) trace->finish(result.total_cycles);
  const std::string json = to_json(result).dump(2) + "\n";
  if (!options.out.empty()) write_file_atomically(output_path(options, "result.json"), json);
  if (!options.json.empty()) write_text(options.json, json);
  if (!options.quiet && options.json != "-") {
    TableOptions table;
    table.all_layers = options.all_layers;
    table.colour = isatty(STDOUT_FILENO) != 0;
    std::fputs(result_table(result, table).c_str(), stdout);
  }
  return exit_code_of(result);
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand(
      "run",
      "Simulate a scenario cycle by cycle and print throughput, latency and stalls; of a "
      "kernel file when each beat moves.\n"
      "Example: qnnsim run scenarios/cnv-w1a1-pynq.yaml --data bit_true --json result.json");
  auto options = std::make_shared<RunVerbOptions>();
  options->add_to(*verb);
  verb->add_option("--engine", options->engine,
                   "systemc (the reference) or fast (the same counts from the times of the beats)")
      ->check(CLI::IsMember({"systemc", "fast"}))
      ->capture_default_str();
  verb->add_option("--frames", options->frames, "Frames to run; stands for --set stimulus.frames=N")
      ->type_name("N");
  verb->add_option("--data", options->data,
                   "none (beats only) or bit_true (values, compared with a reference)")
      ->type_name("none|bit_true");
  verb->add_option("--rtl", options->rtl,
                   "Layers or kernels to run as RTL, compared with their models in every beat and "
                   "cycle; all; none, whatever the scenario says; or the generated design as a "
                   "whole, compared at its ends, its memories and in every FIFO's peak")
      ->type_name("LAYER[,LAYER]|all|none|design")
      ->delimiter(',');
  verb->add_option("--seed", options->seed, "Seed of random weights, inputs and stalls")
      ->type_name("N");
  verb->add_option("--beats", options->beats,
                   "Write when each beat of a kernel file moved as CSV to FILE, or to -")
      ->type_name("FILE|-");
  verb->add_option("--out", options->out, "Directory for result.json and the trace")
      ->type_name("DIR");
  verb->add_option("--trace", options->trace,
                   "Write a vcd waveform or a perfetto timeline; `record` in the scenario selects")
      ->check(CLI::IsMember({"vcd", "perfetto"}));
  verb->add_flag("--all-layers", options->all_layers, "Print every kernel and every FIFO");
  verb->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace qnnsim
