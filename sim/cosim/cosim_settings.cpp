// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/cosim_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <limits>

#include "sim/cosim/port_names.h"
#include "sim/input_file.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

using Member = YamlValue::Member;
using Pairs = std::vector<std::pair<std::string, std::string>>;

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_identifier(const std::string& name) {
  return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '$';
  });
}

/// The names of a map's members must be Verilog's; those that are not are findings.
bool check_identifier(const Member& member, const char* what, Findings& findings) {
  if (is_identifier(member.key)) return true;
  findings.add(member.key_place, fmt::format("'{}' is no name of {}", member.key, what));
  return false;
}

/// The absolute path that `text` means; empty and a finding if `check` does not like it.
template <typename Check>
std::string checked_path(const PlacedText& text, Check check) {
  const std::string path = resolve_path(text.text, text.place);
  if (!check(path)) return {};
  const fs::path absolute = fs::absolute(path).lexically_normal();
  return (absolute.has_filename() ? absolute : absolute.parent_path()).string();
}

std::string source_path(const PlacedText& text, Findings& findings) {
  static const std::vector<std::string> verilog = {".v", ".sv", ".vh", ".svh", ".vlt"};
  return checked_path(text, [&](const std::string& path) {
    const std::string ending = lower_case(fs::path(path).extension().string());
    if (ending == ".vhd" || ending == ".vhdl") {
      findings.add(text.place, fmt::format("'{}': VHDL cannot be simulated by Verilator", path),
                   "give a translation to Verilog, for example from 'ghdl synth --out=verilog'");
      return false;
    }
    if (std::find(verilog.begin(), verilog.end(), ending) == verilog.end()) {
      findings.add(text.place, fmt::format("'{}' is no Verilog source", path),
                   "sources end in " + join(verilog));
      return false;
    }
    return check_readable(path, text.place, findings);
  });
}

std::string directory_path(const PlacedText& text, Findings& findings) {
  return checked_path(text, [&](const std::string& path) {
    std::error_code ignored;
    if (fs::is_directory(path.empty() ? "." : path, ignored)) return true;
    findings.add(text.place, fmt::format("'{}' is no directory", path));
    return false;
  });
}

/// Is `text` a number as Verilog writes it: 8'hff, 1.5?
bool is_verilog_number(const std::string& text) {
  const std::size_t quote = text.find('\'');
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  if (quote != std::string::npos) {
    return quote + 2 < text.size() && std::all_of(text.begin(), text.begin() + quote, is_digit) &&
           std::string("bodhsBODHS").find(text[quote + 1]) != std::string::npos;
  }
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

/// `text` as a string; nothing if it has what Verilator does not read on its command line.
std::optional<std::string> string_literal(const std::string& text) {
  const bool is_plain = std::none_of(text.begin(), text.end(), [](unsigned char c) {
    return c == '"' || c == '\\' || std::iscntrl(c) != 0;
  });
  return is_plain ? std::optional('"' + text + '"') : std::nullopt;
}

/// A parameter's value in Verilog; nothing if it cannot be written so.
std::optional<std::string> literal(const YamlValue& value) {
  if (value.kind != YamlValue::Kind::kScalar) return std::nullopt;
  const std::string& text = value.text;
  if (value.quoted) return string_literal(text);
  if (text == "true" || text == "false") return text == "true" ? "1" : "0";
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) {
    using Limits = std::numeric_limits<std::int32_t>;
    if (number >= Limits::min() && number <= Limits::max()) return text;
    return fmt::format("64'h{:x}", static_cast<std::uint64_t>(number));
  }
  return is_verilog_number(text) ? text : string_literal(text);
}

Pairs read_parameters(YamlReader reader, Findings& findings) {
  Pairs parameters;
  for (const Member& member : reader.members()) {
    const auto value = literal(*member.value);
    if (!value) {
      findings.add(member.value->place,
                   fmt::format("the parameter '{}' must be an integer or a word", member.key),
                   "a word has neither quotation marks nor backslashes in it");
    } else if (check_identifier(member, "a Verilog parameter", findings)) {
      parameters.emplace_back(member.key, *value);
    }
  }
  return parameters;
}

Pairs read_defines(YamlReader reader, Findings& findings) {
  Pairs defines;
  for (const Member& member : reader.members()) {
    const YamlValue::Kind kind = member.value->kind;
    if (kind != YamlValue::Kind::kScalar && kind != YamlValue::Kind::kNull) {
      findings.add(member.value->place, fmt::format("'{}' must be a word", member.key));
    } else if (check_identifier(member, "a Verilog macro", findings)) {
      defines.emplace_back(member.key, member.value->text);
    }
  }
  return defines;
}

PortMap::Stream read_stream(YamlReader& reader) {
  PortMap::Stream stream;
  reader.require("name", "what the stream is to be called, or what its ports have in common");
  stream.name = reader.text("name");
  stream.data = reader.text("data", "");
  stream.valid = reader.text("valid", "");
  stream.ready = reader.text("ready", "");
  reader.finish();
  return stream;
}

PortMap read_port_map(YamlReader reader) {
  PortMap map;
  for (const PlacedText& clock : reader.texts("clock")) {
    if (map.clock.empty()) {
      map.clock = clock.text;
    } else {
      map.more_clocks.push_back(clock.text);
    }
  }
  map.reset = reader.text("reset", "");
  if (reader.has("reset_active")) {
    map.reset_active_low = reader.choice("reset_active", {"low", "high"}) == "low";
  }
  for (YamlReader& stream : reader.maps("streams", "a stream")) {
    map.streams.push_back(read_stream(stream));
  }
  YamlReader constants = reader.map("constants", "'constants'");
  for (const Member& member : constants.members()) {
    const std::int64_t value =
        constants.integer(member.key, {}, 0, std::numeric_limits<std::int64_t>::max());
    map.constants[member.key] = static_cast<std::uint64_t>(value);
  }
  reader.finish();
  return map;
}

/// Is more said than whether to run RTL?
bool names_foreign_rtl(const YamlReader& reader) {
  const std::vector<std::string> keys = reader.keys();
  return std::any_of(keys.begin(), keys.end(),
                     [](const std::string& key) { return key != "impl" && key != "compare"; });
}

CosimChoice read_choice(const Member& member, Findings& findings) {
  YamlReader reader(member.value, fmt::format("the co-simulation of '{}'", member.key), findings);
  CosimChoice choice;
  choice.name = member.key;
  choice.place = member.key_place;
  choice.rtl = reader.choice("impl", {"rtl", "model"}) == "rtl";
  choice.compare = reader.boolean("compare", true);
  if (names_foreign_rtl(reader)) choice.foreign = read_foreign_rtl(reader, findings);
  reader.finish();
  return choice;
}

/// 0 for all kernels, 1 for those of a layer, 2 for one.
int precision(const CosimChoice& choice) {
  if (choice.name == "all") return 0;
  return choice.name.find('.') == std::string::npos ? 1 : 2;
}

}  // namespace

const std::vector<std::string>& cosim_keys() {
  static const std::vector<std::string> keys = {"impl",         "compare",   "sources",
                                                "include_dirs", "top",       "parameters",
                                                "defines",      "directory", "ports"};
  return keys;
}

ForeignRtl read_foreign_rtl(YamlReader& reader, Findings& findings) {
  ForeignRtl rtl;
  rtl.place = reader.place();
  reader.require("sources", "a list of Verilog files");
  for (const PlacedText& source : reader.texts("sources")) {
    rtl.sources.push_back(source_path(source, findings));
  }
  if (reader.has("sources") && rtl.sources.empty()) {
    reader.complain("sources", "'sources' must name a file");
  }
  for (const PlacedText& directory : reader.texts("include_dirs")) {
    rtl.include_dirs.push_back(directory_path(directory, findings));
  }
  reader.require("top", "the name of the top module");
  rtl.top = reader.text("top");
  if (!rtl.top.empty() && !is_identifier(rtl.top)) {
    reader.complain("top", fmt::format("'{}' is no name of a Verilog module", rtl.top));
  }
  rtl.parameters = read_parameters(reader.map("parameters", "'parameters'"), findings);
  rtl.defines = read_defines(reader.map("defines", "'defines'"), findings);
  rtl.ports = read_port_map(reader.map("ports", "'ports'"));
  rtl.directory =
      directory_path({reader.text("directory", "."), reader.place("directory")}, findings);
  return rtl;
}

std::vector<CosimChoice> read_cosim(YamlReader reader, Findings& findings) {
  std::vector<CosimChoice> choices;
  for (const Member& member : reader.members()) choices.push_back(read_choice(member, findings));
  std::stable_sort(choices.begin(), choices.end(), [](const CosimChoice& a, const CosimChoice& b) {
    return precision(a) < precision(b);
  });
  return choices;
}

}  // namespace qnnsim
