// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>

#include "cli/run_kernel.h"
#include "cli/scenario_options.h"
#include "cli/verb.h"
#include "sim/cosim/kernel_file.h"
#include "sim/dataflow_table.h"

namespace qnnsim {
namespace {

struct CheckOptions : ScenarioOptions {
  std::string dot;
};

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
  const bool standard_output_taken = options.dot == "-" || options.json == "-";
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
  verb->callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace qnnsim
