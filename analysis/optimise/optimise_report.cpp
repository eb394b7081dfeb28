// SPDX-License-Identifier: Apache-2.0
#include "analysis/optimise/optimise_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analysis/folding/folding_report.h"
#include "sim/text_table.h"

namespace qnnsim {
namespace {

using End = OptimiseResult::End;
using Json = nlohmann::ordered_json;
constexpr auto kTextLeft = TextTable::Align::kLeft;

std::string rate_text(const OptimiseResult& result, std::uint64_t interval) {
  return fmt::format("{} cycles a frame, {} fps", interval, format_rate(result.fps(interval)));
}

std::string share_text(const Resources& use, const Resources& device, const ResourceKind& kind) {
  return format_percent(double(use.*kind.count), double(device.*kind.count));
}

/// "LUT 51000 of 42560": what takes more than it may.
std::string excess_text(const OptimiseResult& result, const OptimiseRound& round) {
  std::vector<std::string> parts;
  for (const ResourceKind& kind : kResourceKinds) {
    const std::int64_t use = round.resources.*kind.count;
    const std::int64_t limit = result.limits.*kind.count;
    if (use > limit) parts.push_back(fmt::format("{} {} of {}", kind.name, use, limit));
  }
  return join(parts);
}

std::string outcome_text(const OptimiseResult& result, const OptimiseRound& round) {
  if (!round.refusal.empty()) return "no such folding fits";
  if (!round.measured.flows) return "stands still";
  if (!round.fits) return "too large with its FIFOs: " + excess_text(result, round);
  if (round.meets(result.target)) return "meets the target";
  const double target = double(result.target);
  return fmt::format("{:.2f} % too slow{}",
                     100 * (double(round.measured.interval) - target) / target,
                     round.waits_for_memory ? ": waits for memory" : "");
}

/// How many layers and FIFOs are not those of the round before that had any.
std::string changed_text(const OptimiseResult& result, std::size_t index) {
  const OptimiseRound& round = result.rounds[index];
  const OptimiseRound* before = nullptr;
  for (std::size_t i = 0; i < index; ++i) {
    if (result.rounds[i].refusal.empty()) before = &result.rounds[i];
  }
  if (before == nullptr || !round.refusal.empty()) return "-";
  const auto layers =
      std::count_if(round.folding.begin(), round.folding.end(), [&](const auto& layer) {
        const auto known = before->folding.find(layer.first);
        return known == before->folding.end() || known->second != layer.second;
      });
  std::map<std::string, std::uint64_t> depths;
  for (const EdgeDepth& fifo : before->fifos) depths[fifo.edge] = fifo.depth;
  const auto fifos =
      std::count_if(round.fifos.begin(), round.fifos.end(), [&](const EdgeDepth& fifo) {
        const auto known = depths.find(fifo.edge);
        return known == depths.end() || known->second != fifo.depth;
      });
  if (layers == 0 && fifos == 0) return "nothing";
  return fmt::format("{} layers, {} FIFOs", layers, fifos);
}

/// Why there is no other round.
std::string end_text(const OptimiseResult& result) {
  switch (result.end) {
    case End::kNoFolding:
      return "nothing faster fits";
    case End::kStandsStill:
      return "the design stands still: qnnsim run tells who waits for whom";
    case End::kRoundsOver:
      return "the rounds are over: more --rounds go on behind the last";
    case End::kInterrupted:
      return "interrupted: the same command goes on behind the last round";
    case End::kSettled:
      break;
  }
  return "nothing moves: another round would give the same";
}

const char* end_key(End end) {
  switch (end) {
    case End::kNoFolding:
      return "no_folding";
    case End::kStandsStill:
      return "stands_still";
    case End::kRoundsOver:
      return "rounds_over";
    case End::kInterrupted:
      return "interrupted";
    case End::kSettled:
      break;
  }
  return "settled";
}

}  // namespace

std::string rounds_table(const OptimiseResult& result) {
  std::vector<TextTable::Column> columns = {{"round", ""},          {"asked", "[cycles]"},
                                            {"folded", "[cycles]"}, {"FIFOs", "[bits]"},
                                            {"FIFOs", "[LUT eq.]"}, {"measured", "[cycles]"},
                                            {"rate", "[fps]"},      {"latency", "[cycles]"}};
  for (const ResourceKind& kind : kResourceKinds) {
    if (result.device.*kind.count > 0) columns.push_back({kind.name, "[%]"});
  }
  columns.push_back({"changed", "", kTextLeft});
  columns.push_back({"outcome", "", kTextLeft});
  TextTable table(std::move(columns));
  for (std::size_t i = 0; i < result.rounds.size(); ++i) {
    const OptimiseRound& round = result.rounds[i];
    const bool is_built = round.refusal.empty();
    const auto number = [&](auto value) { return value > 0 ? fmt::to_string(value) : "-"; };
    const std::uint64_t interval = round.measured.interval;
    std::vector<std::string> cells = {
        fmt::to_string(i + 1),
        round.task.interval > 0 ? fmt::to_string(round.task.interval) : "least",
        number(round.estimated_cycles),
        is_built ? fmt::to_string(round.fifo_bits) : "-",
        is_built && round.fifo_cost_unit != "bits" ? fmt::format("{:.0f}", round.fifo_cost) : "-",
        number(interval),
        interval > 0 ? format_rate(result.fps(interval)) : "-",
        number(round.measured.latency)};
    for (const ResourceKind& kind : kResourceKinds) {
      if (result.device.*kind.count == 0) continue;
      cells.push_back(is_built ? share_text(round.resources, result.device, kind) : "-");
    }
    cells.push_back(changed_text(result, i));
    cells.push_back(outcome_text(result, round));
    table.add(std::move(cells));
  }
  return table.render();
}

std::string optimise_text(const OptimiseResult& result) {
  std::string text;
  const auto line = [&](const char* name, const std::string& value) {
    text += fmt::format("{:<12}{}\n", name, value);
  };
  line("scenario", fmt::format("{} on {}, {:.6g} MHz, costs: {}", result.scenario, result.platform,
                               result.clock_mhz, result.cost_model));
  line("target",
       fmt::format("{:.6g} fps, at most {} cycles a frame", result.target_fps, result.target));
  line("limits", use_text(result.limits, result.device));
  text += '\n' + rounds_table(result) + '\n';
  if (result.best) {
    const OptimiseRound& best = result.rounds[*result.best];
    line(result.meets_target() ? "best" : "nearest",
         fmt::format("round {}: {}, latency {} cycles ({})", *result.best + 1,
                     rate_text(result, best.measured.interval), best.measured.latency,
                     format_duration(double(best.measured.latency) / result.clock_mhz)));
    line("", use_text(best.resources, result.device));
    line("folding", fmt::format("{} cycles a frame, set by {}; {}", best.estimated_cycles,
                                best.bottleneck, best.proof));
    line("FIFOs",
         fmt::format("{} bits, {:.6g} {}; {}", best.fifo_bits, best.fifo_cost, best.fifo_cost_unit,
                     best.fifos_optimal ? "no cheaper ones do" : "cheaper ones may do"));
  }
  line("end", end_text(result));
  line("rounds", fmt::format("{}, {} of them from the journal, {:.3g} s", result.rounds.size(),
                             result.resumed, result.seconds));
  return text;
}

Json to_json(const OptimiseResult& result) {
  Json json;
  json["schema"] = 1;
  json["scenario"] = result.scenario;
  json["platform"] = result.platform;
  json["clock_mhz"] = result.clock_mhz;
  json["cost_model"] = result.cost_model;
  json["target_fps"] = result.target_fps;
  json["target"] = result.target;
  json["device"] = resources_json(result.device);
  json["limits"] = resources_json(result.limits);
  json["meets_target"] = result.meets_target();
  json["best_round"] = nullptr;
  if (result.best) json["best_round"] = *result.best + 1;
  json["end"] = end_key(result.end);
  json["partial"] = result.end == End::kInterrupted;
  json["rounds"] = Json::array();
  for (const OptimiseRound& round : result.rounds) {
    Json entry = to_json(round);
    entry["fps"] = nullptr;
    if (round.measured.interval > 0) entry["fps"] = result.fps(round.measured.interval);
    entry["meets_target"] = round.meets(result.target);
    entry.erase("seconds");
    json["rounds"].push_back(std::move(entry));
  }
  Json seconds = Json::array();
  for (const OptimiseRound& round : result.rounds) seconds.push_back(round.seconds);
  json["host"] = {{"rounds_resumed", result.resumed},
                  {"rounds_s", std::move(seconds)},
                  {"wall_s", result.seconds}};
  return json;
}

std::vector<std::string> optimise_title(const OptimiseResult& result) {
  const OptimiseRound& best = result.rounds[*result.best];
  std::vector<std::string> lines = {
      fmt::format("with the folding and the FIFO depths that qnnsim found for {:.6g} fps on {}",
                  result.target_fps, result.platform),
      fmt::format("round {} of {}: {}", *result.best + 1, result.rounds.size(),
                  outcome_text(result, best)),
      fmt::format("simulated: {}, latency {} cycles", rate_text(result, best.measured.interval),
                  best.measured.latency),
      "takes " + use_text(best.resources, result.device)};
  if (result.end == End::kInterrupted)
    lines.push_back("partial: interrupted before the last round");
  return lines;
}

Findings shortfall(const OptimiseResult& result, const std::string& path) {
  Findings findings;
  if (result.meets_target()) return findings;
  const std::string what = fmt::format("no design keeps {:.6g} frames a second", result.target_fps);
  const auto refused =
      std::find_if(result.rounds.rbegin(), result.rounds.rend(),
                   [](const OptimiseRound& round) { return !round.refusal.empty(); });
  std::string why = end_text(result);
  std::string hint = "a lower --target-fps, or another --platform";
  if (refused != result.rounds.rend()) {
    why = refused->refusal;
    if (!refused->hint.empty()) hint = refused->hint;
  } else if (!result.rounds.empty() && !result.best) {
    why = excess_text(result, result.rounds.back());
  }
  if (result.best) {
    const OptimiseRound& nearest = result.rounds[*result.best];
    const bool is_slowed_down = nearest.measured.interval > nearest.sized_for;
    why = fmt::format("the fastest, round {}, reaches {:.6g}{}; {}", *result.best + 1,
                      result.fps(nearest.measured.interval),
                      is_slowed_down ? fmt::format(", and {:.6g} without stalls and memory",
                                                   result.fps(nearest.sized_for))
                                     : ", set by " + nearest.bottleneck,
                      why);
  }
  findings.add({path, 0, 0}, fmt::format("{}: {}", what, why), hint);
  return findings;
}

}  // namespace qnnsim
