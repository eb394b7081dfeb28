// SPDX-License-Identifier: Apache-2.0
#include "sim/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace qnnsim {
namespace {

using Kind = YamlValue::Kind;
using Member = YamlValue::Member;
using Lines = std::vector<std::string>;

constexpr int kColumns = 100;
constexpr int kIndent = 2;

/// Where a word stands: inside braces and brackets a comma or a bracket ends it, outside it is
/// text. Alone it is a document, which dashes begin and dots end.
enum class Style { kBlock, kFlow, kAlone };

/// The value of `document`; nullptr if that is no YAML.
YamlPtr parsed(const std::string& document) {
  Findings findings;
  YamlPtr value = parse_yaml(document, {}, findings);
  return findings.empty() ? value : nullptr;
}

/// May `text` stand as a value without quotes? The parser itself is asked: YAML has many rules.
bool is_plain_value(const std::string& text, Style style) {
  const std::string begin = style == Style::kFlow ? "[" : "- ";
  const std::string end = style == Style::kFlow ? "]" : "\n";
  const YamlPtr list = parsed(begin + text + end);
  if (!list || list->items.size() != 1) return false;
  const YamlPtr alone = style == Style::kAlone ? parsed(text) : list->items.front();
  if (!alone) return false;
  const YamlValue& value = *alone;
  return value.kind == Kind::kScalar && !value.quoted && value.text == text;
}

/// May `text` stand as a key without quotes?
bool is_plain_key(const std::string& text, Style style) {
  const YamlPtr map = parsed(style == Style::kFlow ? "{" + text + ": 0}" : text + ": 0");
  return map && map->kind == Kind::kMap && map->members.size() == 1 &&
         map->members.front().key == text && map->members.front().value->text == "0";
}

std::string in_quotes(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (c == '\n') {
      result += "\\n";
    } else if (static_cast<unsigned char>(c) < ' ') {
      result += fmt::format("\\x{:02x}", c);
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string key_text(const std::string& key, Style style) {
  return is_plain_key(key, style) ? key : in_quotes(key);
}

/// A word or nothing.
std::string word_text(const YamlValue& value, Style style) {
  if (value.kind == Kind::kNull) return "~";
  const bool is_plain = !value.quoted && is_plain_value(value.text, style);
  return is_plain ? value.text : in_quotes(value.text);
}

bool is_word(const YamlValue& value) {
  return value.kind == Kind::kScalar || value.kind == Kind::kNull;
}

/// Can the word stand inside braces and brackets as it does outside?
bool is_same_in_flow(const YamlValue& value) {
  return is_word(value) && word_text(value, Style::kFlow) == word_text(value, Style::kBlock);
}

/// Are there words only in this list or map, which may all stand in one line?
bool is_leaf(const YamlValue& value) {
  return std::all_of(value.items.begin(), value.items.end(),
                     [](const YamlPtr& item) { return is_same_in_flow(*item); }) &&
         std::all_of(value.members.begin(), value.members.end(),
                     [](const Member& member) { return is_same_in_flow(*member.value); });
}

/// A value in one line, inside braces and brackets.
std::string flow_text(const YamlValue& value) {
  if (is_word(value)) return word_text(value, Style::kFlow);
  Lines parts;
  for (const YamlPtr& item : value.items) parts.push_back(flow_text(*item));
  for (const Member& member : value.members) {
    parts.push_back(key_text(member.key, Style::kFlow) + ": " + flow_text(*member.value));
  }
  return fmt::format(value.kind == Kind::kList ? "[{}]" : "{{{}}}", join(parts));
}

/// The columns that `text` takes: one for each character of UTF-8.
int columns_of(const std::string& text) {
  const auto begins_character = [](char c) { return (static_cast<unsigned>(c) & 0xC0U) != 0x80U; };
  return static_cast<int>(std::count_if(text.begin(), text.end(), begins_character));
}

/// What may stand in one line behind a key or a dash: any word, a list or map without members, and
/// one of words that takes at most `columns`.
std::optional<std::string> line_of(const YamlValue& value, int columns) {
  if (is_word(value)) return word_text(value, Style::kBlock);
  if (!is_leaf(value)) return std::nullopt;
  std::string text = flow_text(value);
  const bool is_empty = value.items.empty() && value.members.empty();
  if (!is_empty && columns_of(text) > columns) return std::nullopt;
  return text;
}

Lines block_lines(const YamlValue& value, int columns);

/// `key: value`, or the value in indented lines below its key.
void add_member(Lines& lines, const Member& member, int columns) {
  const std::string key = key_text(member.key, Style::kBlock) + ":";
  if (const auto line = line_of(*member.value, columns - columns_of(key + " "))) {
    lines.push_back(key + " " + *line);
    return;
  }
  lines.push_back(key);
  for (const std::string& line : block_lines(*member.value, columns - kIndent)) {
    lines.push_back("  " + line);
  }
}

/// `- value`; further lines of the value stand below its first.
void add_item(Lines& lines, const YamlValue& item, int columns) {
  const auto line = line_of(item, columns - kIndent);
  const char* lead = "- ";
  for (const std::string& inner : line ? Lines{*line} : block_lines(item, columns - kIndent)) {
    lines.push_back(lead + inner);
    lead = "  ";
  }
}

/// A list or map with a line or more for each member, none longer than `columns` where that can be.
Lines block_lines(const YamlValue& value, int columns) {
  Lines lines;
  for (const YamlPtr& item : value.items) add_item(lines, *item, columns);
  for (const Member& member : value.members) add_member(lines, member, columns);
  return lines;
}

}  // namespace

std::string yaml_text(const YamlPtr& value) {
  const bool has_members = !value->items.empty() || !value->members.empty();
  if (has_members) return join(block_lines(*value, kColumns), "\n") + "\n";
  return "--- " + line_of(*value, kColumns).value() + "\n";  // without dashes `...` would be an end
}

std::string yaml_line(const YamlPtr& value) {
  if (value->kind == Kind::kNull) return {};
  return is_word(*value) ? word_text(*value, Style::kAlone) : flow_text(*value);
}

}  // namespace qnnsim
