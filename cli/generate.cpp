// SPDX-License-Identifier: Apache-2.0
#include "rtl/generator/generate.h"

#include <memory>

#include "cli/design_output.h"
#include "cli/scenario_options.h"
#include "cli/verb.h"

namespace qnnsim {
namespace {

struct GenerateVerbOptions : ScenarioOptions {
  DesignOutput design;
};

int generate_design(const GenerateVerbOptions& options) {
  Scenario scenario;
  const PreparedRun prepared = options.prepare(scenario, {kWholeDesign});
  return options.design.write(options, scenario, prepared);
}

}  // namespace

void add_generate(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand(
      "generate",
      "Write a scenario as a design in SystemVerilog, with testbench and scripts.\n"
      "Example: qnnsim generate scenarios/tfc-w1a1-pynq.yaml --random-weights -o tfc");
  auto options = std::make_shared<GenerateVerbOptions>();
  options->add_to(*verb);
  options->design.add_to(*verb)->required();
  verb->callback([options, &exit_code] { exit_code = generate_design(*options); });
}

}  // namespace qnnsim
