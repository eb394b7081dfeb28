// SPDX-License-Identifier: Apache-2.0
#include "analysis/sizing_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/text_table.h"

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;
constexpr auto kLeft = TextTable::Align::kLeft;
/// FIFOs in the table unless all are asked for.
constexpr std::size_t kFifosShown = 24;

std::string rate(const Sizing& sizing, const DesignTimes& times) {
  if (!times.flows) return "stands still";
  if (times.interval == 0) return "unknown: needs two frames";
  return fmt::format("{} cycles, {:.6g} fps, latency {} cycles", times.interval,
                     sizing.fps(times.interval), times.latency);
}

/// How far the search got.
std::string proof(const Sizing& sizing) {
  const double gap = sizing.cost() > 0 ? 100 * (1 - sizing.cost_bound / sizing.cost()) : 0;
  if (sizing.by_runs) {
    return std::string("none: every depth is one with which a run kept the rate") +
           (sizing.interrupted ? "; the search ended early" : "");
  }
  if (sizing.optimal) return "optimal: no cheaper depths meet the target";
  const std::string bound =
      fmt::format("the cheapest cost at least {:.6g} ({:.2g} % less)", sizing.cost_bound, gap);
  if (sizing.minimal) {
    return "minimal: no FIFO can be one step shallower; " + bound;
  }
  return "not minimal, because the search ended early; " + bound;
}

/// The FIFOs that cost most or save most first.
std::vector<const SizedFifo*> by_weight(const Sizing& sizing) {
  std::vector<const SizedFifo*> fifos;
  for (const SizedFifo& fifo : sizing.fifos) fifos.push_back(&fifo);
  std::stable_sort(fifos.begin(), fifos.end(), [](const SizedFifo* a, const SizedFifo* b) {
    return std::max(a->cost, a->cost_before) > std::max(b->cost, b->cost_before);
  });
  return fifos;
}

std::string fifo_table(const Sizing& sizing, bool all_fifos) {
  TextTable table({{"FIFO", "", kLeft},
                   {"width", "[bits]"},
                   {"before", "[beats]"},
                   {"seen", "[beats]"},
                   {"depth", "[beats]"},
                   {"style", "", kLeft},
                   {"cost before", "[" + sizing.cost_unit + "]"},
                   {"cost", "[" + sizing.cost_unit + "]"},
                   {"why", "", kLeft}});
  const auto fifos = by_weight(sizing);
  const std::size_t shown = all_fifos ? fifos.size() : std::min(kFifosShown, fifos.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const SizedFifo& fifo = *fifos[i];
    table.add({fifo.name, fmt::to_string(fifo.width_bits), fmt::to_string(fifo.before),
               fmt::to_string(fifo.seen), fmt::to_string(fifo.depth), fifo.style,
               fmt::format("{:.6g}", fifo.cost_before), fmt::format("{:.6g}", fifo.cost),
               fifo.reason});
  }
  std::string text = table.render();
  if (shown < fifos.size()) {
    text += fmt::format("  ... and {} more FIFOs (--all-fifos)\n", fifos.size() - shown);
  }
  return text;
}

std::string pareto_table(const Sizing& sizing, const std::vector<ParetoPoint>& pareto) {
  TextTable table({{"interval", "[cycles]"},
                   {"rate", "[fps]"},
                   {"latency", "[cycles]"},
                   {"storage", "[bits]"},
                   {"cost", "[" + sizing.cost_unit + "]"},
                   {"at least", "[" + sizing.cost_unit + "]"},
                   {"proof", "", kLeft}});
  for (const ParetoPoint& point : pareto) {
    table.add({fmt::to_string(point.times.interval),
               fmt::format("{:.6g}", sizing.fps(point.times.interval)),
               fmt::to_string(point.times.latency), fmt::to_string(point.storage_bits),
               fmt::format("{:.6g}", point.cost), fmt::format("{:.6g}", point.cost_bound),
               point.optimal   ? "optimal"
               : point.minimal ? "minimal"
                               : "interrupted"});
  }
  return "\nstorage against throughput\n" + table.render();
}

std::string stall_table(const std::vector<StallLoss>& stalls) {
  TextTable table({{"stalls of", "", kLeft},
                   {"probability", ""},
                   {"runs", ""},
                   {"mean loss", "[%]"},
                   {"worst loss", "[%]"}});
  for (const StallLoss& loss : stalls) {
    table.add({loss.where, fmt::format("{:.3g}", loss.probability), fmt::to_string(loss.seeds),
               fmt::format("{:.2f}", loss.mean_percent),
               fmt::format("{:.2f}", loss.worst_percent)});
  }
  return "\nloss under random stalls, against unbounded FIFOs under the same\n" + table.render();
}

Json times_json(const Sizing& sizing, const DesignTimes& times) {
  if (!times.flows) return {{"flows", false}};
  Json json = {{"flows", true}, {"interval", nullptr}, {"fps", nullptr}};
  if (times.interval > 0) {
    json["interval"] = times.interval;
    json["fps"] = sizing.fps(times.interval);
  }
  json["latency"] = times.latency;
  return json;
}

/// null where the cost model says nothing of a kind.
Json resources_json(const CostModel& costs, const Resources& resources) {
  Json json;
  for (const ResourceKind& kind : kResourceKinds) {
    json[kind.key] = nullptr;
    if (costs.estimates(kind)) json[kind.key] = resources.*kind.count;
  }
  return json;
}

}  // namespace

std::string sizing_table(const Sizing& sizing, const SizingStudies& studies, bool all_fifos) {
  std::string text;
  const auto line = [&](const char* name, const std::string& value) {
    text += fmt::format("{:<12}{}\n", name, value);
  };
  line("scenario",
       fmt::format("{} on {}, {:.6g} MHz", sizing.scenario, sizing.platform, sizing.clock_mhz));
  line("target", fmt::format("{} cycles a frame at most ({:.6g} fps); unbounded FIFOs reach {}, "
                             "set by {}",
                             sizing.target, sizing.fps(static_cast<std::uint64_t>(sizing.target)),
                             sizing.best_interval, sizing.bottleneck));
  if (sizing.memory_at_once) {
    line("memory",
         "taken to answer in every cycle; FIFOs behind it hold what a refresh and the other "
         "masters keep back");
  }
  if (sizing.latency_bound) {
    line("", fmt::format("and a latency of {} cycles at most", *sizing.latency_bound));
  }
  line("before", rate(sizing, sizing.before));
  line("sized", rate(sizing, sizing.after));
  line("cost",
       fmt::format("{:.6g} {} before, {:.6g} after ({:.1f} %)", sizing.cost_before(),
                   sizing.cost_unit, sizing.cost(), 100 * sizing.cost() / sizing.cost_before()));
  line("storage", fmt::format("{} bits before, {} after ({:.1f} %)", sizing.storage_bits_before(),
                              sizing.storage_bits(),
                              100.0 * static_cast<double>(sizing.storage_bits()) /
                                  static_cast<double>(sizing.storage_bits_before())));
  if (sizing.costs.estimates_fifos()) line("cost model", sizing.costs.name());
  line("proof", proof(sizing));
  line("search", fmt::format("{} designs tested, {} frames, {} conflicts, {:.3g} s", sizing.tests,
                             sizing.frames, sizing.conflicts, sizing.seconds));
  text += '\n' + fifo_table(sizing, all_fifos);
  if (!studies.pareto.empty()) text += pareto_table(sizing, studies.pareto);
  if (!studies.stalls.empty()) text += stall_table(studies.stalls);
  return text;
}

Json to_json(const Sizing& sizing, const SizingStudies& studies) {
  Json json;
  json["schema"] = 1;
  json["scenario"] = sizing.scenario;
  json["platform"] = sizing.platform;
  json["clock_mhz"] = sizing.clock_mhz;
  json["cost_unit"] = sizing.cost_unit;
  json["cost_model"] = nullptr;
  if (sizing.costs.estimates_fifos()) json["cost_model"] = sizing.costs.name();
  json["target"] = {{"interval", sizing.target}, {"latency", nullptr}};
  if (sizing.latency_bound) json["target"]["latency"] = *sizing.latency_bound;
  json["unbounded"] = {{"interval", sizing.best_interval}, {"bottleneck", sizing.bottleneck}};
  json["before"] = times_json(sizing, sizing.before);
  json["before"]["cost"] = sizing.cost_before();
  json["before"]["storage_bits"] = sizing.storage_bits_before();
  json["sized"] = times_json(sizing, sizing.after);
  json["sized"]["cost"] = sizing.cost();
  json["sized"]["storage_bits"] = sizing.storage_bits();
  json["by_runs"] = sizing.by_runs;
  json["memory_at_once"] = sizing.memory_at_once;
  json["minimal"] = sizing.minimal;
  json["optimal"] = sizing.optimal;
  json["cost_bound"] = sizing.cost_bound;
  json["interrupted"] = sizing.interrupted;
  json["search"] = {
      {"tests", sizing.tests}, {"frames", sizing.frames}, {"conflicts", sizing.conflicts}};
  json["fifos"] = Json::array();
  for (const SizedFifo& fifo : sizing.fifos) {
    Json entry = {{"name", fifo.name},
                  {"width_bits", fifo.width_bits},
                  {"depth_before", fifo.before},
                  {"max_occupancy", fifo.seen},
                  {"depth", fifo.depth},
                  {"style", fifo.style},
                  {"cost_before", fifo.cost_before},
                  {"cost", fifo.cost},
                  {"resources", resources_json(sizing.costs, fifo.resources)},
                  {"reason", nullptr}};
    if (!fifo.reason.empty()) entry["reason"] = fifo.reason;
    json["fifos"].push_back(std::move(entry));
  }
  if (!studies.pareto.empty()) {
    for (const ParetoPoint& point : studies.pareto) {
      Json entry = {{"target", point.target}};
      entry.update(times_json(sizing, point.times));
      entry["cost"] = point.cost;
      entry["cost_bound"] = point.cost_bound;
      entry["storage_bits"] = point.storage_bits;
      entry["minimal"] = point.minimal;
      entry["optimal"] = point.optimal;
      json["pareto"].push_back(std::move(entry));
    }
  }
  for (const StallLoss& loss : studies.stalls) {
    json["stalls"].push_back({{"where", loss.where},
                              {"probability", loss.probability},
                              {"runs", loss.seeds},
                              {"mean_percent", loss.mean_percent},
                              {"worst_percent", loss.worst_percent}});
  }
  json["host"] = {{"wall_s", sizing.seconds}};
  return json;
}

}  // namespace qnnsim
