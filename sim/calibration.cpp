// SPDX-License-Identifier: Apache-2.0
#include "sim/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

#include "models/block.h"
#include "sim/formula.h"
#include "sim/input_file.h"
#include "sim/platform.h"
#include "sim/yaml_reader.h"
#include "sim/yaml_text.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;
using Kind = YamlValue::Kind;

constexpr std::string_view kConstant = "constant";

std::optional<double> number_in(const YamlValue& value) {
  if (value.kind != Kind::kScalar || value.quoted) return std::nullopt;
  double number = 0;
  const char* end = value.text.data() + value.text.size();
  const auto result = std::from_chars(value.text.data(), end, number);
  const bool whole = result.ec == std::errc() && result.ptr == end && std::isfinite(number);
  return whole ? std::optional<double>(number) : std::nullopt;
}

/// Reads what a calibration says of one block.
class EntryReader {
 public:
  explicit EntryReader(YamlReader& reader) : reader_(reader) {}

  TimingEntry read() {
    TimingEntry entry;
    if (const std::string when = reader_.text("when", ""); !when.empty()) {
      if (is_formula(when, reader_.place("when"))) entry.when = when;
    }
    if (const auto flow = choice("flow", kFlowControlNames)) {
      entry.flow = static_cast<FlowControl>(*flow);
    }
    if (const auto hold = choice("hold", kHoldNames)) entry.hold = static_cast<Hold>(*hold);
    if (reader_.has("frames_overlap")) {
      entry.frames_overlap = reader_.boolean("frames_overlap", true);
    }
    for (const TimingField& field : kTimingFields) {
      const YamlPtr value = reader_.value(field.name);
      if (value) entry.numbers.emplace(field.name, terms(*value, std::string(field.name)));
    }
    entry.evidence = reader_.text("evidence", "");
    if (reader_.has("error")) entry.error = read_error(reader_.map("error", "the error"));
    reader_.finish();
    return entry;
  }

 private:
  template <std::size_t kNames>
  std::optional<std::size_t> choice(std::string_view key, const std::string_view (&names)[kNames]) {
    if (!reader_.has(key)) return std::nullopt;
    const std::vector<std::string> choices(std::begin(names), std::end(names));
    const std::string word = reader_.choice(key, choices);
    return std::find(choices.begin(), choices.end(), word) - choices.begin();
  }

  bool is_formula(const std::string& text, const Place& place) {
    try {
      Formula formula(text);
      return true;
    } catch (const std::invalid_argument& error) {
      reader_.complain_at(place, fmt::format("'{}' is no formula: {}", text, error.what()),
                          "docs/calibration.md says what formulas are made of");
      return false;
    }
  }

  std::vector<Term> terms(const YamlValue& value, const std::string& key) {
    if (const auto number = number_in(value)) return {{"1", *number}};
    if (value.kind == Kind::kScalar && !value.text.empty()) {
      if (!is_formula(value.text, value.place)) return {};
      return {{value.text, 1}};
    }
    if (value.kind != Kind::kMap) {
      reader_.complain_at(value.place,
                          fmt::format("'{}' must be a number, a formula, or a map of formulas and "
                                      "their coefficients",
                                      key));
      return {};
    }
    std::vector<Term> terms;
    for (const YamlValue::Member& member : value.members) {
      const std::string formula = member.key == kConstant ? "1" : member.key;
      const auto coefficient = number_in(*member.value);
      if (!coefficient) {
        reader_.complain_at(member.value->place,
                            fmt::format("the coefficient of '{}' must be a number", member.key));
      } else if (is_formula(formula, member.key_place)) {
        terms.push_back({formula, *coefficient});
      }
    }
    return terms;
  }

  static ModelError read_error(YamlReader reader) {
    const auto count = [&](const char* key) {
      return static_cast<std::uint64_t>(
          reader.integer(key, {}, 0, std::numeric_limits<std::int64_t>::max()));
    };
    ModelError error;
    error.points = count("points");
    error.held_out = count("held_out");
    error.beats = count("beats");
    error.worst_cycles = count("worst_cycles");
    reader.finish();
    return error;
  }

  YamlReader& reader_;
};

/// Tells of blocks that no kernel is, as nothing would ever look at what stands there.
void check_names(const std::vector<YamlValue::Member>& blocks_of_file, Findings& findings) {
  std::vector<std::string> known;
  for (const auto& block : blocks()) known.push_back(block.first);
  for (const YamlValue::Member& member : blocks_of_file) {
    if (blocks().count(member.key) != 0) continue;
    findings.add(member.key_place, fmt::format("there is no block '{}' to time", member.key),
                 suggest(member.key, known));
  }
}

Calibration read_calibration(YamlReader& reader, Findings& findings) {
  Calibration calibration;
  calibration.name = reader.text("calibration");
  reader.require("source", "where it comes from");
  calibration.source = reader.text("source");
  reader.require("blocks", "the timing of each block: 'mvu: [{latency: 6}]'");
  YamlReader blocks = reader.map("blocks", "'blocks'");
  check_names(blocks.members(), findings);
  for (const YamlValue::Member& member : blocks.members()) {
    const std::string owner = fmt::format("an entry of block '{}'", member.key);
    std::vector<TimingEntry>& entries = calibration.blocks[member.key];
    for (YamlReader& entry : blocks.maps(member.key, owner)) {
      entries.push_back(EntryReader(entry).read());
    }
    if (entries.empty() && findings.empty()) {
      findings.add(member.key_place, fmt::format("block '{}' has no entry", member.key),
                   "leave it out: a block that is not there keeps our own timing");
    }
  }
  reader.finish();
  return calibration;
}

double value_of(const std::string& formula, const Kernel& kernel, const Traits& traits) {
  const Formula parsed(formula);
  for (const std::string& name : parsed.traits()) {
    if (traits.count(name) != 0) continue;
    std::vector<std::string> known;
    for (const auto& [trait, unused] : traits) known.push_back(trait);
    throw ParameterError(
        fmt::format("calibration: '{}' names the trait '{}', which block {} does "
                    "not have; {}",
                    formula, name, kernel.block(), suggest(name, known)));
  }
  return parsed(traits);
}

YamlPtr scalar(const std::string& text, bool quoted = false) {
  auto value = std::make_shared<YamlValue>();
  value->kind = Kind::kScalar;
  value->text = text;
  value->quoted = quoted;
  return value;
}

/// A YAML map that grows.
class MapWriter {
 public:
  MapWriter& add(const std::string& key, YamlPtr value) {
    map_->members.push_back({key, {}, std::move(value)});
    return *this;
  }
  MapWriter& add(const std::string& key, const std::string& text, bool quoted) {
    return add(key, scalar(text, quoted));
  }
  YamlPtr value() const { return map_; }

  MapWriter() { map_->kind = Kind::kMap; }

 private:
  std::shared_ptr<YamlValue> map_ = std::make_shared<YamlValue>();
};

YamlPtr to_yaml(const std::vector<Term>& terms) {
  const auto number = [](double value) { return scalar(fmt::format("{:.12g}", value)); };
  if (terms.size() == 1 && terms[0].formula == "1") return number(terms[0].coefficient);
  if (terms.size() == 1 && terms[0].coefficient == 1) return scalar(terms[0].formula, true);
  MapWriter map;
  for (const Term& term : terms) {
    map.add(term.formula == "1" ? std::string(kConstant) : term.formula, number(term.coefficient));
  }
  return map.value();
}

YamlPtr to_yaml(const TimingEntry& entry) {
  MapWriter map;
  if (!entry.when.empty()) map.add("when", entry.when, true);
  if (entry.flow) {
    map.add("flow", std::string(kFlowControlNames[static_cast<int>(*entry.flow)]), false);
  }
  for (const TimingField& field : kTimingFields) {
    const auto number = entry.numbers.find(field.name);
    if (number != entry.numbers.end()) map.add(number->first, to_yaml(number->second));
  }
  if (entry.hold) map.add("hold", std::string(kHoldNames[static_cast<int>(*entry.hold)]), false);
  if (entry.frames_overlap) {
    map.add("frames_overlap", *entry.frames_overlap ? "true" : "false", false);
  }
  if (!entry.evidence.empty()) map.add("evidence", entry.evidence, true);
  if (entry.error) {
    MapWriter error;
    error.add("points", fmt::to_string(entry.error->points), false)
        .add("held_out", fmt::to_string(entry.error->held_out), false)
        .add("beats", fmt::to_string(entry.error->beats), false)
        .add("worst_cycles", fmt::to_string(entry.error->worst_cycles), false);
    map.add("error", error.value());
  }
  return map.value();
}

/// Adds `word` to ascending `words`, unless it is there.
void insert_sorted(std::vector<std::string>& words, const std::string& word) {
  const auto place = std::lower_bound(words.begin(), words.end(), word);
  if (place == words.end() || *place != word) words.insert(place, word);
}

}  // namespace

const TimingEntry* Calibration::entry(const Kernel& kernel) const {
  const auto block = blocks.find(std::string(kernel.block()));
  if (block == blocks.end()) return nullptr;
  const Traits traits = kernel.traits();
  for (const TimingEntry& entry : block->second) {
    if (!entry.when.empty() && value_of(entry.when, kernel, traits) == 0) continue;
    return entry.is_own() ? nullptr : &entry;
  }
  return nullptr;
}

std::optional<KernelTiming> Calibration::timing(const Kernel& kernel) const {
  const TimingEntry* entry = this->entry(kernel);
  if (entry == nullptr) return std::nullopt;
  const std::optional<Schedule> schedule = kernel.schedule();
  if (!schedule) return std::nullopt;
  const Traits traits = kernel.traits();
  KernelTiming timing = timing_of(*schedule);
  timing.flow = entry->flow.value_or(timing.flow);
  timing.hold = entry->hold.value_or(timing.hold);
  timing.frames_overlap = entry->frames_overlap.value_or(timing.frames_overlap);
  for (const TimingField& field : kTimingFields) {
    const auto number = entry->numbers.find(field.name);
    if (number == entry->numbers.end()) continue;
    double sum = 0;
    for (const Term& term : number->second) {
      sum += term.coefficient * value_of(term.formula, kernel, traits);
    }
    constexpr double kFar = 1e15;  // what is out of range is told by its name
    timing.*field.field = std::llround(std::clamp(std::isnan(sum) ? -kFar : sum, -kFar, kFar));
  }
  // A queue that does not hold a pipeline back.
  if (entry->numbers.count("latency") != 0 && entry->numbers.count("queue") == 0) {
    timing.queue = timing.latency;
  }
  return timing;
}

std::shared_ptr<const Calibration> load_calibration(const std::string& name, const Place& place,
                                                    Findings& findings) {
  std::string path;
  if (fs::path(name).extension() == ".yaml") {
    path = resolve_path(name, place);
  } else {
    const std::vector<std::string> known = config_names("calibrations");
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      findings.add(place, fmt::format("unknown calibration '{}'", name), suggest(name, known));
      return nullptr;
    }
    path = (fs::path(config_directory()) / "calibrations" / (name + ".yaml")).string();
  }
  const std::size_t findings_before = findings.all().size();
  YamlPtr root = load_yaml(path, place, findings);
  if (!root) return nullptr;
  YamlReader reader(std::move(root), "the calibration", findings);
  auto calibration = std::make_shared<const Calibration>(read_calibration(reader, findings));
  const std::string file = fs::path(path).stem().string();
  if (!calibration->name.empty() && calibration->name != file) {
    reader.complain("calibration",
                    fmt::format("the file is called '{}', so must be the calibration", file));
  }
  if (findings.all().size() != findings_before) return nullptr;
  return calibration;
}

std::string to_yaml(const Calibration& calibration) {
  MapWriter blocks;
  for (const auto& [block, entries] : calibration.blocks) {
    auto list = std::make_shared<YamlValue>();
    list->kind = Kind::kList;
    for (const TimingEntry& entry : entries) list->items.push_back(to_yaml(entry));
    blocks.add(block, list);
  }
  MapWriter root;
  root.add("calibration", calibration.name, false).add("source", calibration.source, true);
  root.add("blocks", blocks.value());
  return yaml_text(root.value());
}

void CalibrationUse::add(const std::string& block, const TimingEntry* entry) {
  if (entry == nullptr) return insert_sorted(own_timing, block);
  insert_sorted(timed, block);
  if (!entry->error) return insert_sorted(unmeasured, block);
  if (std::find(counted_.begin(), counted_.end(), entry) != counted_.end()) return;
  counted_.push_back(entry);
  error.points += entry->error->points;
  error.held_out += entry->error->held_out;
  error.beats += entry->error->beats;
  error.worst_cycles = std::max(error.worst_cycles, entry->error->worst_cycles);
}

}  // namespace qnnsim
