// SPDX-License-Identifier: Apache-2.0
#include "cli/scenario_options.h"

#include <cstdio>

#include "sim/output_file.h"
#include "sim/trace.h"

namespace qnnsim {

void ScenarioOptions::add_to(CLI::App& verb) {
  verb.add_option("scenario", path, "Scenario or kernel file (docs/files.md)")->required();
  verb.add_option("--set", settings,
                  "KEY=VALUE that replaces what the scenario says, e.g. folding.conv0.pe=4")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb.add_option("--cost-model", cost_model,
                  "What resources are estimated by: measured or finn; stands for --set "
                  "cost_model=NAME")
      ->type_name("NAME");
  verb.add_option("--json", json, "Write the result as JSON to FILE, or to standard output for -")
      ->type_name("FILE|-");
  verb.add_flag("-q,--quiet", quiet, "Print no tables and no progress");
}

std::vector<std::string> ScenarioOptions::all_settings() const {
  std::vector<std::string> all = settings;
  if (!cost_model.empty()) all.push_back("cost_model=" + cost_model);
  return all;
}

PreparedRun ScenarioOptions::prepare(Scenario& scenario,
                                     const std::vector<std::string>& rtl) const {
  // One list from the first key to the last folding: values are checked when the lowering asks for
  // them.
  Findings findings;
  scenario = load_scenario(path, all_settings(), findings);
  for (const std::string& name : rtl) {
    if (name == kWholeDesign) {
      require_dataflow(scenario, "a generated design", findings);
      scenario.data = DataMode::kBitTrue;
      continue;
    }
    CosimChoice choice;
    choice.name = name == "none" ? "all" : name;
    choice.rtl = name != "none";
    choice.place = {"--rtl", 0, 0};
    scenario.cosim.push_back(choice);
  }
  PreparedRun prepared;
  if (scenario.network.is_complete) {
    prepared = qnnsim::prepare(scenario, findings);
    check_record(scenario, prepared.dataflow, findings);
  }
  if (!findings.empty()) throw InputError(findings);
  return prepared;
}

void write_text(const std::string& path, const std::string& text) {
  if (path == "-") {
    std::fwrite(text.data(), 1, text.size(), stdout);
  } else {
    write_file_atomically(path, text);
  }
}

}  // namespace qnnsim
