// SPDX-License-Identifier: Apache-2.0
#include "rtl/generator/design_run.h"

#include <utility>

#include "rtl/generator/design_lockstep.h"

namespace qnnsim {

Result predict(Scenario scenario) {
  scenario.data = DataMode::kNone;
  scenario.cosim.clear();
  Findings findings;
  PreparedRun prepared = prepare(scenario, findings);
  RunOptions options;
  options.engine = Engine::kFast;
  return execute(scenario, std::move(prepared), options);
}

Design make_design(const Scenario& scenario, const PreparedRun& prepared,
                   const DesignOptions& options) {
  Findings findings;
  Design design = make_design(scenario, prepared.dataflow, options, findings);
  if (!findings.empty()) throw InputError(findings);
  return design;
}

Result run_design(const Scenario& scenario, PreparedRun prepared, RunOptions options,
                  const std::function<void(const std::string&)>& progress) {
  DesignOptions design_options;
  design_options.fifo_peaks = true;
  const Design design = make_design(scenario, prepared, design_options);
  DesignLockstep lockstep(design, prepared.cosim.ended, progress);
  options.observer = &lockstep;
  Result result = execute(scenario, std::move(prepared), options);
  lockstep.finish(result);
  if (result.status == RunStatus::kDone) {
    result.design_speed =
        DesignSpeed{lockstep.rtl_seconds(), result.wall_seconds - lockstep.total_seconds(),
                    predict(scenario).wall_seconds};
  }
  return result;
}

}  // namespace qnnsim
