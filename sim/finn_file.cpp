// SPDX-License-Identifier: Apache-2.0
#include "sim/finn_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "sim/input_file.h"

namespace qnnsim {
namespace {

using Kind = YamlValue::Kind;
using Member = YamlValue::Member;

constexpr char kDefaults[] = "Defaults";

/// What FINN called an op before it had back ends.
std::string modern(const std::string& op) {
  static const std::map<std::string, std::string> names = {
      {"StreamingFCLayer", "MVAU"},
      {"MatrixVectorActivation", "MVAU"},
      {"Vector_Vector_Activate", "VVAU"},
      {"VectorVectorActivation", "VVAU"},
      {"StreamingMaxPool_Precision", "StreamingMaxPool"}};
  const auto found = names.find(op);
  return found == names.end() ? op : found->second;
}

/// Takes `end` off `text`; false where it does not end so.
bool remove_end(std::string& text, const std::string& end) {
  if (text.size() <= end.size() || text.compare(text.size() - end.size(), end.size(), end) != 0) {
    return false;
  }
  text.resize(text.size() - end.size());
  return true;
}

/// Splits "MVAU_hls_3"; nothing where it has another form.
std::optional<FinnNode> parse_name(const std::string& name) {
  const std::size_t underscore = name.rfind('_');
  if (underscore == std::string::npos || underscore == 0) return std::nullopt;
  FinnNode node;
  node.name = name;
  const char* end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data() + underscore + 1, end, node.number);
  if (error != std::errc() || rest != end) return std::nullopt;
  node.op = name.substr(0, underscore);
  for (const char* backend : {"hls", "rtl"}) {
    if (remove_end(node.op, std::string("_") + backend)) node.backend = backend;
  }
  remove_end(node.op, "_Batch");
  node.op = modern(node.op);
  return node;
}

/// The place of byte number `byte` (from 1) of `text`.
Place place_of_byte(const std::string& path, const std::string& text, std::size_t byte) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(byte, text.size() + 1) - 1);
  const auto line = std::find(std::make_reverse_iterator(end), text.rend(), '\n').base();
  return {path, static_cast<int>(std::count(text.begin(), end, '\n')) + 1,
          static_cast<int>(end - line) + 1};
}

/// What the library says of a syntax error, without its own name, code and place.
std::string reason_of(const nlohmann::json::parse_error& error) {
  const std::string text = error.what();
  const std::size_t dash = text.find(" - ");
  const std::size_t colon = text.find(": ");
  return dash != std::string::npos    ? text.substr(dash + 3)
         : colon != std::string::npos ? text.substr(colon + 2)
                                      : text;
}

/// "Defaults": {"PE": [1, ["MVAU_hls"], 2, "all"]}
void read_defaults(const YamlValue& defaults, FinnFile& file, Findings& findings) {
  const std::string form = "\"Defaults\": {\"<attribute>\": [value, [\"<op type>\", ...], ...]}";
  if (defaults.kind != Kind::kMap) {
    findings.add(defaults.place, "'Defaults' must be an object", form);
    return;
  }
  for (const Member& member : defaults.members) {
    const std::vector<YamlPtr>& items = member.value->items;
    if (member.value->kind != Kind::kList || items.empty() || items.size() % 2 != 0) {
      findings.add(member.value->place,
                   fmt::format("the default of '{}' must be a list of values, each with the op "
                               "types that it is for",
                               member.key),
                   form);
      continue;
    }
    for (std::size_t i = 0; i < items.size(); i += 2) {
      FinnDefault entry{member.key, items[i], {}};
      const YamlValue& ops = *items[i + 1];
      if (ops.kind == Kind::kScalar) entry.ops.push_back(ops.text);
      for (const YamlPtr& op : ops.items) entry.ops.push_back(op->text);
      file.defaults.push_back(std::move(entry));
    }
  }
}

}  // namespace

std::optional<FinnFile> load_finn_file(const std::string& path, const Place& named_at,
                                       Findings& findings) {
  std::optional<std::string> text = read_file(path, named_at, findings);
  if (!text) return std::nullopt;
  FinnFile file;
  file.path = path;
  try {
    file.json = nlohmann::ordered_json::parse(*text);
  } catch (const nlohmann::json::parse_error& error) {
    findings.add(place_of_byte(path, *text, std::max<std::size_t>(error.byte, 1)),
                 "this is not JSON: " + reason_of(error));
    return std::nullopt;
  }
  // JSON is YAML but for tabs, which stand between values only.
  std::replace(text->begin(), text->end(), '\t', ' ');
  const YamlPtr root = parse_yaml(*text, path, findings);
  if (!root) return std::nullopt;
  if (root->kind != Kind::kMap) {
    findings.add(root->place,
                 "a FINN folding configuration is an object: node names and their "
                 "attributes");
    return std::nullopt;
  }
  for (const Member& member : root->members) {
    if (member.key == kDefaults) {
      read_defaults(*member.value, file, findings);
      continue;
    }
    std::optional<FinnNode> node = parse_name(member.key);
    if (!node) {
      file.others.push_back(member.key);
    } else if (member.value->kind != Kind::kMap) {
      findings.add(member.value->place,
                   fmt::format("'{}' must be an object: attributes and their values", member.key));
    } else {
      node->place = member.key_place;
      node->attributes = member.value;
      file.nodes.push_back(std::move(*node));
    }
  }
  return file;
}

const YamlValue* find_attribute(const FinnFile& file, const FinnNode& node,
                                const std::string& attribute) {
  if (node.attributes) {
    if (const Member* member = node.attributes->find(attribute)) return member->value.get();
  }
  const std::string type = node.backend.empty() ? node.op : node.op + "_" + node.backend;
  const YamlValue* found = nullptr;
  for (const FinnDefault& entry : file.defaults) {
    const bool is_for_node = std::any_of(
        entry.ops.begin(), entry.ops.end(),
        [&](const std::string& op) { return op == "all" || op == type || op == node.op; });
    if (entry.attribute == attribute && is_for_node) found = entry.value.get();
  }
  return found;
}

}  // namespace qnnsim
