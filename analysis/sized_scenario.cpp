// SPDX-License-Identifier: Apache-2.0
#include "analysis/sized_scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "sim/input_file.h"
#include "sim/scenario_paths.h"
#include "sim/scenario_yaml.h"
#include "sim/settings.h"
#include "sim/yaml_text.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

using Kind = YamlValue::Kind;
using Member = YamlValue::Member;

/// The absolute path of the directory that `file` is in.
fs::path directory_of(const std::string& file) {
  return fs::absolute(file).lexically_normal().parent_path();
}

/// How a file in `directory` names `path`: from there, or in full where `..` would lead up from the
/// end of a symbolic link instead of from the link.
std::string path_from(const fs::path& directory, const std::string& path) {
  const fs::path target = fs::absolute(path).lexically_normal();
  const fs::path relative = target.lexically_relative(directory);
  const bool leads_there =
      fs::weakly_canonical(directory / relative) == fs::weakly_canonical(target);
  return (leads_there ? relative : target).string();
}

/// The co-simulation of one kernel with the directory named that is else that of the file: foreign
/// RTL reads its memory contents there.
YamlPtr with_directory(const YamlPtr& kernel) {
  if (!kernel->find("sources") || kernel->find("directory")) return kernel;
  return with_member(*kernel, {"directory", kernel->place, yaml_word(".", kernel->place)});
}

/// What `folding.finn` says, less the FIFO depths: those stand in `fifos` now.
YamlPtr with_folding_only(const YamlPtr& finn) {
  const Member* take = finn->find("take");
  if (take != nullptr && take->value->text != "all") return finn;
  YamlPtr result = finn;
  if (finn->kind == Kind::kScalar) {
    result = with_member(YamlValue(), {"file", finn->place, finn});
  }
  return with_member(*result, {"take", finn->place, yaml_word("folding", finn->place)});
}

/// The scenario as a file in `directory` has it; absolute paths remain.
YamlPtr with_paths_from(YamlPtr root, const fs::path& directory) {
  root = edited(root, {"cosim", "*"}, with_directory);
  return with_paths(std::move(root), [&](const YamlValue& path) {
    if (fs::path(path.text).is_absolute()) return path.text;
    return path_from(directory, resolve_path(path.text, path.place));
  });
}

/// The depth [beats] of most FIFOs; the least of those where there are several.
std::uint64_t most_frequent_depth(const Sizing& sizing) {
  std::map<std::uint64_t, int> counts;
  for (const SizedFifo& fifo : sizing.fifos) ++counts[fifo.depth];
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most->first;
}

/// `key: depth`.
Member depth_member(const std::string& key, std::uint64_t depth) {
  return {key, {}, yaml_word(std::to_string(depth), {})};
}

/// The value of `fifos`.
YamlPtr depths_of(const Sizing& sizing) {
  auto depths = std::make_shared<YamlValue>();
  auto edges = std::make_shared<YamlValue>();
  depths->kind = edges->kind = Kind::kMap;
  const std::uint64_t common = most_frequent_depth(sizing);
  for (const SizedFifo& fifo : sizing.fifos) {
    if (fifo.depth != common) edges->members.push_back(depth_member(fifo.name, fifo.depth));
  }
  for (const EdgeDepth& edge : sizing.kept) {
    if (edge.depth != common) edges->members.push_back(depth_member(edge.edge, edge.depth));
  }
  depths->members.push_back(depth_member("default_depth", common));
  if (!edges->members.empty()) depths->members.push_back({"edges", {}, edges});
  return depths;
}

/// A line of a comment: without anything that would end it.
std::string comment(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
  return "# " + text + "\n";
}

/// How good the depths are.
std::string quality(const Sizing& sizing) {
  if (sizing.optimal) return "no depths that keep this rate cost less";
  if (sizing.minimal) return "with no FIFO one step shallower is this rate kept";
  return "the search ended early: shallower FIFOs may do";
}

std::string title(const std::string& original, const std::vector<std::string>& settings,
                  const Sizing& sizing) {
  std::string text = comment(fmt::format("{} with the FIFO depths that qnnsim found", original));
  for (const std::string& setting : settings) text += comment("--set " + setting);
  text += comment(fmt::format("target: an interval of at most {} cycles", sizing.target));
  text += comment(fmt::format("cost: {:.0f} {}, before {:.0f}; {}", sizing.cost(), sizing.cost_unit,
                              sizing.cost_before(), quality(sizing)));
  return text;
}

/// The scenario `path` with `settings`, its paths as a file in `directory` names them; with depths
/// of `sizing`.
std::string text_with_depths(const std::string& path, const std::vector<std::string>& settings,
                             const Sizing& sizing, const fs::path& directory, Findings& findings) {
  YamlPtr root = load_scenario_yaml(path, findings);
  if (root) root = apply_settings(std::move(root), settings, findings);
  if (!findings.empty()) return {};
  root = with_paths_from(std::move(root), directory);
  root = edited(root, {"folding", "finn"}, with_folding_only);
  YamlValue::Member fifos;
  fifos.key = "fifos";
  fifos.value = depths_of(sizing);
  root = with_member(*root, std::move(fifos));
  return yaml_text(root);
}

}  // namespace

std::string sized_scenario(const std::string& path, const std::vector<std::string>& settings,
                           const Sizing& sizing, const std::string& output_path,
                           Findings& findings) {
  const fs::path directory = directory_of(output_path);
  const std::string text = text_with_depths(path, settings, sizing, directory, findings);
  return text.empty() ? text : title(path_from(directory, path), settings, sizing) + text;
}

std::string changed_scenario(const std::string& path, const std::vector<std::string>& settings,
                             const std::vector<std::string>& about, const Sizing& sizing,
                             const std::string& output_path, Findings& findings) {
  const fs::path directory = directory_of(output_path);
  const std::string text = text_with_depths(path, settings, sizing, directory, findings);
  if (text.empty()) return text;
  std::string top = comment("from " + path_from(directory, path));
  for (const std::string& line : about) top += comment(line);
  return top + text;
}

}  // namespace qnnsim
