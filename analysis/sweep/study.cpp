// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "sim/cosim/kernel_file.h"
#include "sim/input_file.h"
#include "sim/lowering.h"
#include "sim/scenario.h"
#include "sim/scenario_yaml.h"
#include "sim/sha256.h"
#include "sim/yaml_reader.h"
#include "sim/yaml_text.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;
using Settings = std::vector<Setting>;
using Words = std::vector<std::string>;

constexpr std::size_t kMostSweepPoints = 1'000'000;

/// Options that are the sweep's own, and those that write files, which points would share.
const std::set<std::string> kNotForPoints = {"all-fifos", "all-layers", "beats", "finn",
                                             "help",      "hls4ml",     "json",  "out",
                                             "output",    "quiet",      "set",   "trace"};

const std::map<std::string, Words> kDefaultColumns = {
    {"run",
     {"cycles.interval", "fps", "latency_us", "resources.lut", "resources.ff", "resources.dsp",
      "resources.bram18", "resources.uram", "bottleneck"}},
    {"size", {"sized.interval", "sized.fps", "before.cost", "sized.cost", "optimal"}},
    {"fold",
     {"folded.interval", "folded.fps", "folded.resources.lut", "folded.resources.dsp",
      "folded.resources.bram18", "folded.bottleneck", "optimal"}}};

bool contains(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Settings settings_of(YamlReader reader) {
  Settings settings;
  for (const YamlValue::Member& member : reader.members()) {
    settings.push_back({member.key, member.value, member.key_place});
  }
  return settings;
}

/// Has every key of the grid a list of values, and are they not too many together?
bool is_grid(YamlReader& reader) {
  std::size_t points = 1;
  for (const YamlValue::Member& member : reader.members()) {
    const std::size_t values = member.value->items.size();
    if (values == 0) {
      reader.complain(member.key, fmt::format("'{}' must be a list of values", member.key),
                      "what is the same for every point stands in 'set'");
    } else if (points <= kMostSweepPoints && points * values > kMostSweepPoints) {
      reader.complain(member.key,
                      fmt::format("the grid has more than {} points", kMostSweepPoints));
    }
    points = std::min(points * std::max<std::size_t>(values, 1), kMostSweepPoints + 1);
  }
  return !reader.failed();
}

/// Every combination of the grid's values, the last key fastest; none of an empty grid.
std::vector<Settings> grid_of(YamlReader& reader) {
  if (!is_grid(reader) || reader.members().empty()) return {};
  std::vector<Settings> points(1);
  for (const YamlValue::Member& member : reader.members()) {
    std::vector<Settings> longer;
    for (const Settings& point : points) {
      for (const YamlPtr& value : member.value->items) {
        longer.push_back(point);
        longer.back().push_back({member.key, value, member.key_place});
      }
    }
    points = std::move(longer);
  }
  return points;
}

std::vector<Settings> settings_of_points(YamlReader& reader) {
  YamlReader grid = reader.map("grid", "the grid");
  std::vector<Settings> points = grid_of(grid);
  std::vector<YamlReader> list = reader.maps("points", "a point");
  for (YamlReader& point : list) points.push_back(settings_of(std::move(point)));
  if (points.empty() && !grid.failed()) {
    reader.complain("study", "the study has no points",
                    "'grid' gives every combination of values, 'points' a list of points");
  }
  return points;
}

/// The options behind the verb, as `--name=value`.
Words options_of(YamlReader reader, const std::string& verb, const VerbOptions& options) {
  Words known = options(verb);
  known.erase(
      std::remove_if(known.begin(), known.end(),
                     [](const std::string& name) { return kNotForPoints.count(name) != 0; }),
      known.end());
  for (std::string& name : known) std::replace(name.begin(), name.end(), '-', '_');
  Words result;
  for (const YamlValue::Member& member : reader.members()) {
    if (member.key == "verb") continue;
    if (!contains(known, member.key)) {
      reader.complain_at(member.key_place,
                         fmt::format("'{}' is no option of '{}' for a sweep", member.key, verb),
                         suggest(member.key, known));
      continue;
    }
    std::string name = member.key;
    std::replace(name.begin(), name.end(), '_', '-');
    for (const PlacedText& value : reader.texts(member.key)) {
      result.push_back(fmt::format("--{}={}", name, value.text));
    }
  }
  return result;
}

Words columns_of(YamlReader& reader, const Study& study) {
  Words taken = study.keys;
  for (const char* own : {"point", "status", "reason"}) taken.emplace_back(own);
  Words columns;
  if (!reader.has("columns")) {
    for (const std::string& column : kDefaultColumns.at(study.verb)) {
      if (!contains(taken, column)) columns.push_back(column);
    }
  }
  for (const PlacedText& column : reader.texts("columns")) {
    if (contains(taken, column.text)) {
      reader.complain_at(column.place,
                         fmt::format("the table has a column '{}' already", column.text));
    }
    taken.push_back(column.text);
    columns.push_back(column.text);
  }
  return columns;
}

Words keys_of(const std::vector<Settings>& points) {
  Words keys;
  std::set<std::string> known;
  for (const Settings& settings : points) {
    for (const Setting& setting : settings) {
      if (known.insert(setting.key).second) keys.push_back(setting.key);
    }
  }
  return keys;
}

/// The settings of the study and of the point, without the scenario, which is none of its own keys.
Settings scenario_settings(const Study& study, const SweepPoint& point) {
  Settings settings = study.fixed;
  settings.insert(settings.end(), point.settings.begin(), point.settings.end());
  settings.erase(std::remove_if(settings.begin(), settings.end(),
                                [](const Setting& each) { return each.key == "scenario"; }),
                 settings.end());
  return settings;
}

/// The scenario that the settings of a point name; `otherwise` where they name none.
std::string scenario_in(const Settings& settings, const std::string& otherwise,
                        Findings& findings) {
  for (const Setting& setting : settings) {
    if (setting.key != "scenario") continue;
    if (!setting.value->text.empty()) return setting.value->text;
    findings.add(setting.value->place, "'scenario' must be the path of a scenario");
    return {};
  }
  return otherwise;
}

SweepPoint point_of(const Study& study, Settings settings, std::string scenario,
                    const Words& options) {
  SweepPoint point;
  point.scenario = std::move(scenario);
  point.settings = std::move(settings);
  point.arguments = {study.verb, point.scenario};
  point.arguments.insert(point.arguments.end(), options.begin(), options.end());
  for (const Setting& setting : scenario_settings(study, point)) {
    point.arguments.insert(point.arguments.end(),
                           {"--set", setting.key + "=" + yaml_line(setting.value)});
  }
  point.id = sha256(join(point.arguments, std::string_view("\0", 1)));
  return point;
}

Study read_study(YamlReader& reader, const std::string& path, const VerbOptions& options,
                 Findings& findings) {
  Study study;
  study.path = path;
  study.directory = fs::absolute(path).parent_path().lexically_normal().string();
  study.name = reader.text("study", fs::path(path).stem().string());
  if (study.name.find('/') != std::string::npos) {
    reader.complain("study", "the name of a study names a directory, and has no '/'");
  }
  reader.file("scenario");
  const std::string scenario = reader.text("scenario", "");
  study.fixed = settings_of(reader.map("set", "'set'"));
  YamlReader run = reader.map("run", "'run'");
  study.verb = run.choice("verb", {"run", "size", "fold"});
  const Words words = options_of(run, study.verb, options);
  const std::vector<Settings> points = settings_of_points(reader);
  study.keys = keys_of(points);
  study.columns = columns_of(reader, study);
  std::set<std::string> known;
  for (const Settings& settings : points) {
    const std::string own = scenario_in(settings, scenario, findings);
    if (own.empty()) {
      reader.require("scenario", "the path of a scenario, relative to this file");
      continue;
    }
    SweepPoint point = point_of(study, settings, own, words);
    if (known.insert(point.id).second) study.points.push_back(std::move(point));
  }
  reader.finish();
  return study;
}

/// The path of a point's scenario, from where this program runs.
std::string scenario_path(const Study& study, const SweepPoint& point) {
  return (fs::path(study.path).parent_path() / point.scenario).lexically_normal().string();
}

/// What is wrong with the scenario of a point.
Findings findings_of(const Study& study, const SweepPoint& point) {
  Findings findings;
  const std::string path = scenario_path(study, point);
  if (is_kernel_file(path)) return findings;
  const Scenario scenario = load_scenario_with(path, scenario_settings(study, point), findings);
  // A folding that is to be replaced need not be right.
  if (scenario.network.is_complete && study.verb != "fold") lower(scenario, nullptr, findings);
  return findings;
}

}  // namespace

Study load_study(const std::string& path, const VerbOptions& options, Findings& findings) {
  YamlPtr root = load_yaml(path, {path, 0, 0}, findings);
  if (!root) return {};
  YamlReader reader(std::move(root), "the study", findings);
  return read_study(reader, path, options, findings);
}

void check_points(const Study& study, Findings& findings) {
  Findings first;
  for (const SweepPoint& point : study.points) {
    const Findings found = findings_of(study, point);
    if (found.empty()) return;
    if (first.empty()) first = found;
  }
  for (const Finding& finding : first.all()) {
    findings.add(finding.place, finding.message, finding.hint);
  }
}

std::map<std::string, std::string> input_digests(const Study& study) {
  std::map<std::string, std::string> digests;
  const auto name_of = [&](const std::string& path) {
    return fs::absolute(path).lexically_normal().lexically_relative(study.directory).string();
  };
  const auto add_network = [&](const YamlValue& value) {
    const std::string path = resolve_path(value.text, value.place);
    Findings ignored;
    const auto bytes = read_file(path, value.place, ignored);
    if (bytes) digests[name_of(path)] = sha256(*bytes);
  };
  std::set<std::string> known;
  for (const SweepPoint& point : study.points) {
    for (const Setting& setting : scenario_settings(study, point)) {
      if (setting.key == "network") add_network(*setting.value);
    }
    if (!known.insert(point.scenario).second) continue;
    Findings ignored;
    const std::string path = scenario_path(study, point);
    const YamlPtr root = load_scenario_yaml(path, ignored);
    if (!root) continue;
    digests[name_of(path)] = sha256(yaml_text(root));
    if (const YamlValue::Member* network = root->find("network")) add_network(*network->value);
  }
  return digests;
}

}  // namespace qnnsim
