// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/folding_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/text_table.h"

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;
constexpr auto kLeft = TextTable::Align::kLeft;

const char* name_of(FoldingObjective objective) {
  switch (objective) {
    case FoldingObjective::kLatency:
      return "latency";
    case FoldingObjective::kResources:
      return "resources";
    case FoldingObjective::kThroughput:
      break;
  }
  return "throughput";
}

std::string cycles_text(const FoldingResult& result, std::uint64_t cycles) {
  return fmt::format("{} cycles a frame, {} fps", cycles, format_rate(result.fps(cycles)));
}

std::string measured_text(const FoldingResult& result, const DesignTimes& times) {
  if (!times.flows) return "stands still";
  if (times.interval == 0) return "unknown: needs two frames";
  return fmt::format("{}, latency {} cycles ({})", cycles_text(result, times.interval),
                     times.latency,
                     format_duration(static_cast<double>(times.latency) / result.clock_mhz));
}

std::string traffic_text(const FoldingResult& result) {
  const FoldingTotals& totals = result.solution.totals;
  std::string text =
      fmt::format("{} bytes a frame, {:.4g} GB/s", totals.traffic,
                  double(totals.traffic) * result.clock_mhz * 1e-3 / double(totals.cycles));
  if (result.in_memory.empty()) return text;
  constexpr std::size_t kNamed = 6;
  std::vector<std::string> names;
  for (const WeightsInMemory& tensor : result.in_memory) {
    if (names.size() < kNamed) names.push_back(tensor.tensor);
  }
  const std::size_t more = result.in_memory.size() - names.size();
  return text + ", for " + join(names) + (more > 0 ? fmt::format(" and {} more", more) : "");
}

std::string layer_table(const FoldingResult& result) {
  TextTable table({{"layer", "", kLeft},
                   {"folding", "", kLeft},
                   {"cycles", "[a frame]"},
                   {"slack", "[%]"},
                   {"LUT", "[%]"},
                   {"FF", "[%]"},
                   {"DSP", "[%]"},
                   {"BRAM18", "[%]"},
                   {"URAM", "[%]"}});
  std::uint64_t slowest = 1;
  for (const FoldedLayer& layer : result.folded) slowest = std::max(slowest, layer.cycles);
  const auto device = as_array(result.device);
  for (const FoldedLayer& layer : result.folded) {
    std::vector<std::string> cells = {
        layer.name, layer.folding, fmt::to_string(layer.cycles),
        fmt::format("{:.1f}", 100.0 * double(slowest - layer.cycles) / double(slowest))};
    const auto used = as_array(layer.resources);
    for (std::size_t j = 0; j < kKindsOfResource; ++j) {
      cells.push_back(
          device[j] > 0 ? fmt::format("{:.2f}", 100.0 * double(used[j]) / double(device[j])) : "-");
    }
    table.add(std::move(cells));
  }
  return table.render();
}

Json times_json(const FoldingResult& result, const DesignTimes& times) {
  Json json = {
      {"flows", times.flows}, {"interval", nullptr}, {"fps", nullptr}, {"latency", nullptr}};
  if (times.interval > 0) {
    json["interval"] = times.interval;
    json["fps"] = result.fps(times.interval);
  }
  if (times.flows) json["latency"] = times.latency;
  return json;
}

}  // namespace

std::string use_text(const Resources& use, const Resources& device) {
  const auto used = as_array(use);
  const auto all = as_array(device);
  std::string text;
  for (std::size_t j = 0; j < kKindsOfResource; ++j) {
    if (all[j] == 0 && used[j] == 0) continue;
    text += fmt::format("{}{} {} ({} %)", text.empty() ? "" : ", ", used[j], kResourceKinds[j].name,
                        format_percent(double(used[j]), double(all[j])));
  }
  return text;
}

Json resources_json(const Resources& r) {
  return {{"lut", r.lut}, {"ff", r.ff}, {"dsp", r.dsp}, {"bram18", r.bram18}, {"uram", r.uram}};
}

std::string folding_table(const FoldingResult& result) {
  std::string text;
  const auto line = [&](const char* name, const std::string& value) {
    text += fmt::format("{:<12}{}\n", name, value);
  };
  line("scenario", fmt::format("{} on {}, {:.6g} MHz, costs: {}", result.scenario, result.platform,
                               result.clock_mhz, result.cost_model));
  line("objective",
       name_of(result.objective) +
           (result.target ? fmt::format(", at most {}", cycles_text(result, *result.target))
                          : std::string()));
  line("limits", use_text(result.limits, result.device));
  if (result.memory_limit_gb_s > 0) {
    line("", result.memory_gb_s > 0
                 ? fmt::format("{:.4g} GB/s of memory, of {:.4g}", result.memory_limit_gb_s,
                               result.memory_gb_s)
                 : fmt::format("{:.4g} GB/s of memory", result.memory_limit_gb_s));
  }
  if (result.given) {
    line("given", fmt::format("{}, set by {}", cycles_text(result, result.given->cycles),
                              result.given->bottleneck));
    line("", use_text(result.given->resources, result.device));
  }
  line("folded", fmt::format("{}, set by {}", cycles_text(result, result.solution.totals.cycles),
                             result.bottleneck));
  if (result.solution.totals.traffic > 0) line("memory", traffic_text(result));
  for (std::size_t i = 0; i < result.parts.size(); ++i) {
    const Part& part = result.parts[i];
    line(fmt::format("part {}", i + 1).c_str(),
         fmt::format("{} layers, {}", part.last - part.first,
                     cycles_text(result, part.totals.cycles)));
    line("", use_text(part.totals.resources, result.device));
    if (i >= result.simulated_parts.size()) continue;
    const SimulatedPart& simulated = result.simulated_parts[i];
    line("simulated", measured_text(result, simulated.measured));
    line("", use_text(simulated.sized, result.device) + " (FIFOs sized)" +
                 (simulated.fits ? "" : ": does not fit"));
  }
  if (result.batch > 0) {
    line("batch", fmt::format("{} frames in {} cycles, {} fps", result.batch, result.batch_cycles,
                              format_rate(double(result.batch) * result.clock_mhz * 1e6 /
                                          double(result.batch_cycles))));
    if (result.simulated_batch_cycles > 0) {
      line("simulated", fmt::format("{} cycles with the fill of every part, {} fps",
                                    result.simulated_batch_cycles,
                                    format_rate(double(result.batch) * result.clock_mhz * 1e6 /
                                                double(result.simulated_batch_cycles))));
    }
  }
  if (result.latency_bound > 0) {
    line("latency", fmt::format("at least {} cycles, as the slowest kernel takes as long for a "
                                "frame",
                                result.latency_bound));
  }
  for (std::size_t i = 0; i < result.rounds.size() && result.simulated_parts.empty(); ++i) {
    const FoldingRound& round = result.rounds[i];
    const std::string name = result.rounds.size() > 1 ? fmt::format("round {}", i + 1) : "";
    line(name.c_str(), use_text(round.estimated, result.device) + " (estimated)");
    line("simulated", measured_text(result, round.measured) +
                          (round.waits_for_memory ? ", waits for memory" : ""));
    line("", use_text(round.sized, result.device) + " (FIFOs sized)" +
                 (round.fits ? "" : ": does not fit"));
  }
  line("proof", result.proof);
  line("search",
       fmt::format("{}: {} layers, {} different, {} foldings of these; {} {}, {:.3g} s of "
                   "{:.3g} s",
                   result.solver, result.layers, result.classes, result.options,
                   result.solution.tried,
                   result.solver == "exact" ? "intervals tested" : "foldings tried",
                   result.solver_seconds, result.seconds));
  text += '\n' + layer_table(result);
  for (const FoldedLayer& layer : result.folded) {
    for (const std::string& idle : layer.idle_lanes) text += "note: " + idle + "\n";
  }
  return text;
}

Json to_json(const FoldingResult& result) {
  const Solution& solution = result.solution;
  Json json;
  json["schema"] = 1;
  json["scenario"] = result.scenario;
  json["platform"] = result.platform;
  json["clock_mhz"] = result.clock_mhz;
  json["cost_model"] = result.cost_model;
  json["objective"] = name_of(result.objective);
  json["solver"] = result.solver;
  json["target"] = nullptr;
  if (result.target) json["target"] = *result.target;
  json["device"] = resources_json(result.device);
  json["limits"] = resources_json(result.limits);
  json["limits"]["memory_gb_s"] = nullptr;
  if (result.memory_limit_gb_s > 0) json["limits"]["memory_gb_s"] = result.memory_limit_gb_s;
  json["given"] = nullptr;
  if (result.given) {
    json["given"] = {{"interval", result.given->cycles},
                     {"fps", result.fps(result.given->cycles)},
                     {"bottleneck", result.given->bottleneck},
                     {"resources", resources_json(result.given->resources)}};
  }
  json["folded"] = {{"interval", solution.totals.cycles},
                    {"fps", result.fps(solution.totals.cycles)},
                    {"bottleneck", result.bottleneck},
                    {"resources", resources_json(solution.totals.resources)},
                    {"memory_bytes", solution.totals.traffic},
                    {"weights_in_memory", Json::array()},
                    {"cost", double(solution.cost) * 1e-12}};
  for (const WeightsInMemory& tensor : result.in_memory) {
    json["folded"]["weights_in_memory"].push_back(
        {{"tensor", tensor.tensor}, {"bus_bits", tensor.bus_bits}, {"bytes", tensor.traffic}});
  }
  json["optimal"] = solution.optimal() && result.objective != FoldingObjective::kLatency;
  json["interval_bound"] = nullptr;
  json["gap_percent"] = nullptr;
  json["cheapest"] = solution.least();
  json["cost_bound"] = nullptr;
  if (solution.has_bound) {
    json["interval_bound"] = solution.interval_bound;
    json["gap_percent"] =
        100 * (1 - double(solution.interval_bound) / double(solution.totals.cycles));
    json["cost_bound"] = double(solution.cost_bound) * 1e-12;
  }
  json["proof"] = result.proof;
  json["interrupted"] = result.interrupted;
  json["latency_bound"] = nullptr;
  if (result.latency_bound > 0) json["latency_bound"] = result.latency_bound;
  json["batch"] = nullptr;
  if (result.batch > 0) {
    json["batch"] = {
        {"frames", result.batch}, {"cycles", result.batch_cycles}, {"simulated_cycles", nullptr}};
    if (result.simulated_batch_cycles > 0) {
      json["batch"]["simulated_cycles"] = result.simulated_batch_cycles;
    }
  }
  json["parts"] = Json::array();
  for (std::size_t i = 0; i < result.parts.size(); ++i) {
    const Part& part = result.parts[i];
    json["parts"].push_back({{"layers", part.last - part.first},
                             {"interval", part.totals.cycles},
                             {"resources", resources_json(part.totals.resources)},
                             {"simulated", nullptr}});
    if (i >= result.simulated_parts.size()) continue;
    const SimulatedPart& simulated = result.simulated_parts[i];
    json["parts"].back()["simulated"] = times_json(result, simulated.measured);
    json["parts"].back()["simulated"]["sized"] = resources_json(simulated.sized);
    json["parts"].back()["simulated"]["fits"] = simulated.fits;
  }
  json["rounds"] = Json::array();
  for (const FoldingRound& round : result.rounds) {
    json["rounds"].push_back(
        {{"estimated",
          {{"interval", round.estimated_cycles}, {"resources", resources_json(round.estimated)}}},
         {"simulated", times_json(result, round.measured)},
         {"sized", resources_json(round.sized)},
         {"waits_for_memory", round.waits_for_memory},
         {"fits", round.fits}});
  }
  json["layers"] = Json::array();
  std::uint64_t slowest = 1;
  for (const FoldedLayer& layer : result.folded) slowest = std::max(slowest, layer.cycles);
  for (const FoldedLayer& layer : result.folded) {
    json["layers"].push_back(
        {{"name", layer.name},
         {"folding", layer.folding},
         {"cycles", layer.cycles},
         {"slack_percent", 100.0 * double(slowest - layer.cycles) / double(slowest)},
         {"resources", resources_json(layer.resources)},
         {"idle_lanes", layer.idle_lanes}});
  }
  json["search"] = {{"layers", result.layers},
                    {"different_layers", result.classes},
                    {"options", result.options},
                    {"tried", solution.tried}};
  json["host"] = {{"space_s", result.space_seconds},
                  {"solver_s", result.solver_seconds},
                  {"wall_s", result.seconds}};
  return json;
}

std::vector<std::string> folding_title(const FoldingResult& result) {
  std::vector<std::string> lines = {
      fmt::format("with the folding that qnnsim found for {} (solver {}, objective {})",
                  result.platform, result.solver, name_of(result.objective)),
      fmt::format("predicted: {}", cycles_text(result, result.solution.totals.cycles))};
  if (!result.rounds.empty()) {
    const FoldingRound& last = result.rounds.back();
    lines.push_back("simulated: " + measured_text(result, last.measured));
    lines.push_back("takes " + use_text(last.sized, result.device));
  }
  lines.push_back("proof: " + result.proof);
  return lines;
}

}  // namespace qnnsim
