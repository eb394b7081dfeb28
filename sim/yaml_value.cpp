// SPDX-License-Identifier: Apache-2.0
#include "sim/yaml_value.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "sim/input_file.h"

namespace qnnsim {
namespace {

using MutableYamlPtr = std::shared_ptr<YamlValue>;

/// Builds the values of one document from the parser's events.
class Builder final : public YAML::EventHandler {
 public:
  /// With `lines`, places have line and column; else they name `file` only.
  Builder(std::string file, bool lines, Findings& findings)
      : file_(std::move(file)), lines_(lines), findings_(findings) {}

  YamlPtr root() const { return root_; }
  Place place(const YAML::Mark& mark) const {
    if (!lines_ || mark.is_null()) return {file_, 0, 0};
    return {file_, mark.line + 1, mark.column + 1};
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    attach(make(YamlValue::Kind::kNull, mark, anchor));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const MutableYamlPtr& value = anchors_.at(anchor);
    const bool is_open = std::any_of(open_.begin(), open_.end(),
                                     [&](const Open& open) { return open.value == value; });
    if (!is_open) return attach(value);
    findings_.add(place(mark), "this alias stands inside the value that it names");
    attach(make(YamlValue::Kind::kNull, mark, 0));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    const MutableYamlPtr value = make(YamlValue::Kind::kScalar, mark, anchor);
    value->text = text;
    value->quoted = tag == "!";
    attach(value);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_.push_back({make(YamlValue::Kind::kList, mark, anchor), nullptr});
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_.push_back({make(YamlValue::Kind::kMap, mark, anchor), nullptr});
  }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map whose end has not come yet; `key` is the key that waits for its value.
  struct Open {
    MutableYamlPtr value;
    MutableYamlPtr key;
  };

  MutableYamlPtr make(YamlValue::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    auto value = std::make_shared<YamlValue>();
    value->kind = kind;
    value->place = place(mark);
    if (anchor != 0) anchors_[anchor] = value;
    return value;
  }

  void close() {
    const MutableYamlPtr value = open_.back().value;
    open_.pop_back();
    attach(value);
  }

  void attach(const MutableYamlPtr& value) {
    if (open_.empty()) {
      root_ = value;
      return;
    }
    Open& open = open_.back();
    if (open.value->kind == YamlValue::Kind::kList) {
      open.value->items.push_back(value);
    } else if (!open.key) {
      open.key = value;
    } else {
      add_member(*open.value, *std::exchange(open.key, nullptr), value);
    }
  }

  void add_member(YamlValue& map, const YamlValue& key, const MutableYamlPtr& value) {
    if (value->kind == YamlValue::Kind::kNull) value->place = key.place;  // else of the next token
    if (key.kind != YamlValue::Kind::kScalar) {
      findings_.add(key.place, "a key must be a word");
    } else if (const YamlValue::Member* first = map.find(key.text)) {
      findings_.add(key.place, fmt::format("the key '{}' is given twice", key.text),
                    fmt::format("the first stands in line {}", first->key_place.line));
    } else {
      map.members.push_back({key.text, key.place, value});
    }
  }

  const std::string file_;
  const bool lines_;
  Findings& findings_;
  YamlPtr root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, MutableYamlPtr> anchors_;
};

bool is_indented_by_tab(const std::string& text, int number) {
  std::istringstream stream(text);
  std::string line;
  for (int i = 0; i < number; ++i) std::getline(stream, line);
  return line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string::npos;
}

YamlPtr parse(const std::string& text, const std::string& file, bool lines, Findings& findings) {
  Builder builder(file, lines, findings);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) builder.OnNull(YAML::Mark::null_mark(), 0);
    Builder rest(file, lines, findings);
    if (parser.HandleNextDocument(rest)) {
      findings.add(rest.root()->place, "a second document begins here, but a file holds one");
    }
  } catch (const YAML::Exception& error) {
    const Place place = builder.place(error.mark);
    findings.add(place, "this is not YAML: " + error.msg,
                 is_indented_by_tab(text, place.line) ? "indent by spaces, not by tabs" : "");
    return nullptr;
  }
  return builder.root();
}

}  // namespace

const YamlValue::Member* YamlValue::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Member& member) { return member.key == key; });
  return found == members.end() ? nullptr : &*found;
}

YamlPtr with_member(const YamlValue& map, YamlValue::Member member) {
  auto result = std::make_shared<YamlValue>(map);
  result->kind = YamlValue::Kind::kMap;
  const auto found =
      std::find_if(result->members.begin(), result->members.end(),
                   [&](const YamlValue::Member& other) { return other.key == member.key; });
  if (found == result->members.end()) {
    result->members.push_back(std::move(member));
  } else {
    found->value = std::move(member.value);
  }
  return result;
}

YamlPtr without_member(const YamlValue& map, const std::string& key) {
  auto result = std::make_shared<YamlValue>(map);
  auto& members = result->members;
  members.erase(std::remove_if(members.begin(), members.end(),
                               [&](const YamlValue::Member& member) { return member.key == key; }),
                members.end());
  return result;
}

YamlPtr parse_yaml(const std::string& text, const std::string& file, Findings& findings) {
  return parse(text, file, true, findings);
}

YamlPtr parse_yaml_option(const std::string& text, const std::string& option, Findings& findings) {
  return parse(text, option, false, findings);
}

YamlPtr load_yaml(const std::string& path, const Place& named_at, Findings& findings) {
  const std::optional<std::string> text = read_file(path, named_at, findings);
  return text ? parse_yaml(*text, path, findings) : nullptr;
}

}  // namespace qnnsim
