// SPDX-License-Identifier: Apache-2.0
#include "analysis/calibration_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "sim/or_null.h"
#include "sim/text_lines.h"
#include "sim/text_table.h"
#include "version.h"

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto kLeft = TextTable::Align::kLeft;

/// How many points are of which sort.
struct PointCounts {
  std::size_t fitted = 0;
  std::size_t held_out = 0;
  std::size_t refused = 0;
};

PointCounts count_points(const CalibrationFile& file, const Recording& recording) {
  PointCounts counts;
  for (std::size_t i = 0; i < file.points.size(); ++i) {
    if (!recording.refusals[i].empty()) ++counts.refused;
    if (recording.ran(i)) ++(file.points[i].held_out ? counts.held_out : counts.fitted);
  }
  return counts;
}

/// The sums over some residuals.
Residual sum_of(const std::vector<Residual>& residuals, const CalibrationFile& file,
                bool held_out) {
  Residual sum;
  for (const Residual& residual : residuals) {
    if (file.points[residual.point].held_out != held_out) continue;
    sum.beats += residual.beats;
    sum.worst = std::max(sum.worst, residual.worst);
    sum.error_cycles += residual.error_cycles;
  }
  return sum;
}

double mean(const Residual& residual) {
  return residual.beats == 0 ? 0 : double(residual.error_cycles) / double(residual.beats);
}

/// Does the field say what a model has by default?
bool is_default(const std::string& name, const std::string& formula) {
  return (formula == "0" && (name == "start" || name == "frame_gap" || name == "capacity")) ||
         (formula == "1" && name == "interval");
}

/// Writes one report, section by section.
class CalibrationWriter : private TextLines {
 public:
  CalibrationWriter(const CalibrationFile& file, const Recording& recording,
                    const CalibrationFit& fit)
      : file_(file), recording_(recording), fit_(fit) {}

  std::string write() {
    write_header();
    if (fit_.entries.empty()) {
      write_refusal();
      write_fit(fit_.refused_entries);
    } else {
      write_fit(fit_.entries);
      write_residuals();
    }
    write_left_out();
    return std::move(text_);
  }

 private:
  void write_header() {
    const PointCounts counts = count_points(file_, recording_);
    line("calibration {}, block {}, module {}", file_.name, file_.block, recording_.traces.kernel);
    line(
        "points      {} fitted, {} kept out of the fit, {} that the RTL refuses, {} that the "
        "model cannot have",
        counts.fitted, counts.held_out, counts.refused, file_.skipped.size());
    line("runs        {} of RTL, {} recorded before; seed {}, qnnsim {}", recording_.runs,
         recording_.reused, file_.seed, kVersion);
  }

  void write_fit(const std::vector<TimingFit>& entries) {
    for (const TimingFit& entry : entries) {
      line("\n{}{}", entry.when.empty() ? "" : entry.when + ": ", style_text(entry.style));
      for (const auto& [name, explanation] : entry.fields) {
        if (is_default(name, explanation.formula)) continue;
        line("  {:<11} {}", name, explanation.formula);
        if (explanation.rivals.empty()) continue;
        line("  {:<11} also {}{}: more points would tell", "", explanation.rivals.front(),
             explanation.rivals.size() == 1
                 ? ""
                 : fmt::format(" or {} others", explanation.rivals.size() - 1));
      }
    }
  }

  void write_residuals() {
    constexpr std::size_t kMostRows = 40;
    const bool all = fit_.residuals.size() <= kMostRows;
    TextTable table({{"point", "", kLeft},
                     {"", "", kLeft},
                     {"pressure", "", kLeft},
                     {"beats", ""},
                     {"worst", "[cycles]"},
                     {"mean", "[cycles]"}});
    const auto add = [&](const std::string& point, const char* sort, const std::string& pressure,
                         const Residual& residual) {
      table.add({point, sort, pressure, fmt::to_string(residual.beats),
                 fmt::to_string(residual.worst), fmt::format("{:.3f}", mean(residual))});
    };
    for (std::size_t i = 0; i < file_.points.size(); ++i) {
      const CalibrationPoint& point = file_.points[i];
      const char* sort = point.held_out ? "kept out" : "fitted";
      Residual sum;
      for (const Residual& residual : fit_.residuals) {
        if (residual.point != i) continue;
        if (all) add(point.name, sort, residual.pressure, residual);
        sum.beats += residual.beats;
        sum.worst = std::max(sum.worst, residual.worst);
        sum.error_cycles += residual.error_cycles;
      }
      if (!all && sum.beats != 0) add(point.name, sort, "all", sum);
    }
    line("\nhow far the fitted model is from the RTL");
    text_ += table.render();
    const Residual fitted = sum_of(fit_.residuals, file_, false);
    const Residual kept_out = sum_of(fit_.residuals, file_, true);
    line("\nfitted      {} beats, worst error {} cycles, mean {:.3f}", fitted.beats, fitted.worst,
         mean(fitted));
    if (kept_out.beats == 0) {
      line("warning: no point was kept out of the fit, so nothing tests it; give more points");
    } else {
      line("kept out    {} beats, worst error {} cycles, mean {:.3f}", kept_out.beats,
           kept_out.worst, mean(kept_out));
    }
  }

  void write_refusal() {
    if (!fit_.refusal) return;
    const FitRefusal& refusal = *fit_.refusal;
    line("\nno fit: {}{}", refusal.point.empty() ? "" : refusal.point + ": ", refusal.reason);
    for (const std::string& detail : refusal.details) line("  {}", detail);
  }

  void write_left_out() {
    if (!file_.skipped.empty()) {
      line("\nthe model cannot have");
      for (const std::string& skipped : file_.skipped) line("  {}", skipped);
    }
    write_refused_points();
    for (const std::string& warning : recording_.warnings) line("\nwarning: {}", warning);
  }

  /// `text` without what follows its first lines.
  static std::string first_lines(const std::string& text) {
    constexpr int kMost = 12;
    std::size_t end = 0;
    for (int lines = 0; lines < kMost; ++lines) {
      end = text.find('\n', end);
      if (end == std::string::npos) return text;
      ++end;
    }
    return text.substr(0, end) + "...";
  }

  /// What the RTL said, once, with all points to which it said it.
  void write_refused_points() {
    std::vector<std::pair<std::string, std::string>> told;  // message, points
    for (std::size_t i = 0; i < file_.points.size(); ++i) {
      std::string message = recording_.refusals[i];
      if (message.empty()) continue;
      const std::string& name = file_.points[i].name;
      if (message.rfind(name + ": ", 0) == 0) message.erase(0, name.size() + 2);
      const auto same = std::find_if(told.begin(), told.end(),
                                     [&](const auto& other) { return other.first == message; });
      if (same == told.end()) {
        told.emplace_back(message, name);
      } else {
        same->second += ", " + name;
      }
    }
    if (!told.empty()) line("\nwarning: the RTL refuses");
    for (const auto& [message, points] : told) line("  {}: {}", points, first_lines(message));
  }

  const CalibrationFile& file_;
  const Recording& recording_;
  const CalibrationFit& fit_;
};

Json to_json(const TimingFit& entry) {
  Json fields = Json::object();
  Json rivals = Json::object();
  for (const auto& [name, explanation] : entry.fields) {
    fields[name] = explanation.formula;
    if (!explanation.rivals.empty()) rivals[name] = explanation.rivals;
  }
  return {{"when", entry.when.empty() ? Json(nullptr) : Json(entry.when)},
          {"style", style_text(entry.style)},
          {"timing", std::move(fields)},
          {"rivals", std::move(rivals)}};
}

/// A number as a constant, anything else as a formula.
std::vector<Term> terms_of(const std::string& formula) {
  std::int64_t number = 0;
  const auto result = std::from_chars(formula.data(), formula.data() + formula.size(), number);
  const bool whole = result.ec == std::errc() && result.ptr == formula.data() + formula.size();
  if (whole) return {{"1", double(number)}};
  return {{formula, 1}};
}

}  // namespace

std::string calibration_table(const CalibrationFile& file, const Recording& recording,
                              const CalibrationFit& fit) {
  return CalibrationWriter(file, recording, fit).write();
}

Json to_json(const CalibrationFile& file, const Recording& recording, const CalibrationFit& fit) {
  Json points = Json::array();
  for (std::size_t i = 0; i < file.points.size(); ++i) {
    const std::string& refused = recording.refusals[i];
    points.push_back({{"point", file.points[i].name},
                      {"held_out", file.points[i].held_out},
                      {"refused", refused.empty() ? Json(nullptr) : Json(refused)}});
  }
  Json entries = Json::array();
  for (const TimingFit& entry : fit.entries) entries.push_back(to_json(entry));
  Json residuals = Json::array();
  for (const Residual& residual : fit.residuals) {
    residuals.push_back({{"point", file.points[residual.point].name},
                         {"pressure", residual.pressure},
                         {"beats", residual.beats},
                         {"worst_cycles", residual.worst},
                         {"mean_cycles", mean(residual)}});
  }
  Json refusal = nullptr;
  if (fit.refusal) {
    refusal = {{"reason", fit.refusal->reason},
               {"point", fit.refusal->point.empty() ? Json(nullptr) : Json(fit.refusal->point)},
               {"details", fit.refusal->details}};
  }
  const auto sum_json = [&](bool held_out) -> Json {
    const Residual sum = sum_of(fit.residuals, file, held_out);
    if (sum.beats == 0) return nullptr;
    return {{"beats", sum.beats}, {"worst_cycles", sum.worst}, {"mean_cycles", mean(sum)}};
  };
  return {{"schema", 1},
          {"calibration", file.name},
          {"block", file.block},
          {"module", recording.traces.kernel},
          {"digest", recording.traces.digest},
          {"seed", file.seed},
          {"version", kVersion},
          {"interrupted", recording.interrupted},
          {"runs", recording.runs},
          {"runs_recorded_before", recording.reused},
          {"tolerance_cycles", fit.tolerance},
          {"points", std::move(points)},
          {"skipped", file.skipped},
          {"fit", std::move(entries)},
          {"refusal", std::move(refusal)},
          {"residuals", std::move(residuals)},
          {"fitted", sum_json(false)},
          {"held_out", sum_json(true)},
          {"warnings", recording.warnings}};
}

std::vector<TimingEntry> timing_entries(const CalibrationFile& file, const CalibrationFit& fit,
                                        const std::string& evidence) {
  const Residual kept_out = sum_of(fit.residuals, file, true);
  const Residual fitted = sum_of(fit.residuals, file, false);
  ModelError error;
  std::vector<bool> seen(file.points.size(), false);
  for (const Residual& residual : fit.residuals) {
    if (seen[residual.point]) continue;
    seen[residual.point] = true;
    ++(file.points[residual.point].held_out ? error.held_out : error.points);
  }
  error.beats = kept_out.beats;
  error.worst_cycles = kept_out.beats != 0 ? kept_out.worst : fitted.worst;
  std::vector<TimingEntry> entries;
  for (const TimingFit& timing : fit.entries) {
    TimingEntry entry;
    entry.when = timing.when;
    entry.flow = timing.style.flow;
    entry.hold = timing.style.hold;
    entry.frames_overlap = timing.style.frames_overlap;
    const auto add = [&](const char* name, std::int64_t value) {
      entry.numbers[name] = {{"1", double(value)}};
    };
    add("room_after", timing.style.room_after);
    if (timing.style.capacity != 0) {
      add("intake", timing.style.intake);
      add("release", timing.style.release);
      add("fetch", timing.style.fetch);
    }
    for (const auto& [name, explanation] : timing.fields) {
      if (is_default(name, explanation.formula) && name != "capacity") continue;
      entry.numbers[name] = terms_of(explanation.formula);
    }
    entry.evidence = evidence;
    if (error.held_out != 0) entry.error = error;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string calibration_source(const CalibrationFile& file, const Recording& recording,
                               const CalibrationFit& fit) {
  std::vector<std::string> names;
  for (const std::string& path : file.points.front().rtl.sources) {
    names.push_back(std::filesystem::path(path).filename().string());
  }
  const std::uint64_t worst =
      std::max(sum_of(fit.residuals, file, false).worst, sum_of(fit.residuals, file, true).worst);
  std::vector<std::string> steady;
  for (std::size_t input : file.steady) steady.push_back(file.input_streams[input]);
  return fmt::format("qnnsim calibrate {}: module {} of {}, sha256 {}{}{}",
                     std::filesystem::path(file.path).filename().string(), recording.traces.kernel,
                     join(names), recording.traces.digest.substr(0, 16),
                     steady.empty() ? "" : fmt::format(", beats always on {}", join(steady)),
                     worst == 0 ? "" : fmt::format(", off by up to {} cycles", worst));
}

}  // namespace qnnsim
