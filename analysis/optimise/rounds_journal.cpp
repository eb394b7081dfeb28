// SPDX-License-Identifier: Apache-2.0
#include "analysis/optimise/rounds_journal.h"

#include <filesystem>
#include <utility>

#include "sim/input_file.h"
#include "sim/platform.h"
#include "sim/scenario_yaml.h"
#include "sim/settings.h"
#include "sim/sha256.h"
#include "sim/yaml_text.h"
#include "version.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kRoundsSchema = 1;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// Adds the digests of all files that words in `value` name, by path or as one of the
/// configurations.
void add_files(const YamlValue& value, Json& digests) {
  for (const YamlValue::Member& member : value.members) add_files(*member.value, digests);
  for (const YamlPtr& item : value.items) add_files(*item, digests);
  if (value.kind != YamlValue::Kind::kScalar || value.text.empty()) return;
  if (const std::string path = resolve_path(value.text, value.place); is_file(path)) {
    digests[value.text] = sha256(contents(path));
  }
  for (const char* directory : {"platforms", "calibrations", "memories", "costs"}) {
    const fs::path path = fs::path(config_directory()) / directory / (value.text + ".yaml");
    if (is_file(path)) digests[directory + ("/" + value.text)] = sha256(contents(path.string()));
  }
}

}  // namespace

RoundsJournal::RoundsJournal(const std::string& path, std::string key, bool anew)
    : file_(path, anew, "--scenario for another file"), key_(std::move(key)) {
  file_.read([this](const Json& line, int number) {
    try {
      if (line.at("rounds").get<int>() != kRoundsSchema || line.at("key") != key_) return;
      rounds_.push_back(round_from(line.at("round")));
    } catch (const Json::exception&) {
      Findings findings;
      findings.add({file_.path(), number, 0}, "this is no line of a journal of rounds",
                   "--scenario for another file, or --fresh to begin anew");
      throw InputError(findings);
    }
  });
}

std::optional<OptimiseRound> RoundsJournal::find(const RoundTask& task) const {
  const Json wanted = to_json(task);
  for (const OptimiseRound& round : rounds_) {
    if (to_json(round.task) == wanted) return round;
  }
  return std::nullopt;
}

void RoundsJournal::add(const OptimiseRound& round) {
  file_.add({{"rounds", kRoundsSchema}, {"key", key_}, {"round", to_json(round)}});
  rounds_.push_back(round);
}

std::string rounds_key(const std::string& path, const std::vector<std::string>& settings,
                       const FoldingOptions& options) {
  Findings ignored;
  YamlPtr root = load_scenario_yaml(path, ignored);
  if (root) root = apply_settings(std::move(root), settings, ignored);
  Json files = Json::object();
  if (root) add_files(*root, files);
  const Json inputs = {{"version", kVersion},
                       {"scenario", root ? yaml_text(root) : ""},
                       {"files", std::move(files)},
                       {"platform", options.platform},
                       {"utilisation", options.utilisation},
                       {"limits", options.limits},
                       {"bandwidth", options.bandwidth_gb_s},
                       {"dram", options.dram},
                       {"seconds", options.seconds},
                       {"sizing_seconds", options.sizing_seconds}};
  return sha256(inputs.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace qnnsim
