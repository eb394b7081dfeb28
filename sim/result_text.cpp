// SPDX-License-Identifier: Apache-2.0
#include "sim/result_text.h"

#include <fmt/format.h>

namespace qnnsim {

const char* to_string(DataMode mode) { return mode == DataMode::kBitTrue ? "bit_true" : "none"; }

const char* to_string(RunStatus status) {
  switch (status) {
    case RunStatus::kRunning:
      return "running";
    case RunStatus::kDone:
      return "done";
    case RunStatus::kDeadlock:
      return "deadlock";
    case RunStatus::kInterrupted:
      return "interrupted";
    case RunStatus::kDisagreement:
      return "disagreement";
  }
  return "";
}

const char* to_string(Activity activity) {
  switch (activity) {
    case Activity::kBusy:
      return "busy";
    case Activity::kStarved:
      return "starved";
    case Activity::kBlocked:
      return "blocked";
  }
  return "";
}

std::string calibration_text(const CalibrationUse& use) {
  std::string text =
      fmt::format("{}: {}", use.name, use.timed.empty() ? "no kernel" : join(use.timed));
  if (!use.own_timing.empty()) text += "; own timing: " + join(use.own_timing);
  if (use.unmeasured.size() < use.timed.size()) {
    text += fmt::format("; error {} cycles in {} beats of {} held-out points",
                        use.error.worst_cycles, use.error.beats, use.error.held_out);
  }
  if (!use.unmeasured.empty()) text += "; not measured: " + join(use.unmeasured);
  return text;
}

std::string remedy_yaml(const std::vector<DepthChange>& changes) {
  if (changes.size() == 1) {
    return fmt::format("fifos: {{edges: {{{}: {}}}}}", changes[0].edge, changes[0].to);
  }
  std::string yaml = "fifos:\n  edges:";
  for (const DepthChange& change : changes) {
    yaml += fmt::format("\n    {}: {}", change.edge, change.to);
  }
  return yaml;
}

std::string starvation(const Result& result, const MemoryResult& memory,
                       const TensorResult& tensor) {
  return fmt::format("{}: {:.0f} % starved by {}; needs {:.3g} GB/s, gets {:.3g}", tensor.reader,
                     100.0 * double(tensor.starved_cycles) / double(result.total_cycles),
                     memory.name, tensor.needs_gb_s.value_or(0), tensor.gets_gb_s.value_or(0));
}

}  // namespace qnnsim
