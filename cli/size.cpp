// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "analysis/finn_configuration.h"
#include "analysis/hls4ml_depths.h"
#include "analysis/sized_run.h"
#include "analysis/sized_scenario.h"
#include "analysis/sizing.h"
#include "analysis/sizing_report.h"
#include "cli/interrupt.h"
#include "cli/progress_line.h"
#include "cli/scenario_options.h"
#include "cli/verb.h"
#include "sim/lowering.h"

namespace qnnsim {
namespace {

struct SizeVerbOptions : ScenarioOptions {
  SizingOptions sizing;
  std::vector<std::string> limits;
  std::string cost = "hardware";
  std::string check = "systemc";
  std::string output;
  std::string finn;
  std::string hls4ml;
  int pareto = 0;
  double stall_probability = 0;
  std::uint64_t seeds = 8;
  bool all_fifos = false;
};

/// The sized design in the forms asked for.
void write_outputs(const SizeVerbOptions& options, const Scenario& scenario, const Sizing& sizing) {
  Findings findings;
  if (!options.output.empty()) {
    write_text(options.output, sized_scenario(options.path, options.all_settings(), sizing,
                                              options.output, findings));
  }
  if (options.finn.empty() && options.hls4ml.empty()) return;
  const Dataflow dataflow = lower(scenario, nullptr, findings, MemoryAnswers::kAtOnce);
  if (!options.finn.empty()) {
    write_text(options.finn, finn_folding_configuration(scenario, dataflow, sizing).dump(2) + "\n");
  }
  if (!options.hls4ml.empty()) {
    write_text(options.hls4ml, hls4ml_fifo_depths(sizing).dump(2) + "\n");
  }
}

/// The scenario; with it `options` are complete.
Scenario load(SizeVerbOptions& options) {
  Findings findings;
  Scenario scenario = load_scenario(options.path, options.all_settings(), findings);
  require_dataflow(scenario, "'qnnsim size'", findings);
  for (const std::string& limit : options.limits) {
    options.sizing.limits.push_back(parse_limit(limit, findings));
  }
  if (!findings.empty()) throw InputError(findings);
  options.sizing.count_bits = options.cost == "bits";
  options.sizing.search.stop = &stop_requested();
  return scenario;
}

SizingStudies study(const SizeVerbOptions& options, const Scenario& scenario,
                    const Sizing& sizing) {
  SizingStudies studies;
  Findings findings;
  if (options.pareto > 0) {
    studies.pareto = pareto_curve(scenario, options.sizing, options.pareto, findings);
  }
  if (options.stall_probability > 0 && sizing.by_runs) {
    findings.add({"--stalls", 0, 0},
                 "there is no such study of kernels without a schedule (docs/sizing.md)");
    throw InputError(findings);
  }
  if (options.stall_probability > 0) {
    studies.stalls = stall_losses(scenario, sizing, options.stall_probability, options.seeds);
  }
  return studies;
}

void print(const SizeVerbOptions& options, const Sizing& sizing, const SizingStudies& studies) {
  if (!options.json.empty()) write_text(options.json, to_json(sizing, studies).dump(2) + "\n");
  const std::vector<std::string> files = {options.json, options.output, options.finn,
                                          options.hls4ml};
  const bool standard_output_taken = std::find(files.begin(), files.end(), "-") != files.end();
  if (options.quiet || standard_output_taken) return;
  std::fputs(sizing_table(sizing, studies, options.all_fifos).c_str(), stdout);
}

int size(SizeVerbOptions& options) {
  const Scenario scenario = load(options);
  stop_on_interrupt();
  Sizing sizing;
  SizingStudies studies;
  std::string differences;
  {
    ProgressLine progress(options.quiet);
    options.sizing.search.progress = [&](const std::string& text) { progress.show(text); };
    Findings findings;
    sizing = size_fifos(scenario, options.sizing, findings);
    if (!findings.empty()) throw InputError(findings);
    if (sizing.fifos.empty()) return kExitInterrupted;
    studies = study(options, scenario, sizing);
    if (options.check != "none" && !stop_requested()) {
      progress.show("checking the sized design");
      differences = check_sized(scenario, sizing, options.check == "rtl");
    }
  }
  write_outputs(options, scenario, sizing);
  print(options, sizing, studies);
  if (!differences.empty()) {
    fmt::print(stderr, "error: {}\n", differences);
    return kExitDisagrees;
  }
  return stop_requested() ? kExitInterrupted : kExitDone;
}

}  // namespace

void add_size(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand(
      "size",
      "Find the cheapest FIFO depths that keep a scenario's throughput, and prove it.\n"
      "Example: qnnsim size scenarios/cnv-w2a2-pynq.yaml -o sized.yaml");
  auto options = std::make_shared<SizeVerbOptions>();
  options->add_to(*verb);
  SizingOptions& sizing = options->sizing;
  sizing.search.threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  sizing.search.budget_seconds = 300;
  verb->add_option("--target-fps", sizing.target_fps,
                   "Frames a second to keep; default: those of unbounded FIFOs")
      ->type_name("F");
  verb->add_option("--slack", sizing.slack_percent,
                   "Per cent by which the interval may exceed that of unbounded FIFOs")
      ->type_name("P");
  verb->add_option("--max-latency", sizing.latency_us,
                   "Bound of the first frame's latency, first input beat to last output beat [us]")
      ->type_name("US");
  verb->add_option("--limit", options->limits,
                   "EDGE=MIN:MAX (or EDGE=DEPTH): limits of one FIFO's depth, in beats")
      ->type_name("EDGE=MIN:MAX")
      ->allow_extra_args(false);
  verb->add_option("--cost", options->cost,
                   "hardware (LUT equivalents of what the cost model says of FIFOs) or bits")
      ->check(CLI::IsMember({"hardware", "bits"}))
      ->capture_default_str();
  verb->add_option("--budget", sizing.search.budget_seconds,
                   "Seconds for the search, then the best so far; 0: no limit")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("--threads", sizing.search.threads, "Designs tested at a time")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--pareto", options->pareto,
                   "Also the curve of storage against throughput, in N points")
      ->type_name("N")
      ->check(CLI::Range(2, 1000));
  verb->add_option("--stalls", options->stall_probability,
                   "Also the loss under stalls of source and sink with this probability")
      ->type_name("P")
      ->check(CLI::Range(0.0, 0.99));
  verb->add_option("--seeds", options->seeds, "Runs of --stalls, each with stalls of its own")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--check", options->check,
                   "Run the sized design again: none, systemc, or rtl (every kernel in RTL)")
      ->check(CLI::IsMember({"none", "systemc", "rtl"}))
      ->capture_default_str();
  verb->add_option("-o,--output", options->output, "Write the sized scenario to FILE")
      ->type_name("FILE|-");
  verb->add_option("--finn", options->finn, "Write depths as a FINN folding configuration")
      ->type_name("FILE|-");
  verb->add_option("--hls4ml", options->hls4ml, "Write depths by stream, as hls4ml has them")
      ->type_name("FILE|-");
  verb->add_flag("--all-fifos", options->all_fifos, "Print every FIFO");
  verb->callback([options, &exit_code] { exit_code = size(*options); });
}

}  // namespace qnnsim
