// SPDX-License-Identifier: Apache-2.0
#include "analysis/calibration_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <stdexcept>

#include "models/block.h"
#include "models/pressure.h"
#include "sim/formula.h"
#include "sim/settings.h"
#include "sim/yaml_reader.h"

namespace qnnsim {
namespace {

using Member = YamlValue::Member;
using Kind = YamlValue::Kind;

constexpr std::size_t kMostPoints = 4096;

/// The parameters that one point adds to those that all have.
using PointValues = std::vector<Member>;

YamlPtr scalar(const std::string& text, const Place& place) {
  auto value = std::make_shared<YamlValue>();
  value->kind = Kind::kScalar;
  value->text = text;
  value->place = place;
  return value;
}

/// "pe=2 simd=3" for every point: what is the same in all of them is left out.
std::vector<std::string> names_of(const std::vector<PointValues>& points) {
  std::map<std::string, std::set<std::string>> texts;
  for (const PointValues& values : points) {
    for (const Member& member : values) texts[member.key].insert(member.value->text);
  }
  std::vector<std::string> names;
  for (const PointValues& values : points) {
    std::vector<std::string> words;
    for (const Member& member : values) {
      const bool differs = points.size() == 1 || texts[member.key].size() > 1;
      if (differs) words.push_back(member.key + "=" + member.value->text);
    }
    names.push_back(words.empty() ? "the only point" : join(words, " "));
  }
  return names;
}

/// Is `value` a word or number? Else a finding.
bool check_scalar(const Member& member, const YamlValue& value, Findings& findings) {
  if (value.kind == Kind::kScalar) return true;
  findings.add(value.place, fmt::format("a value of '{}' must be a number or a word", member.key));
  return false;
}

/// Every combination of the values under `grid`.
std::vector<PointValues> read_grid(YamlReader grid, Findings& findings) {
  std::vector<PointValues> points = {{}};
  for (const Member& member : grid.members()) {
    std::vector<YamlPtr> values = member.value->items;
    if (member.value->kind != Kind::kList) values = {member.value};
    if (values.empty()) findings.add(member.value->place, "an empty list leaves no point");
    std::vector<PointValues> crossed;
    for (const PointValues& point : points) {
      for (const YamlPtr& value : values) {
        if (!check_scalar(member, *value, findings) || crossed.size() > kMostPoints) continue;
        crossed.push_back(point);
        crossed.back().push_back({member.key, member.key_place, value});
      }
    }
    points = std::move(crossed);
  }
  return points;
}

/// The list under `points`.
std::vector<PointValues> read_points(YamlReader& calibrate, Findings& findings) {
  std::vector<PointValues> points;
  for (YamlReader& reader : calibrate.maps("points", "a point")) {
    points.emplace_back();
    for (const Member& member : reader.members()) {
      if (check_scalar(member, *member.value, findings)) points.back().push_back(member);
    }
  }
  return points;
}

bool is_number(const std::string& text) {
  double number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

/// The formulas among the parameters of the RTL, evaluated for one point.
class ParameterFormulas {
 public:
  explicit ParameterFormulas(Findings& findings) : findings_(findings) {}

  /// `kernel` with numbers in place of formulas over `values`, and in texts in place of
  /// `{formula}`.
  YamlPtr evaluate(const YamlPtr& kernel, const Traits& values) {
    YamlPtr evaluated = kernel;
    for (const Member& member : kernel->members) {
      Member replaced = member;
      replaced.value = member.key == "parameters" ? parameters(member.value, values)
                       : member.key == "ports"    ? member.value
                                                  : filled(member.value, values);
      evaluated = with_member(*evaluated, std::move(replaced));
    }
    return evaluated;
  }

 private:
  YamlPtr parameters(const YamlPtr& given, const Traits& values) {
    if (given->kind != Kind::kMap) return given;
    YamlPtr evaluated = given;
    for (const Member& member : given->members) {
      const YamlValue& value = *member.value;
      if (value.kind != Kind::kScalar) continue;
      const std::string& text = value.text;
      const bool is_formula = !value.quoted && !is_number(text) && text != "true" &&
                              text != "false" && text.find('\'') == std::string::npos;
      Member replaced = member;
      replaced.value = is_formula
                           ? scalar(evaluate(text, value.place, values).value_or("0"), value.place)
                           : filled(member.value, values);
      evaluated = with_member(*evaluated, std::move(replaced));
    }
    return evaluated;
  }

  /// `value` with numbers in place of formulas in braces.
  YamlPtr filled(const YamlPtr& value, const Traits& values) {
    auto result = std::make_shared<YamlValue>(*value);
    for (YamlPtr& item : result->items) item = filled(item, values);
    std::string& text = result->text;
    for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at)) {
      const std::size_t end = text.find('}', at);
      if (end == std::string::npos) break;
      const std::string formula = text.substr(at + 1, end - at - 1);
      const std::string number = evaluate(formula, value->place, values).value_or("0");
      text.replace(at, end - at + 1, number);
      at += number.size();
    }
    return result;
  }

  static std::vector<std::string> keys_of(const Traits& values) {
    std::vector<std::string> names;
    for (const auto& value : values) names.push_back(value.first);
    return names;
  }

  std::optional<std::string> evaluate(const std::string& text, const Place& place,
                                      const Traits& values) {
    try {
      const Formula formula(text);
      for (const std::string& name : formula.traits()) {
        if (values.count(name) != 0) continue;
        findings_.add(
            place, fmt::format("the model has no parameter '{}'", name),
            suggest(name, keys_of(values)) + "; a word that is meant as text stands in quotes");
        return std::nullopt;
      }
      const double number = formula(values);
      if (number == std::floor(number) && std::abs(number) < 1e15) {
        return std::to_string(static_cast<std::int64_t>(number));
      }
      if (std::isfinite(number)) return fmt::format("{}", number);
      findings_.add(place, fmt::format("'{}' is no number", text));
    } catch (const std::invalid_argument& error) {
      findings_.add(place, fmt::format("'{}' is no formula: {}", text, error.what()),
                    "text stands in quotes");
    }
    return std::nullopt;
  }

  Findings& findings_;
};

/// Every whole number of `model` by name: a formula may name what is no trait.
void add_numbers(const YamlValue& model, Traits& values) {
  for (const Member& member : model.members) {
    const YamlValue& value = *member.value;
    if (value.kind != Kind::kScalar || value.quoted) continue;
    std::int64_t number = 0;
    const std::string& text = value.text;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec == std::errc() && result.ptr == text.data() + text.size()) {
      values.emplace(member.key, number);
    } else if (text == "true" || text == "false") {
      values.emplace(member.key, text == "true" ? 1 : 0);
    }
  }
}

/// Makes the points of a file.
class PointMaker {
 public:
  PointMaker(CalibrationFile& file, YamlPtr kernel, YamlPtr model, Findings& findings)
      : file_(file),
        kernel_(std::move(kernel)),
        model_(std::move(model)),
        create_(blocks().at(file.block)),
        findings_(findings) {}

  void add(const std::string& name, const PointValues& values) {
    YamlPtr model = model_;
    for (const Member& member : values) model = with_member(*model, member);
    YamlReader reader(model, fmt::format("the block '{}'", file_.block), findings_);
    CalibrationPoint point;
    point.name = name;
    for (const Member& member : values) point.values.emplace_back(member.key, member.value->text);
    try {
      point.model = create_(reader);
    } catch (const ParameterError& error) {
      // A value that could not be read has its finding already.
      if (!reader.failed()) {
        file_.skipped.push_back(fmt::format("{}: {}", point.name, error.what()));
      }
    }
    reader.finish();
    if (!point.model) return;
    if (!point.model->schedule()) {
      findings_.add(model->place,
                    fmt::format("the schedule of block '{}' is not known beforehand", file_.block));
    }
    Traits traits = point.model->traits();
    add_numbers(*model, traits);
    YamlReader kernel(formulas_.evaluate(kernel_, traits), "the kernel", findings_);
    point.rtl = read_foreign_rtl(kernel, findings_);
    kernel.finish();
    file_.points.push_back(std::move(point));
  }

 private:
  CalibrationFile& file_;
  const YamlPtr kernel_;
  const YamlPtr model_;
  const BlockFactory& create_;
  Findings& findings_;
  ParameterFormulas formulas_{findings_};
};

/// As many frames as show how they follow each other, and fill any queue.
std::uint64_t frames_for(const Kernel& model) {
  constexpr std::uint64_t kFrames = 4;
  constexpr std::uint64_t kBeats = 128;
  std::uint64_t beats = 1;
  for (const auto* ports : {&model.inputs(), &model.outputs()}) {
    for (const Port& port : *ports) beats = std::max(beats, port.beats);
  }
  return std::max(kFrames, (kBeats + beats - 1) / beats);
}

/// The values of the grid among the points that are fitted, and how many have each.
class FittedValues {
 public:
  explicit FittedValues(const std::vector<CalibrationPoint>& points) {
    for (const CalibrationPoint& point : points) {
      for (const auto& [key, value] : point.values) ++points_[key][number(value)][value];
    }
  }

  /// Is there enough left without the point: each of its values, or others on both sides of it?
  bool can_spare(const CalibrationPoint& point) const {
    constexpr std::size_t kFew = 4;  // values of a key, to tell one formula from another
    return std::all_of(point.values.begin(), point.values.end(), [&](const auto& entry) {
      const auto& values = points_.at(entry.first);
      const auto place = values.find(number(entry.second));
      if (place->second.at(entry.second) > 1) return true;
      const bool is_end = place == values.begin() || std::next(place) == values.end();
      return !is_end && place->second.size() == 1 && values.size() > kFew;
    });
  }

  void remove(const CalibrationPoint& point) {
    for (const auto& [key, value] : point.values) {
      auto& values = points_.at(key);
      auto& words = values.at(number(value));
      if (--words.at(value) == 0) words.erase(value);
      if (words.empty()) values.erase(number(value));
    }
  }

 private:
  /// 0 for words, which have no order.
  static double number(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  std::map<std::string, std::map<double, std::map<std::string, int>>> points_;  ///< by key, value
};

/// Draws the points that are kept out of the fit.
void hold_out(CalibrationFile& file) {
  std::vector<std::size_t> order(file.points.size());
  std::iota(order.begin(), order.end(), 0);
  const std::uint64_t seed = derive_seed(file.seed, "held out");
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return draw(seed, a) < draw(seed, b); });
  FittedValues fitted(file.points);
  auto wanted = static_cast<std::size_t>(std::ceil(file.held_out * double(order.size()) - 1e-9));
  for (std::size_t index : order) {
    CalibrationPoint& point = file.points[index];
    if (wanted == 0 || !fitted.can_spare(point)) continue;
    fitted.remove(point);
    point.held_out = true;
    --wanted;
  }
}

void read_streams(YamlReader reader, CalibrationFile& file) {
  file.streams_place = reader.place();
  for (const PlacedText& name : reader.texts("inputs")) file.input_streams.push_back(name.text);
  for (const PlacedText& name : reader.texts("outputs")) file.output_streams.push_back(name.text);
  for (const PlacedText& name : reader.texts("steady")) {
    const auto& inputs = file.input_streams;
    const auto found = std::find(inputs.begin(), inputs.end(), name.text);
    if (found == inputs.end()) {
      reader.complain_at(name.place, fmt::format("'inputs' does not name '{}'", name.text),
                         inputs.empty() ? "give the 'inputs' in the order of the model's"
                                        : suggest(name.text, inputs));
    } else {
      file.steady.push_back(static_cast<std::size_t>(found - inputs.begin()));
    }
  }
  reader.finish();
}

void read_terms(YamlReader& reader, CalibrationFile& file) {
  for (const PlacedText& term : reader.texts("terms")) {
    try {
      Formula check(term.text);
      file.terms.push_back(term.text);
    } catch (const std::invalid_argument& error) {
      reader.complain_at(term.place,
                         fmt::format("'{}' is no formula: {}", term.text, error.what()));
    }
  }
}

void check_block(YamlReader& calibrate, CalibrationFile& file) {
  if (file.block.empty() || blocks().count(file.block) != 0) return;
  std::vector<std::string> names;
  for (const auto& block : blocks()) names.push_back(block.first);
  calibrate.complain("block", fmt::format("there is no block '{}'", file.block),
                     suggest(file.block, names));
  file.block.clear();
}

/// Reads the section `calibrate` and makes the points; `kernel` is what describes the RTL.
void read_calibration(YamlReader calibrate, const YamlPtr& kernel, CalibrationFile& file,
                      Findings& findings) {
  constexpr std::int64_t kMostFrames = 1 << 20;
  calibrate.require("name", "the name of the calibration");
  file.name = calibrate.text("name", "");
  std::optional<std::uint64_t> frames;
  if (file.name.find('/') != std::string::npos) {
    calibrate.complain("name", fmt::format("'{}' is no name of a file", file.name),
                       "-o FILE writes it elsewhere");
  }
  calibrate.require("block", "the model that the kernel follows");
  file.block = calibrate.text("block", "");
  check_block(calibrate, file);
  if (calibrate.has("frames")) {
    frames = static_cast<std::uint64_t>(calibrate.integer("frames", {}, 1, kMostFrames));
  }
  if (calibrate.has("held_out")) file.held_out = calibrate.probability("held_out");
  read_terms(calibrate, file);
  read_streams(calibrate.map("streams", "'streams'"), file);
  YamlReader model = calibrate.map("model", "the model");
  const YamlPtr model_value = calibrate.value("model");
  auto empty = std::make_shared<YamlValue>();
  empty->kind = Kind::kMap;
  empty->place = calibrate.place();
  std::vector<PointValues> points = read_grid(calibrate.map("grid", "the grid"), findings);
  if (calibrate.has("points")) {
    const bool has_grid = calibrate.has("grid");
    if (has_grid) calibrate.complain("points", "there are both 'grid' and 'points'");
    points = read_points(calibrate, findings);
  }
  calibrate.finish();
  if (points.size() > kMostPoints) {
    findings.add(calibrate.place("grid"),
                 fmt::format("the grid has more than {} points", kMostPoints));
    return;
  }
  if (file.block.empty() || model.failed()) return;
  PointMaker maker(file, kernel, model_value ? model_value : empty, findings);
  const std::vector<std::string> names = names_of(points);
  for (std::size_t i = 0; i < points.size(); ++i) maker.add(names[i], points[i]);
  for (CalibrationPoint& point : file.points) {
    point.frames = frames.value_or(frames_for(*point.model));
  }
  if (file.points.empty() && findings.empty()) {
    findings.add(calibrate.place("grid"), "the model can have none of the points",
                 file.skipped.empty() ? "" : file.skipped.front());
  }
}

}  // namespace

CalibrationFile load_calibration_file(const std::string& path,
                                      const std::vector<std::string>& settings,
                                      Findings& findings) {
  CalibrationFile file;
  file.path = path;
  YamlPtr root = load_yaml(path, {path, 0, 0}, findings);
  if (!root) return file;
  YamlReader reader(apply_settings(std::move(root), settings, findings), "the kernel file",
                    findings);
  file.seed = static_cast<std::uint64_t>(
      reader.integer("seed", 1, 0, std::numeric_limits<std::int64_t>::max()));
  reader.require("kernel", "what describes the RTL");
  reader.require("calibrate", "the block that the kernel follows, and the grid");
  const YamlPtr kernel = reader.value("kernel");
  YamlReader calibrate = reader.map("calibrate", "the calibration");
  if (kernel && reader.has("calibrate")) read_calibration(calibrate, kernel, file, findings);
  reader.finish();
  if (findings.empty()) hold_out(file);
  return file;
}

}  // namespace qnnsim
