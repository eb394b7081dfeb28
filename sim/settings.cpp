// SPDX-License-Identifier: Apache-2.0
#include "sim/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/cosim/cosim_settings.h"

namespace qnnsim {
namespace {

using Kind = YamlValue::Kind;
using Path = std::vector<std::string>;

Path split(const std::string& text) {
  Path parts;
  std::size_t start = 0;
  for (std::size_t dot; (dot = text.find('.', start)) != std::string::npos; start = dot + 1) {
    parts.push_back(text.substr(start, dot - start));
  }
  parts.push_back(text.substr(start));
  return parts;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

/// `path` with the two parts of a kernel's name behind `cosim` as one.
Path cosim_path_of(Path path) {
  const std::vector<std::string>& keys = cosim_keys();
  if (path.size() < 3 || std::find(keys.begin(), keys.end(), path[2]) != keys.end()) return path;
  path[1] += "." + path[2];
  path.erase(path.begin() + 2);
  return path;
}

/// The keys that `key` leads through; `value_is_map` tells a kernel from a key of one.
Path path_of(const std::string& key, bool value_is_map) {
  static const std::string edges = "fifos.edges.", cosim = "cosim.";
  if (starts_with(key, edges)) return {"fifos", "edges", key.substr(edges.size())};
  if (starts_with(key, cosim)) return cosim_path_of(split(key));
  for (const std::string finn : {"folding.finn.file", "folding.finn.take", "folding.finn.nodes"}) {
    if (key == finn || starts_with(key, finn + ".")) return split(key);
  }
  // Behind these a name may hold dots.
  for (const std::string block : {"folding", "tensors"}) {
    const std::size_t name = block.size() + 1;
    const std::size_t last_dot = key.rfind('.');
    if (!starts_with(key, block + ".")) continue;
    if (value_is_map) return {block, key.substr(name)};
    if (last_dot >= name)
      return {block, key.substr(name, last_dot - name), key.substr(last_dot + 1)};
  }
  return split(key);
}

/// `value` with the setting put in, its `path` counted from component `depth` on; nullptr if it
/// leads through something that is no map.
YamlPtr with_setting(const YamlPtr& value, const Setting& setting, const Path& path,
                     std::size_t depth) {
  if (depth == path.size()) return setting.value;
  YamlValue empty;
  empty.place = setting.place;
  const YamlValue& map = value ? *value : empty;
  if (map.kind != Kind::kMap && map.kind != Kind::kNull) return nullptr;
  const std::string& key = path[depth];
  const YamlValue::Member* old = map.find(key);
  YamlPtr inner = with_setting(old ? old->value : nullptr, setting, path, depth + 1);
  if (!inner) return nullptr;
  if (inner == setting.value && inner->kind == Kind::kNull) return without_member(map, key);
  return with_member(map, {key, setting.place, std::move(inner)});
}

YamlPtr apply(YamlPtr root, const Setting& setting, Findings& findings) {
  const Path path = path_of(setting.key, setting.value->kind == Kind::kMap);
  if (std::count(path.begin(), path.end(), "") != 0) {
    findings.add(setting.place, fmt::format("the key '{}' has an empty part", setting.key));
    return root;
  }
  YamlPtr result = with_setting(root, setting, path, 0);
  if (result) return result;
  findings.add(setting.place,
               fmt::format("'{}' leads through a value that has no keys", setting.key));
  return root;
}

YamlPtr apply(YamlPtr root, const std::string& text, Findings& findings) {
  const Place place{"--set " + text, 0, 0};
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    findings.add(place, "a setting is KEY=VALUE", "for example --set stimulus.frames=2");
    return root;
  }
  YamlPtr value = parse_yaml_option(text.substr(equals + 1), place.file, findings);
  if (!value) return root;
  return apply(std::move(root), {text.substr(0, equals), std::move(value), place}, findings);
}

}  // namespace

YamlPtr apply_settings(YamlPtr root, const std::vector<Setting>& settings, Findings& findings) {
  for (const Setting& setting : settings) root = apply(std::move(root), setting, findings);
  return root;
}

YamlPtr apply_settings(YamlPtr root, const std::vector<std::string>& settings, Findings& findings) {
  for (const std::string& setting : settings) root = apply(std::move(root), setting, findings);
  return root;
}

}  // namespace qnnsim
