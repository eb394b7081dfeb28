// SPDX-License-Identifier: Apache-2.0
#include "cli/scenario_options.h"

#include <cstdio>

#include "sim/output_file.h"

namespace qnnsim {

void ScenarioOptions::add_to(CLI::App& verb) {
  verb.add_option("scenario", path, "Scenario file (docs/files.md)")->required();
  verb.add_option("--set", settings,
                  "KEY=VALUE that replaces what the scenario says, e.g. folding.conv0.pe=4")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb.add_option("--json", json, "Write the result as JSON to FILE, or to standard output for -")
      ->type_name("FILE|-");
  verb.add_flag("-q,--quiet", quiet, "Print no tables and no progress");
}

Scenario ScenarioOptions::load() const {
  Findings findings;
  Scenario scenario = load_scenario(path, settings, findings);
  throw_if_any(findings);
  return scenario;
}

void throw_if_any(const Findings& findings) {
  if (!findings.empty()) throw InputError(findings);
}

void write_text(const std::string& path, const std::string& text) {
  if (path == "-") {
    std::fwrite(text.data(), 1, text.size(), stdout);
  } else {
    write_file_atomically(path, text);
  }
}

}  // namespace qnnsim
