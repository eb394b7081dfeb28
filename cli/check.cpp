// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>

#include "analysis/finn_configuration.h"
#include "cli/run_kernel.h"
#include "cli/scenario_options.h"
#include "cli/verb.h"
#include "sim/cosim/kernel_file.h"
#include "sim/dataflow_table.h"
#include "sim/lowering.h"

namespace qnnsim {
namespace {

struct CheckOptions : ScenarioOptions {
  std::string dot;
  std::string finn;
};

/// The scenario as a FINN folding configuration.
std::string finn_text(const Scenario& scenario) {
  Findings findings;
  const Dataflow dataflow = lower(scenario, nullptr, findings, MemoryAnswers::kAtOnce);
  return finn_folding_configuration(scenario, dataflow).dump(2) + "\n";
}

int check(const CheckOptions& options) {
  if (is_kernel_file(options.path)) {
    KernelRunOptions kernel;
    kernel.path = options.path;
    kernel.settings = options.settings;
    kernel.quiet = options.quiet;
    if (!options.json.empty()) kernel.json.push_back(options.json);
    return check_kernel_file(kernel);
  }
  Scenario scenario;
  const PreparedRun prepared = options.prepare(scenario);
  const Dataflow& dataflow = prepared.dataflow;
  if (!options.dot.empty()) write_text(options.dot, to_dot(dataflow));
  if (!options.json.empty()) write_text(options.json, to_json(scenario, dataflow).dump(2) + "\n");
  if (!options.finn.empty()) write_text(options.finn, finn_text(scenario));
  const bool standard_output_taken =
      options.dot == "-" || options.json == "-" || options.finn == "-";
  if (!options.quiet && !standard_output_taken) {
    std::fputs(dataflow_table(scenario, dataflow).c_str(), stdout);
  }
  return kExitDone;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  CLI::App* verb =
      app.add_subcommand("check",
                         "Validate a scenario and print the hardware that it is lowered to.\n"
                         "Example: qnnsim check scenarios/first-look.yaml --dot first-look.dot");
  auto options = std::make_shared<CheckOptions>();
  options->add_to(*verb);
  verb->add_option("--dot", options->dot, "Write the graph in Graphviz's language to FILE, or to -")
      ->type_name("FILE|-");
  verb->add_option("--finn", options->finn, "Write a FINN folding configuration to FILE, or to -")
      ->type_name("FILE|-");
  verb->callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace qnnsim
