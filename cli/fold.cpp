// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include "analysis/finn_configuration.h"
#include "analysis/folding/fold.h"
#include "analysis/folding/folding_report.h"
#include "analysis/sized_scenario.h"
#include "cli/folding_options.h"
#include "cli/interrupt.h"
#include "cli/progress_line.h"
#include "cli/scenario_options.h"
#include "cli/verb.h"
#include "sim/lowering.h"

namespace qnnsim {
namespace {

const std::map<std::string, FoldingObjective> kObjectives = {
    {"throughput", FoldingObjective::kThroughput},
    {"latency", FoldingObjective::kLatency},
    {"resources", FoldingObjective::kResources}};

struct FoldVerbOptions : ScenarioOptions {
  FoldingOptions folding;
  std::string output;
  std::string finn;
};

/// The folded design in the forms asked for.
void write_outputs(const FoldVerbOptions& options, const FoldingResult& result) {
  Findings findings;
  if (!options.json.empty()) write_text(options.json, to_json(result).dump(2) + "\n");
  if (result.sizing.fifos.empty()) return;
  if (!options.output.empty()) {
    write_text(options.output,
               changed_scenario(options.path, result.settings, folding_title(result), result.sizing,
                                options.output, findings));
  }
  if (!options.finn.empty()) {
    const Scenario folded = load_scenario(options.path, result.settings, findings);
    const Dataflow dataflow = lower(folded, nullptr, findings, MemoryAnswers::kAtOnce);
    write_text(options.finn,
               finn_folding_configuration(folded, dataflow, result.sizing).dump(2) + "\n");
  }
}

void print(const FoldVerbOptions& options, const FoldingResult& result) {
  const std::vector<std::string> files = {options.json, options.output, options.finn};
  const bool standard_output_taken = std::find(files.begin(), files.end(), "-") != files.end();
  if (options.quiet || standard_output_taken) return;
  std::fputs(folding_table(result).c_str(), stdout);
}

int fold_scenario(FoldVerbOptions& options) {
  if (!options.cost_model.empty()) options.settings.push_back("cost_model=" + options.cost_model);
  stop_on_interrupt();
  options.folding.stop = &stop_requested();
  FoldingResult result;
  Findings findings;
  {
    ProgressLine progress(options.quiet);
    options.folding.progress = [&](const std::string& text) { progress.show(text); };
    result = fold(options.path, options.settings, options.folding, findings);
  }
  if (!findings.empty()) throw InputError(findings);
  if (!result.found()) return kExitInterrupted;
  write_outputs(options, result);
  print(options, result);
  if (stop_requested()) return kExitInterrupted;
  if (result.rounds.empty() || result.rounds.back().fits) return kExitDone;
  fmt::print(stderr,
             "error: with FIFOs that keep its rate the folding does not fit\n"
             "  hint: more --rounds, a longer --sizing-budget, or a smaller --limit-utilisation\n");
  return kExitTarget;
}

}  // namespace

void add_fold(CLI::App& app, int& exit_code) {
  CLI::App* verb =
      app.add_subcommand("fold",
                         "Find the folding of each layer that makes a scenario fastest on its "
                         "platform, and prove it.\n"
                         "Example: qnnsim fold scenarios/cnv-w1a1-pynq.yaml -o folded.yaml");
  auto options = std::make_shared<FoldVerbOptions>();
  options->add_to(*verb);
  FoldingOptions& folding = options->folding;
  verb->add_option("--objective", folding.objective,
                   "throughput, latency, or resources (for --target-fps)")
      ->transform(CLI::CheckedTransformer(kObjectives, CLI::ignore_case))
      ->type_name("NAME");
  verb->add_option("--solver", folding.solver,
                   "exact; rule, annealing (SAMO's), finn (SetFolding), brute (everything)")
      ->check(CLI::IsMember({"exact", "rule", "annealing", "finn", "brute"}))
      ->capture_default_str();
  verb->add_option("--target-fps", folding.target_fps,
                   "Frames a second to keep with the least resources")
      ->type_name("F");
  add_folding_options(*verb, folding);
  verb->add_option("--devices", folding.devices, "Devices in a row that share the layers")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--link", folding.link_gb_s, "Bandwidth between two devices; 0: any")
      ->type_name("GB/S")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--reconfigure", folding.reconfigure_ms,
                   "One device that is configured anew between parts of the network, in MS each")
      ->type_name("MS")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--batch", folding.batch, "Frames between two reconfigurations")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--rounds", folding.rounds,
                   "Searches at most, each with what the FIFOs of the last took; 0: one, and no "
                   "simulation")
      ->type_name("N")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  verb->add_option("--seed", folding.seed, "Of --solver annealing")
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("-o,--output", options->output, "Write the folded scenario to FILE")
      ->type_name("FILE|-");
  verb->add_option("--finn", options->finn, "Write a FINN folding configuration to FILE")
      ->type_name("FILE|-");
  verb->callback([options, &exit_code] { exit_code = fold_scenario(*options); });
}

}  // namespace qnnsim
