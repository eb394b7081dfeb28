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
    files.push_back({"source/" + name, text});
    return name;
  }

  std::vector<DesignFile> files;

 private:
  bool taken(const std::string& name) const {
    if (name == "scenario.yaml") return true;
    for (const DesignFile& file : files) {
      if (file.path == "source/" + name) return true;
    }
    return false;
  }

  std::map<std::string, std::string> names_;  ///< by path
};

}  // namespace

std::vector<DesignFile> source_copy(const std::string& path,
                                    const std::vector<std::string>& settings, Findings& findings) {
  YamlPtr root = load_scenario_yaml(path, findings);
  if (root) root = apply_settings(std::move(root), settings, findings);
  if (!root || !findings.empty()) return {};
  root = without_member(*root, "cosim");

  Copies copies;
  const std::string network =
      resolve_path(root->find("network")->value->text, root->find("network")->value->place);
  YamlPtr layers = load_yaml(network, {}, findings);
  if (!layers) return {};
  layers = with_constant_paths(layers, [&](const YamlValue& word) { return copies.add(word); });
  copies.add(network, yaml_text(layers));
  root = with_paths(std::move(root), [&](const YamlValue& word) { return copies.add(word); });
  copies.files.push_back({"source/scenario.yaml", yaml_text(root)});
  return std::move(copies.files);
}

}  // namespace qnnsim
