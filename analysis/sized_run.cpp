// SPDX-License-Identifier: Apache-2.0
#include "analysis/sized_run.h"

#include <fmt/format.h>

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
  scenario.cosim.clear();
  scenario.data = DataMode::kNone;
  scenario.edges.clear();
  for (const SizedFifo& fifo : sizing.fifos) scenario.edges.push_back({fifo.name, fifo.depth, {}});
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

}  // namespace qnnsim
