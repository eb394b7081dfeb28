// SPDX-License-Identifier: Apache-2.0
#include "analysis/optimise/optimise.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "analysis/optimise/optimise_report.h"
#include "analysis/sized_scenario.h"
#include "cli/design_output.h"
#include "cli/folding_options.h"
#include "cli/interrupt.h"
#include "cli/progress_line.h"
#include "cli/scenario_options.h"
#include "cli/verb.h"
#include "sim/output_file.h"

namespace qnnsim {
namespace {

struct OptimiseVerbOptions : ScenarioOptions {
  OptimiseOptions optimise;
  DesignOutput design;
  std::string output;  ///< the scenario that is left
};

/// The journal beside the scenario that is left.
std::string journal_of(const std::string& output) {
  return std::filesystem::path(output).replace_extension(".rounds.jsonl").string();
}

/// Everything that is wrong before the first round, at once.
void check_input(const OptimiseVerbOptions& options) {
  Findings findings;
  const Scenario scenario = load_scenario(options.path, options.all_settings(), findings);
  require_dataflow(scenario, "'qnnsim optimise'", findings);
  if (!options.design.directory.empty() && scenario.network.is_complete) {
    options.design.check(scenario, findings);
  }
  const Place place{"--scenario", 0, 0};
  if (std::filesystem::path(options.output).extension() != ".yaml") {
    findings.add(place, fmt::format("'{}' is not called .yaml", options.output));
  }
  std::error_code ignored;
  if (std::filesystem::equivalent(options.output, options.path, ignored)) {
    findings.add(place, "the scenario that is left would replace the one that it is made of");
  }
  OptimiseOptions nothing = options.optimise;
  nothing.rounds = 0;
  nothing.journal.clear();
  optimise(options.path, options.all_settings(), nothing, findings);
  if (!findings.empty()) throw InputError(findings);
}

/// Shows the last line of the table of rounds, the first time below its titles.
void show_round(const OptimiseResult& result) {
  std::string table = rounds_table(result);
  if (result.rounds.size() > 1) table.erase(0, table.rfind('\n', table.size() - 2) + 1);
  std::fputs(table.c_str(), stderr);
}

void write_scenario(const OptimiseVerbOptions& options, const OptimiseResult& result) {
  const OptimiseRound& best = result.rounds[*result.best];
  std::vector<std::string> settings = options.all_settings();
  settings.insert(settings.end(), best.changes.begin(), best.changes.end());
  Findings findings;
  const std::string text = changed_scenario(options.path, settings, optimise_title(result),
                                            best.depths(), options.output, findings);
  if (!findings.empty()) throw InputError(findings);
  write_file_atomically(options.output, text);
}

/// The design of the scenario that is left.
int generate_design(const OptimiseVerbOptions& options) {
  ScenarioOptions left;
  left.path = options.output;
  left.quiet = options.quiet || options.json == "-";
  Scenario scenario;
  const PreparedRun prepared = left.prepare(scenario, {kWholeDesign});
  return options.design.write(left, scenario, prepared);
}

int optimise_scenario(OptimiseVerbOptions& options) {
  if (options.output.empty()) {
    options.output = std::filesystem::path(options.path).stem().string() + "-optimised.yaml";
  }
  check_input(options);
  stop_on_interrupt();
  options.optimise.folding.stop = &stop_requested();
  options.optimise.journal = journal_of(options.output);
  Findings findings;
  OptimiseResult result;
  {
    ProgressLine progress(options.quiet);
    options.optimise.folding.progress = [&](const std::string& text) { progress.show(text); };
    if (!options.quiet) {
      options.optimise.round_ended = [&](const OptimiseResult& so_far) {
        progress.show("");
        show_round(so_far);
      };
    }
    result = optimise(options.path, options.all_settings(), options.optimise, findings);
  }
  if (!findings.empty()) throw InputError(findings);
  if (!options.json.empty()) write_text(options.json, to_json(result).dump(2) + "\n");
  if (result.best) write_scenario(options, result);
  if (!options.quiet && options.json != "-") {
    std::fputs(optimise_text(result).c_str(), stdout);
    if (result.best) fmt::print("scenario    {}\n", options.output);
  }
  if (result.end == OptimiseResult::End::kInterrupted) return kExitInterrupted;
  const Findings missing = shortfall(result, options.path);
  if (!missing.empty()) {
    std::fputs(missing.render().c_str(), stderr);
    return kExitTarget;
  }
  return options.design.directory.empty() ? kExitDone : generate_design(options);
}

}  // namespace

void add_optimise(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand(
      "optimise",
      "Fold, size and run a scenario until it keeps a rate with the least resources, and leave it "
      "as a scenario, or a design. The same command goes on where it was ended.\n"
      "Example: qnnsim optimise scenarios/cnv-w1a1-pynq.yaml --target-fps 3000");
  auto options = std::make_shared<OptimiseVerbOptions>();
  options->add_to(*verb);
  OptimiseOptions& optimise = options->optimise;
  optimise.folding.sizing_seconds = 60;
  verb->add_option("--target-fps", optimise.target_fps, "Frames a second that a run must show")
      ->type_name("F")
      ->required();
  add_folding_options(*verb, optimise.folding);
  verb->add_option("--rounds", optimise.rounds, "Designs at most that are folded, sized and run")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--scenario", options->output,
                   "The scenario that is left; its rounds stand beside it, in .rounds.jsonl; "
                   "default: NAME-optimised.yaml")
      ->type_name("FILE");
  verb->add_flag("--fresh", optimise.anew, "Begin anew, whatever rounds have ended");
  options->design.add_to(*verb);
  verb->callback([options, &exit_code] { exit_code = optimise_scenario(*options); });
}

}  // namespace qnnsim
