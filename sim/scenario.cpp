// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "sim/finn_folding.h"
#include "sim/input_file.h"
#include "sim/pressure_settings.h"
#include "sim/scenario_yaml.h"
#include "sim/yaml_reader.h"

namespace qnnsim {
namespace {

constexpr const char* kDefaultCostModel = "measured";
constexpr char kFinn[] = "finn";                    ///< in `folding`: a FINN file, no layer
constexpr std::int64_t kMostCount = 1'000'000'000;  ///< of frames, of beats in a FIFO
constexpr std::int64_t kMostInteger = std::numeric_limits<std::int64_t>::max();

/// `last_layer: NAME`: what comes behind it is not computed.
void end_network(YamlReader& reader, Network& network) {
  const std::string name = reader.text("last_layer");
  std::vector<std::string> names;
  for (const Layer& layer : network.layers) names.push_back(layer.name);
  const auto last = std::find(names.begin(), names.end(), name);
  if (!network.is_complete || name.empty()) return;
  if (last == names.end()) {
    reader.complain("last_layer", fmt::format("the network has no layer '{}'", name),
                    suggest(name, names));
    return;
  }
  const auto end = std::size_t(last - names.begin()) + 1;
  std::vector<bool> is_read(end, false);
  for (std::size_t i = 0; i < end; ++i) {
    for (int from : network.layers[i].from) {
      if (from != Layer::kNetworkInput) is_read[from] = true;
    }
  }
  for (std::size_t i = 0; i + 1 < end; ++i) {
    if (is_read[i]) continue;
    reader.complain("last_layer",
                    fmt::format("nothing up to '{}' reads layer '{}'", name, names[i]),
                    "end the network where its branches meet");
    return;
  }
  network = segment(network, 0, end);
}

void read_network_and_platform(YamlReader& reader, Scenario& scenario, Findings& findings) {
  reader.require("network", "the path of a network file, relative to this one");
  if (const std::string name = reader.text("network"); !name.empty()) {
    const Place place = reader.place("network");
    scenario.network = load_network(resolve_path(name, place), place, findings);
    if (reader.has("last_layer")) end_network(reader, scenario.network);
  }
  reader.require("platform", "one of " + join(config_names("platforms")));
  if (const std::string name = reader.text("platform"); !name.empty()) {
    scenario.platform = load_platform(name, reader.place("platform"), findings);
  }
  if (const std::string name = reader.text("kernels", ""); !name.empty()) {
    scenario.kernels = load_calibration(name, reader.place("kernels"), findings);
  }
}

Folding read_folding(YamlReader reader, Findings& findings) {
  Folding folding;
  for (const YamlValue::Member& member : reader.members()) {
    if (member.key == kFinn) continue;
    const std::string owner = fmt::format("the folding of '{}'", member.key);
    folding.entries.push_back({member.key, member.key_place,
                               std::make_shared<YamlReader>(member.value, owner, findings)});
  }
  return folding;
}

void read_fifos(YamlReader reader, Scenario& scenario, Findings& findings) {
  scenario.default_depth =
      static_cast<std::uint64_t>(reader.integer("default_depth", 2, 1, kMostCount));
  YamlReader edges = reader.map("edges", "'edges'");
  for (const YamlValue::Member& member : edges.members()) {
    const std::int64_t depth = edges.integer(member.key, {}, 1, kMostCount);
    if (member.key.find("->") != std::string::npos) {
      scenario.edges.push_back({member.key, static_cast<std::uint64_t>(depth), member.key_place});
    } else {
      findings.add(member.key_place, fmt::format("'{}' names no edge", member.key),
                   "an edge is '<kernel>-><kernel>', for example 'conv0.swg->conv0.mvu'");
    }
  }
  reader.finish();
}

Stimulus read_stimulus(YamlReader reader, std::uint64_t seed, Findings& findings) {
  Stimulus stimulus;
  stimulus.frames = static_cast<std::uint64_t>(reader.integer("frames", 1, 1, kMostCount));
  YamlReader source = reader.map("source", "the source");
  stimulus.source = read_pressure(source, derive_seed(seed, "source"), findings);
  if (source.has("lanes")) {
    stimulus.source_lanes = static_cast<int>(source.integer("lanes", {}, 1, kMostCount));
    stimulus.source_lanes_place = source.place("lanes");
  }
  source.finish();
  YamlReader sink = reader.map("sink", "the sink");
  stimulus.sink = read_pressure(sink, derive_seed(seed, "sink"), findings);
  sink.finish();
  stimulus.input_file = reader.file("input_file");
  stimulus.input_file_place = reader.place("input_file");
  reader.finish();
  return stimulus;
}

/// `key` as [first, last].
std::optional<std::pair<std::uint64_t, std::uint64_t>> read_span(YamlReader& reader,
                                                                 const std::string& key) {
  if (!reader.has(key)) return std::nullopt;
  const std::vector<std::int64_t> values = reader.integers(key, 0, kMostInteger, 2);
  if (values.front() > values.back()) {
    reader.complain(key, fmt::format("'{}' must be [first, last], not [{}, {}]", key,
                                     values.front(), values.back()));
  }
  return std::make_pair(static_cast<std::uint64_t>(values.front()),
                        static_cast<std::uint64_t>(values.back()));
}

Record read_record(YamlReader reader) {
  Record record;
  record.place = reader.place();
  record.occupancy_histogram = reader.boolean("occupancy_histogram", false);
  for (const PlacedText& layer : reader.texts("layers")) record.layers.push_back(layer.text);
  record.frames = read_span(reader, "frames");
  record.cycles = read_span(reader, "cycles");
  if (record.frames && record.cycles) {
    reader.complain("cycles", "'frames' and 'cycles' exclude each other");
  }
  reader.finish();
  return record;
}

Published read_published(YamlReader& reader, double clock_mhz) {
  Published published;
  published.batch = static_cast<std::uint64_t>(reader.integer("batch", {}, 1, kMostCount));
  published.fps = reader.positive("fps");
  published.clock_mhz = reader.positive("clock_mhz", clock_mhz);
  reader.require("source", "where the figure stands");
  published.source = reader.text("source");
  reader.finish();
  return published;
}

/// Configurations without cost models are legal: nothing is estimated then.
CostModel read_costs(YamlReader& reader, const Platform& platform, Findings& findings) {
  const bool asked = reader.has("cost_model");
  const std::string name = reader.text("cost_model", kDefaultCostModel);
  const std::vector<std::string> known = config_names("costs");
  if (!asked && std::find(known.begin(), known.end(), name) == known.end()) return {};
  return CostModel::load(name, platform, reader.place("cost_model"), findings);
}

/// A dataflow has a clock; the Kraken engine brings its own.
void read_organisation(YamlReader& reader, Scenario& scenario, Findings& findings) {
  if (reader.choice("organisation", {"dataflow", "kraken"}) == "dataflow") {
    scenario.clock_mhz = reader.positive("clock_mhz");
    if (reader.has("kraken")) {
      reader.complain("kraken", "'kraken' means nothing to a dataflow", "organisation: kraken");
    }
    return;
  }
  reader.require("kraken", "the engine: {processing_elements: [rows, columns], frequency_mhz: F}");
  scenario.kraken =
      read_kraken(reader.map("kraken", "the engine"), scenario.platform.processor, findings);
  scenario.clock_mhz = scenario.kraken->frequency_mhz;
  for (const char* key : {"clock_mhz", "folding", "kernels"}) {
    if (!reader.has(key)) continue;
    reader.complain(key, fmt::format("'{}' means nothing to the Kraken engine", key),
                    std::string(key) == "clock_mhz" ? "its clock is kraken.frequency_mhz" : "");
  }
}

void read_scenario(YamlReader& reader, Scenario& scenario, Findings& findings) {
  scenario.seed = static_cast<std::uint64_t>(reader.integer("seed", 1, 0, kMostInteger));
  read_network_and_platform(reader, scenario, findings);
  scenario.costs = read_costs(reader, scenario.platform, findings);
  read_organisation(reader, scenario, findings);
  YamlReader folding = reader.map("folding", "'folding'");
  scenario.folding = read_folding(folding, findings);
  scenario.memory = read_memories(reader.map("memories", "'memories'"),
                                  reader.map("tensors", "'tensors'"), findings);
  read_fifos(reader.map("fifos", "'fifos'"), scenario, findings);
  scenario.stimulus =
      read_stimulus(reader.map("stimulus", "the stimulus"), scenario.seed, findings);
  scenario.record = read_record(reader.map("record", "'record'"));
  scenario.cosim = read_cosim(reader.map("cosim", "'cosim'"), findings);
  const bool bit_true = reader.choice("data", {"none", "bit_true"}) == "bit_true";
  scenario.data = bit_true ? DataMode::kBitTrue : DataMode::kNone;
  for (YamlReader& published : reader.maps("published", "a published figure")) {
    scenario.published.push_back(read_published(published, scenario.clock_mhz));
  }
  reader.finish();
  if (const YamlPtr finn = folding.value(kFinn)) {
    import_finn(read_finn_choice(finn, findings), scenario, findings);
  }
}

/// `settings` are of either sort that `apply_settings` takes.
template <typename Settings>
Scenario scenario_with(const std::string& path, const Settings& settings, Findings& findings) {
  Scenario scenario;
  scenario.path = path;
  scenario.name = std::filesystem::path(path).stem().string();
  YamlPtr root = load_scenario_yaml(path, findings);
  if (!root) return scenario;
  YamlReader reader(apply_settings(std::move(root), settings, findings), "the scenario", findings);
  read_scenario(reader, scenario, findings);
  return scenario;
}

}  // namespace

Scenario load_scenario(const std::string& path, const std::vector<std::string>& settings,
                       Findings& findings) {
  return scenario_with(path, settings, findings);
}

Scenario load_scenario_with(const std::string& path, const std::vector<Setting>& settings,
                            Findings& findings) {
  return scenario_with(path, settings, findings);
}

void require_dataflow(const Scenario& scenario, const std::string& what, Findings& findings) {
  if (!scenario.kraken) return;
  findings.add(scenario.kraken->place,
               fmt::format("{} is for dataflows; this network runs on the Kraken engine", what),
               "run it, check it, or sweep its parameters");
}

bool Scenario::carries_data() const {
  const auto is_rtl = [](const CosimChoice& choice) { return choice.rtl; };
  return data == DataMode::kBitTrue || std::any_of(cosim.begin(), cosim.end(), is_rtl);
}

}  // namespace qnnsim
