// SPDX-License-Identifier: Apache-2.0
#include "rtl/generator/source_copy.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <utility>

#include "sim/input_file.h"
#include "sim/scenario_paths.h"
#include "sim/scenario_yaml.h"
#include "sim/settings.h"
#include "sim/yaml_text.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

const std::string kDirectory = "source/files/";

/// Copies files into one directory, each once and under a name of its own.
class Copies {
 public:
  /// What `word` of a file is called in the copy.
  std::string add(const YamlValue& word) {
    const std::string path = resolve_path(word.text, word.place);
    const auto known = names_.find(path);
    return known != names_.end() ? known->second : add(path, contents(path));
  }

  std::string add(const std::string& path, const std::string& text) {
    const fs::path wanted = fs::path(path).filename();
    std::string name = wanted.string();
    for (int i = 2; taken(name); ++i) {
      name = fmt::format("{}-{}{}", wanted.stem().string(), i, wanted.extension().string());
    }
    names_[path] = name;
    files.push_back({kDirectory + name, text});
    return name;
  }

  std::vector<DesignFile> files;

 private:
  bool taken(const std::string& name) const {
    for (const DesignFile& file : files) {
      if (file.path == kDirectory + name) return true;
    }
    return false;
  }

  std::map<std::string, std::string> names_;  ///< by path
};

}  // namespace

std::vector<DesignFile> source_copy(const Scenario& scenario,
                                    const std::vector<std::string>& settings, Findings& findings) {
  YamlPtr root = load_scenario_yaml(scenario.path, findings);
  if (root) root = apply_settings(std::move(root), settings, findings);
  YamlPtr network = load_yaml(scenario.network.path, {}, findings);
  if (!root || !network || !findings.empty()) return {};

  Copies copies;
  network = with_constant_paths(network, [&](const YamlValue& word) { return copies.add(word); });
  copies.add(scenario.network.path, yaml_text(network));
  root = with_paths(without_member(*root, "cosim"),
                    [&](const YamlValue& word) { return "files/" + copies.add(word); });
  copies.files.push_back({"source/" + scenario.name + ".yaml", yaml_text(root)});
  return std::move(copies.files);
}

}  // namespace qnnsim
