// SPDX-License-Identifier: Apache-2.0
#include "cli/design_output.h"

#include <fmt/format.h>

#include <cstdio>

#include "rtl/generator/design_directory.h"
#include "sim/exit_code.h"
#include "sim/result_json.h"
#include "sim/result_table.h"

namespace qnnsim {

CLI::Option* DesignOutput::add_to(CLI::App& verb) {
  CLI::Option* option =
      verb.add_option("-o,--output", directory, "Directory of the design")->type_name("DIR");
  verb.add_flag("--force", force, "Replace a design that is there");
  verb.add_option("--name", generate.design.name, "Name of the top module (that of the scenario)")
      ->type_name("NAME");
  verb.add_flag("--fifo-peaks", generate.design.fifo_peaks,
                "The highest occupancy of every FIFO can be read from the registers");
  verb.add_flag("--random-weights", generate.random_weights,
                "Draw weights and thresholds without a file from the seed");
  return option;
}

void DesignOutput::check(const Scenario& scenario, Findings& findings) const {
  check_design_directory(directory, force, findings);
  if (!generate.random_weights) check_constants(scenario, findings);
}

int DesignOutput::write(const ScenarioOptions& source, const Scenario& scenario,
                        const PreparedRun& prepared) const {
  Findings findings;
  check_design_directory(directory, force, findings);
  GenerateOptions how = generate;
  how.settings = source.all_settings();
  const GeneratedDesign design = qnnsim::generate(scenario, prepared, how, findings);
  if (!source.json.empty()) write_text(source.json, to_json(design.prediction).dump(2) + "\n");
  if (design.files.empty()) {
    std::fputs(result_table(design.prediction, {}).c_str(), stderr);
    return exit_code_of(design.prediction.status);
  }
  write_design_directory(directory, design.files);
  if (!source.quiet && source.json != "-") {
    fmt::print("design      {} in {}: {} layers, {} kernels, {} FIFOs, {} files\n", design.name,
               directory, design.layers, design.kernels, design.fifos, design.files.size());
    fmt::print("next        make -C {} simulate\n", directory);
  }
  return kExitDone;
}

}  // namespace qnnsim
