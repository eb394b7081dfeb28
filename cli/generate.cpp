// SPDX-License-Identifier: Apache-2.0
#include "rtl/generator/generate.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "cli/scenario_options.h"
#include "cli/verb.h"
#include "rtl/generator/design_directory.h"
#include "sim/output_file.h"
#include "sim/result_json.h"
#include "sim/result_table.h"

namespace qnnsim {
namespace {

struct GenerateVerbOptions : ScenarioOptions {
  std::string directory;
  bool force = false;
  GenerateOptions generate;
};

int generate_design(const GenerateVerbOptions& options) {
  Scenario scenario;
  const PreparedRun prepared = options.prepare(scenario, {kWholeDesign});
  Findings findings;
  check_design_directory(options.directory, options.force, findings);
  GenerateOptions how = options.generate;
  how.settings = options.all_settings();
  const GeneratedDesign design = generate(scenario, prepared, how, findings);
  if (!options.json.empty()) {
    write_text(options.json, to_json(design.prediction).dump(2) + "\n");
  }
  if (design.files.empty()) {
    std::fputs(result_table(design.prediction, {}).c_str(), stderr);
    return exit_code_of(design.prediction.status);
  }
  write_design_directory(options.directory, design.files);
  if (!options.quiet && options.json != "-") {
    fmt::print("design      {} in {}: {} layers, {} kernels, {} FIFOs, {} files\n", design.name,
               options.directory, design.layers, design.kernels, design.fifos, design.files.size());
    fmt::print("next        make -C {} simulate\n", options.directory);
  }
  return kExitDone;
}

}  // namespace

void add_generate(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand(
      "generate",
      "Write a scenario as a design in SystemVerilog, with testbench and scripts.\n"
      "Example: qnnsim generate scenarios/tfc-w1a1-pynq.yaml --random-weights -o tfc");
  auto options = std::make_shared<GenerateVerbOptions>();
  options->add_to(*verb);
  verb->add_option("-o,--output", options->directory, "Directory of the design")
      ->type_name("DIR")
      ->required();
  verb->add_flag("--force", options->force, "Replace a design that is there");
  verb->add_option("--name", options->generate.design.name,
                   "Name of the top module (that of the scenario)")
      ->type_name("NAME");
  verb->add_flag("--fifo-peaks", options->generate.design.fifo_peaks,
                 "The highest occupancy of every FIFO can be read from the registers");
  verb->add_flag("--random-weights", options->generate.random_weights,
                 "Draw weights and thresholds without a file from the seed");
  verb->callback([options, &exit_code] { exit_code = generate_design(*options); });
}

}  // namespace qnnsim
