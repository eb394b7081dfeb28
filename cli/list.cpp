// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/scenario_options.h"
#include "cli/verb.h"
#include "sim/platform.h"

namespace qnnsim {
namespace {

struct ListOptions {
  std::string what;
  std::string json;
  bool quiet = false;
};

/// What can be listed: all but the first and the last two are directories of configs/.
const std::vector<std::string> kLists = {"layers",       "platforms", "memories",  "networks",
                                         "calibrations", "costs",     "scenarios", "studies"};

std::vector<std::string> names_of(const std::string& what) {
  if (what == "layers") {
    std::vector<std::string> names;
    for (const auto& [name, entry] : operators()) names.push_back(name);
    return names;
  }
  // Scenarios stand beside the configurations, in the repository and where they are installed.
  if (what == "scenarios") return config_names("../scenarios");
  return config_names(what == "studies" ? "../scenarios/studies" : what);
}

}  // namespace

void add_list(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand("list",
                                      "Names of the layers, platforms, memories, networks, "
                                      "calibrations, cost models, scenarios or\n"
                                      "studies that are there.\n"
                                      "Example: qnnsim list platforms");
  auto options = std::make_shared<ListOptions>();
  verb->add_option("what", options->what,
                   "layers, platforms, memories, networks, calibrations, costs, scenarios or "
                   "studies")
      ->required()
      ->check(CLI::IsMember(kLists));
  verb->add_option("--json", options->json, "Write the names as JSON to FILE, or to - ")
      ->type_name("FILE|-");
  verb->add_flag("-q,--quiet", options->quiet, "Print nothing but JSON");
  verb->callback([options, &exit_code] {
    const std::vector<std::string> names = names_of(options->what);
    if (!options->json.empty()) {
      write_text(options->json, nlohmann::ordered_json{{options->what, names}}.dump(2) + "\n");
    }
    if (!options->quiet && options->json != "-") {
      for (const std::string& name : names) fmt::print("{}\n", name);
    }
    exit_code = kExitDone;
  });
}

}  // namespace qnnsim
