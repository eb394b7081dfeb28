// SPDX-License-Identifier: Apache-2.0
#include "analysis/sized_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/result_json.h"
#include "sim/run.h"

namespace qnnsim {
namespace {

Result run_with(const Scenario& scenario, Engine engine, bool rtl) {
  Findings findings;
  PreparedRun prepared = prepare(scenario, findings);
  if (rtl) add_rtl(scenario, prepared, {});
  RunOptions options;
  options.engine = engine;
  return execute(scenario, std::move(prepared), options);
}

/// The scenario with the depths found, and without values.
Scenario sized(Scenario scenario, const Sizing& sizing) {
  scenario.cosim.clear();
  scenario.data = DataMode::kNone;
  scenario.edges.clear();
  for (const SizedFifo& fifo : sizing.fifos) scenario.edges.push_back({fifo.name, fifo.depth, {}});
  return scenario;
}

/// What two engines must agree in.
nlohmann::json counts(const Result& result) {
  nlohmann::json json = to_json(result);
  for (const char* key : {"engine", "host", "data", "outputs", "cosim", "warnings"}) {
    json.erase(key);
  }
  for (auto& layer : json["layers"]) layer.erase("impl");
  return json;
}

}  // namespace

std::string check_sized(Scenario scenario, const Sizing& sizing, bool rtl) {
  scenario = sized(std::move(scenario), sizing);
  const Result fast = run_with(scenario, Engine::kFast, false);
  if (fast.status != RunStatus::kDone) return "the sized design stands still";
  if (rtl) {
    CosimChoice all;
    all.name = "all";
    scenario.cosim = {all};
  }
  const Result reference = run_with(scenario, Engine::kSystemc, rtl);
  for (const CosimResult& kernel : reference.cosim) {
    if (!kernel.first_difference.empty()) return kernel.first_difference;
  }
  const nlohmann::json expected = counts(reference);
  const nlohmann::json difference = nlohmann::json::diff(counts(fast), expected);
  if (difference.empty()) return "";
  const std::string path = difference.front()["path"];
  return fmt::format("the engines disagree on the sized design at {}: SystemC has {}", path,
                     difference.front().value("value", nlohmann::json()).dump());
}

DesignTimes steady_times(Scenario scenario, const Sizing& sizing, const std::atomic<bool>* stop,
                         Findings& findings) {
  // Random stalls: so many that their mean shows.
  constexpr std::uint64_t kFramesUnderStalls = 32;
  scenario = sized(std::move(scenario), sizing);
  const bool is_periodic =
      scenario.stimulus.source.is_periodic() && scenario.stimulus.sink.is_periodic();
  const DesignTimes& known = sizing.after;
  const std::uint64_t in_flight = known.interval > 0 ? known.latency / known.interval : 0;
  const std::uint64_t least = 2 * in_flight + (is_periodic ? 6 : kFramesUnderStalls);
  scenario.stimulus.frames = std::max(scenario.stimulus.frames, least);
  RunOptions options;
  options.engine = Engine::kFast;
  options.stop = stop;
  PreparedRun prepared = prepare(scenario, findings);
  DesignTimes times;
  if (!findings.empty()) return times;
  const Result result = execute(scenario, std::move(prepared), options);
  times.flows = result.status == RunStatus::kDone;
  if (!times.flows) return times;
  const std::vector<Cycle>& ends = result.frame_ends;
  const std::size_t first = in_flight + 2;
  const std::size_t last = ends.size() - first;
  times.latency = result.latency.value_or(0);
  times.interval = (ends[last] - ends[first] + (last - first) - 1) / (last - first);
  return times;
}

}  // namespace qnnsim
