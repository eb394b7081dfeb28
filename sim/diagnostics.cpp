// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <tuple>
#include <utility>

namespace qnnsim {
namespace {

bool same_place(const Place& a, const Place& b) {
  return std::tie(a.file, a.line, a.column) == std::tie(b.file, b.line, b.column);
}

bool earlier(const Finding& a, const Finding& b) {
  return std::tie(a.place.file, a.place.line, a.place.column) <
         std::tie(b.place.file, b.place.line, b.place.column);
}

/// The lines of the files that findings point into, each file read once.
class SourceLines {
 public:
  /// The line at `place` without its end; empty where there is none to show.
  std::string at(const Place& place) {
    const auto [file, is_new] = files_.try_emplace(place.file);
    if (is_new) read(file->first, file->second);
    const auto index = static_cast<std::size_t>(place.line) - 1;
    return index < file->second.size() ? file->second[index] : std::string();
  }

 private:
  static void read(const std::string& path, std::vector<std::string>& lines) {
    std::ifstream stream(path);
    for (std::string line; std::getline(stream, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      lines.push_back(std::move(line));
    }
  }

  std::map<std::string, std::vector<std::string>> files_;
};

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

/// Spaces as wide on the screen as `text`.
std::string blank(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (!continues_character(c)) result += c == '\t' ? '\t' : ' ';
  }
  return result;
}

/// The source line, cut where it is too long to read, and the caret under `column`.
std::string excerpt(std::string line, std::size_t column) {
  constexpr std::size_t kWidest = 160;
  column = std::min(column, line.size() + 1);
  if (line.size() > kWidest) {
    std::size_t start = column > kWidest / 2 ? column - kWidest / 2 : 0;
    while (start < line.size() && continues_character(line[start])) ++start;
    line = line.substr(start, kWidest);
    column -= start;
  }
  for (char& c : line) {
    if (std::iscntrl(static_cast<unsigned char>(c)) != 0 && c != '\t') c = '?';
  }
  return fmt::format("    {}\n    {}^\n", line,
                     blank(std::string_view(line).substr(0, column - 1)));
}

std::string render_one(const Finding& finding, SourceLines& sources) {
  const Place& place = finding.place;
  std::string result = place.file;
  if (place.line > 0) result += fmt::format(":{}", place.line);
  if (place.line > 0 && place.column > 0) result += fmt::format(":{}", place.column);
  result += fmt::format(": error: {}\n", finding.message);
  if (place.line > 0 && place.column > 0) {
    const std::string line = sources.at(place);
    if (!line.empty()) result += excerpt(line, static_cast<std::size_t>(place.column));
  }
  if (!finding.hint.empty()) result += fmt::format("  hint: {}\n", finding.hint);
  return result;
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> older, old(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    older = old;
    old = row;
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({old[j] + 1, row[j - 1] + 1, old[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], older[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

void Findings::add(Place place, std::string message, std::string hint) {
  const bool known = std::any_of(findings_->begin(), findings_->end(), [&](const Finding& f) {
    return f.message == message && same_place(f.place, place);
  });
  if (!known) findings_->push_back({std::move(place), std::move(message), std::move(hint)});
}

std::string Findings::render() const {
  std::vector<Finding> sorted = *findings_;
  std::stable_sort(sorted.begin(), sorted.end(), earlier);
  SourceLines sources;
  std::string result;
  for (const Finding& finding : sorted) result += render_one(finding, sources);
  return result;
}

InputError::InputError(const Findings& findings)
    : std::runtime_error(findings.render()), findings_(findings) {}

std::string closest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string lowered = lower_case(word);
  std::size_t best = (word.size() + 2) / 3 + 1;  // more than one edit in three letters is no slip
  std::string result;
  for (const std::string& candidate : candidates) {
    const std::size_t length = candidate.size();
    if (std::max(length, word.size()) - std::min(length, word.size()) >= best) continue;
    const std::size_t distance = edit_distance(lowered, lower_case(candidate));
    if (distance >= best) continue;
    best = distance;
    result = candidate;
  }
  return result;
}

std::string suggest(std::string_view word, const std::vector<std::string>& candidates) {
  if (const std::string near = closest(word, candidates); !near.empty()) {
    return fmt::format("did you mean '{}'?", near);
  }
  constexpr std::size_t kMostListed = 30;
  if (candidates.empty() || candidates.size() > kMostListed) return {};
  return "known: " + join(candidates);
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

}  // namespace qnnsim
