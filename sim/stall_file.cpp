// SPDX-License-Identifier: Apache-2.0
#include "sim/stall_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/input_file.h"

namespace qnnsim {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Reads one stall file line by line.
class StallReader {
 public:
  StallReader(std::string path, Findings& findings) : path_(std::move(path)), findings_(findings) {}

  Pressure read(const std::string& text) {
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      ++line_;
      read_line(line);
    }
    std::sort(cycles_.begin(), cycles_.end());
    cycles_.erase(std::unique(cycles_.begin(), cycles_.end()), cycles_.end());
    if (sound_) check_period();
    return sound_ ? Pressure::recorded(std::move(cycles_), period_) : Pressure();
  }

 private:
  void read_line(std::string_view line) {
    static constexpr std::string_view kRepeat = "repeat";
    const std::string_view content = trimmed(line);
    if (content.empty()) return;
    if (content.front() != '#') {
      cycles_.push_back(number(line, content, "a cycle number"));
      return;
    }
    const std::string_view comment = trimmed(content.substr(1));
    if (comment.substr(0, kRepeat.size()) != kRepeat) return;
    if (repeat_line_ != 0) fail(line, content, "a second 'repeat'", "the first counts for all");
    repeat_line_ = line_;
    period_ = number(line, trimmed(comment.substr(kRepeat.size())), "a number of cycles");
  }

  Cycle number(std::string_view line, std::string_view text, const char* what) {
    Cycle value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec == std::errc() && result.ptr == text.data() + text.size()) return value;
    const std::string shown(text.substr(0, 40));
    fail(line, text, fmt::format("'{}' is not {}", shown, what),
         "one number a line, and '# repeat N' to go on periodically");
    return 0;
  }

  void check_period() {
    if (repeat_line_ == 0) return;
    const Place place{path_, repeat_line_, 1};
    if (!cycles_.empty() && cycles_.back() >= period_) {
      findings_.add(
          place,
          fmt::format("'repeat {}' ends before the stall in cycle {}", period_, cycles_.back()),
          fmt::format("repeat at least {}", cycles_.back() + 1));
      sound_ = false;
    } else if (cycles_.size() >= period_) {
      findings_.add(place, fmt::format("'repeat {}' leaves no cycle free", period_));
      sound_ = false;
    }
  }

  /// A finding at `part` of the present `line`.
  void fail(std::string_view line, std::string_view part, std::string message, std::string hint) {
    sound_ = false;
    const int column = static_cast<int>(part.data() - line.data()) + 1;
    findings_.add({path_, line_, part.empty() ? 1 : column}, std::move(message), std::move(hint));
  }

  const std::string path_;
  Findings& findings_;
  int line_ = 0;
  int repeat_line_ = 0;
  std::vector<Cycle> cycles_;
  Cycle period_ = 0;
  bool sound_ = true;
};

}  // namespace

Pressure load_stall_file(const std::string& path, const Place& named_at, Findings& findings) {
  const auto text = read_file(path, named_at, findings);
  return text ? StallReader(path, findings).read(*text) : Pressure();
}

}  // namespace qnnsim
