// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/port_names.h"

#include <cctype>
#include <utility>

namespace qnnsim {
namespace {

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }

/// Takes `end` off `text` if it ends so.
bool strip(std::string& text, const std::string& end) {
  if (!ends_with(text, end)) return false;
  text.resize(text.size() - end.size());
  return true;
}

/// `name` without an ending that tells the direction.
std::string without_direction(const std::string& name) {
  const std::string lower = lower_case(name);
  for (const char* end : {"_i", "_o", "_in", "_out"}) {
    if (ends_with(lower, end)) return name.substr(0, name.rfind('_'));
  }
  return name;
}

/// Is the letter before `start` the T of an AXI-Stream word? Not in "outdata", the data of "out".
bool has_axi_letter(const std::string& name, std::size_t start) {
  if (start == 0 || lower_case(name)[start - 1] != 't') return false;
  if (start == 1 || name[start - 2] == '_') return true;
  return name[start - 1] == 'T' && !is_upper(name[start - 2]);
}

}  // namespace

StreamName stream_name(const std::string& port) {
  using Role = StreamName::Role;
  static const std::pair<const char*, Role> words[] = {
      {"data", Role::kData}, {"valid", Role::kValid}, {"ready", Role::kReady},
      {"dat", Role::kData},  {"vld", Role::kValid},   {"rdy", Role::kReady}};
  const std::string name = without_direction(port);
  std::string rest = lower_case(name);
  for (const auto& [word, role] : words) {
    if (!strip(rest, word)) continue;
    const bool is_axi = has_axi_letter(name, rest.size());
    std::size_t length = rest.size() - (is_axi ? 1 : 0);
    while (length > 0 && name[length - 1] == '_') --length;
    return {role, name.substr(0, length), is_axi};
  }
  return {};
}

bool is_clock_name(const std::string& port) {
  std::string rest = lower_case(without_direction(port));
  if (!strip(rest, "clk") && !strip(rest, "clock")) return false;
  return rest.empty() || rest == "a" || ends_with(rest, "_") || ends_with(rest, "_a");
}

std::optional<bool> reset_is_active_low(const std::string& port) {
  std::string rest = lower_case(without_direction(port));
  bool is_low = false;
  for (const char* end : {"_ni", "ni", "_n", "n"}) is_low = is_low || strip(rest, end);
  if (!strip(rest, "reset") && !strip(rest, "rst")) return std::nullopt;
  if (rest == "n" || rest == "n_") return true;
  const bool is_whole_word =
      rest.empty() || rest == "a" || ends_with(rest, "_") || ends_with(rest, "_a");
  return is_whole_word ? std::optional(is_low) : std::nullopt;
}

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace qnnsim
