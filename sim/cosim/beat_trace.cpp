// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/beat_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <numeric>
#include <optional>
#include <sstream>
#include <string_view>

namespace qnnsim {
namespace {

constexpr const char* kHeader =
    "# qnnsim beat trace 1: in which cycle each beat of a kernel in RTL moved";

using Steps = std::vector<std::uint64_t>;

/// How often the `period` steps from `first` on stand behind each other.
std::size_t repeats(const Steps& steps, std::size_t first, std::size_t end, std::size_t period) {
  std::size_t same = 0;
  while (first + period + same < end && steps[first + same] == steps[first + period + same]) ++same;
  return 1 + same / period;
}

/// Steps [first, end) as "3 1*5 (1 1 4)*20"; groups only where `grouped`.
void write_steps(std::string& text, const Steps& steps, std::size_t first, std::size_t end,
                 bool grouped) {
  constexpr std::size_t kLongest = 256;  // of a period
  while (first < end) {
    std::size_t period = 1;
    std::size_t covered = repeats(steps, first, end, 1);
    for (std::size_t p = 2; grouped && p <= std::min(kLongest, (end - first) / 2); ++p) {
      const std::size_t count = repeats(steps, first, end, p);
      // A longer period pays where it covers more than it takes to write.
      if (count > 1 && p * count > covered + p + 2) {
        period = p;
        covered = p * count;
        break;
      }
    }
    if (!text.empty() && text.back() != '(') text += ' ';
    const std::size_t count = period == 1 ? covered : covered / period;
    if (period == 1) {
      text += std::to_string(steps[first]);
    } else {
      text += '(';
      write_steps(text, steps, first, first + period, false);
      text += ')';
    }
    if (count > 1) text += '*' + std::to_string(count);
    first += covered;
  }
}

std::string moved_text(const std::vector<Cycle>& moved) {
  Steps steps(moved.size());
  std::adjacent_difference(moved.begin(), moved.end(), steps.begin());
  std::string text;
  // The first step is where the stream begins: no part of a repetition.
  const std::size_t begin = std::min<std::size_t>(1, steps.size());
  write_steps(text, steps, 0, begin, false);
  write_steps(text, steps, begin, steps.size(), true);
  return text;
}

/// Reads the steps of a stream.
class StepReader {
 public:
  explicit StepReader(std::string_view text) : rest_(text) {}

  /// Nothing where the text is no list of steps.
  std::optional<std::vector<Cycle>> read() {
    Steps steps;
    if (!read_steps(steps, false) || !rest_.empty()) return std::nullopt;
    std::vector<Cycle> moved;
    moved.reserve(steps.size());
    Cycle now = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if ((steps[i] == 0 && i > 0) || steps[i] > kMostCycles - now) return std::nullopt;
      moved.push_back(now += steps[i]);
    }
    return moved;
  }

 private:
  static constexpr Cycle kMostCycles = Cycle{1} << 40;
  static constexpr std::size_t kMostBeats = 1 << 24;

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }

  bool accept(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool read_number(std::uint64_t& number) {
    const auto result = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (result.ec != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(result.ptr - rest_.data()));
    return true;
  }

  bool read_steps(Steps& steps, bool inside) {
    for (skip_blanks(); !rest_.empty() && !(inside && rest_.front() == ')'); skip_blanks()) {
      Steps group(1);
      if (!inside && accept('(')) {
        group.clear();
        if (!read_steps(group, true) || !accept(')')) return false;
      } else if (!read_number(group[0])) {
        return false;
      }
      std::uint64_t count = 1;
      if (accept('*') && (!read_number(count) || count == 0)) return false;
      if (!group.empty() &&
          count > (kMostBeats - std::min(kMostBeats, steps.size())) / group.size())
        return false;
      for (std::uint64_t i = 0; i < count; ++i) {
        steps.insert(steps.end(), group.begin(), group.end());
      }
    }
    return true;
  }

  std::string_view rest_;
};

/// Reads a file line by line.
class TraceReader {
 public:
  TraceReader(const std::string& text, std::string file, Findings& findings)
      : lines_(text), file_(std::move(file)), findings_(findings) {}

  BeatTraces read() {
    std::string line;
    if (!std::getline(lines_, line) || line != kHeader) {
      findings_.add({file_, 1, 1}, "this is no beat trace of this version",
                    "remove the file; it is recorded anew");
      return {};
    }
    while (std::getline(lines_, line)) {
      ++number_;
      if (line.empty() || line[0] == '#') continue;
      const std::size_t blank = line.find(' ');
      const std::string key = line.substr(0, blank);
      const std::string value = blank == std::string::npos ? "" : line.substr(blank + 1);
      if (!read_line(key, value)) {
        findings_.add({file_, number_, 1}, fmt::format("'{}' cannot be read here", shown(line)),
                      "the file is damaged: remove it, and it is recorded anew");
        return {};
      }
    }
    return std::move(traces_);
  }

 private:
  static std::string shown(const std::string& line) {
    constexpr std::size_t kMost = 40;
    return line.size() > kMost ? line.substr(0, kMost) + "..." : line;
  }

  bool read_line(const std::string& key, const std::string& value) {
    if (key == "kernel") {
      traces_.kernel = value;
    } else if (key == "digest") {
      traces_.digest = value;
    } else if (key == "seed") {
      const auto result = std::from_chars(value.data(), value.data() + value.size(), traces_.seed);
      return result.ec == std::errc() && result.ptr == value.data() + value.size();
    } else if (key == "point") {
      traces_.points.push_back({value, {}, {}});
    } else if (traces_.points.empty()) {
      return false;
    } else if (key == "key") {
      traces_.points.back().key = value;
    } else if (key == "run") {
      return read_run(value);
    } else if (key == "in" || key == "out") {
      return read_stream(key == "in", value);
    } else {
      return false;
    }
    return true;
  }

  bool read_run(const std::string& value) {
    std::istringstream words(value);
    RunTrace run;
    if (!(words >> run.status >> run.cycles)) return false;
    if (run.status != "done" && run.status != "stuck" && run.status != "ended") return false;
    std::getline(words >> std::ws, run.pressure);
    traces_.points.back().runs.push_back(std::move(run));
    return true;
  }

  bool read_stream(bool is_input, const std::string& value) {
    std::vector<RunTrace>& runs = traces_.points.back().runs;
    std::istringstream words(value);
    StreamTrace stream;
    std::string steps;
    if (runs.empty() || !(words >> stream.name >> stream.offered)) return false;
    std::getline(words, steps);
    auto moved = StepReader(steps).read();
    if (!moved || (!moved->empty() && moved->back() >= runs.back().cycles)) return false;
    stream.is_input = is_input;
    stream.moved = std::move(*moved);
    runs.back().streams.push_back(std::move(stream));
    return true;
  }

  std::istringstream lines_;
  const std::string file_;
  Findings& findings_;
  int number_ = 1;
  BeatTraces traces_;
};

}  // namespace

std::string beat_trace_text(const BeatTraces& traces) {
  std::string text = fmt::format("{}\nkernel {}\ndigest {}\nseed {}\n", kHeader, traces.kernel,
                                 traces.digest, traces.seed);
  for (const PointTrace& point : traces.points) {
    text += fmt::format("\npoint {}\nkey {}\n", point.name, point.key);
    for (const RunTrace& run : point.runs) {
      text += fmt::format("run {} {} {}\n", run.status, run.cycles, run.pressure);
      for (const StreamTrace& stream : run.streams) {
        const std::string steps = moved_text(stream.moved);
        text += fmt::format("{} {} {}{}{}\n", stream.is_input ? "in" : "out", stream.name,
                            stream.offered, steps.empty() ? "" : " ", steps);
      }
    }
  }
  return text;
}

BeatTraces parse_beat_traces(const std::string& text, const std::string& file, Findings& findings) {
  return TraceReader(text, file, findings).read();
}

}  // namespace qnnsim
