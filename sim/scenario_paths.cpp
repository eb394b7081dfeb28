// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario_paths.h"

#include <filesystem>
#include <memory>
#include <utility>

namespace qnnsim {
namespace {

using Kind = YamlValue::Kind;
using Member = YamlValue::Member;

/// Where a scenario names files and directories, one or a list of them.
const std::vector<KeyPath>& path_keys() {
  static const std::vector<KeyPath> keys = {
      {"network"},
      {"folding", "finn"},
      {"folding", "finn", "file"},
      {"stimulus", "source", "stall_cycles"},
      {"stimulus", "sink", "stall_cycles"},
      {"stimulus", "input_file"},
      {"cosim", "*", "sources"},
      {"cosim", "*", "include_dirs"},
      {"cosim", "*", "directory"},
  };
  return keys;
}

/// Where it names either a file or a thing of configs/.
const std::vector<KeyPath>& name_keys() {
  static const std::vector<KeyPath> keys = {{"kernels"}, {"memories", "*", "type"}};
  return keys;
}

YamlPtr edited_from(const YamlPtr& value, const KeyPath& keys, std::size_t depth,
                    const std::function<YamlPtr(const YamlPtr&)>& edit) {
  if (depth == keys.size()) return edit(value);
  YamlPtr result = value;
  for (const Member& member : value->members) {
    if (keys[depth] != "*" && keys[depth] != member.key) continue;
    YamlPtr inner = edited_from(member.value, keys, depth + 1, edit);
    result = with_member(*result, {member.key, member.key_place, std::move(inner)});
  }
  return result;
}

/// The word, or every word of the list.
YamlPtr renamed(const YamlPtr& value, const NewName& new_name) {
  auto result = std::make_shared<YamlValue>(*value);
  for (YamlPtr& item : result->items) item = renamed(item, new_name);
  if (value->kind == Kind::kScalar) result->text = new_name(*value);
  return result;
}

bool names_a_file(const YamlValue& word) {
  const std::string extension = std::filesystem::path(word.text).extension();
  return extension == ".yaml" || extension == ".ini";
}

}  // namespace

YamlPtr edited(const YamlPtr& value, const KeyPath& keys,
               const std::function<YamlPtr(const YamlPtr&)>& edit) {
  return edited_from(value, keys, 0, edit);
}

YamlPtr with_paths(YamlPtr root, const NewName& new_name) {
  for (const KeyPath& keys : path_keys()) {
    root = edited(root, keys, [&](const YamlPtr& value) { return renamed(value, new_name); });
  }
  for (const KeyPath& keys : name_keys()) {
    root = edited(root, keys, [&](const YamlPtr& value) {
      return names_a_file(*value) ? renamed(value, new_name) : value;
    });
  }
  return root;
}

YamlPtr with_constant_paths(const YamlPtr& root, const NewName& new_name) {
  const std::string end = "_file";
  return edited(root, {"layers"}, [&](const YamlPtr& layers) {
    auto result = std::make_shared<YamlValue>(*layers);
    for (YamlPtr& layer : result->items) {
      auto changed = std::make_shared<YamlValue>(*layer);
      for (Member& member : changed->members) {
        const std::string& key = member.key;
        const bool is_file =
            key.size() > end.size() && key.compare(key.size() - end.size(), end.size(), end) == 0;
        if (is_file) member.value = renamed(member.value, new_name);
      }
      layer = changed;
    }
    return result;
  });
}

YamlPtr yaml_word(std::string text, const Place& place) {
  auto value = std::make_shared<YamlValue>();
  value->kind = Kind::kScalar;
  value->place = place;
  value->text = std::move(text);
  return value;
}

}  // namespace qnnsim
