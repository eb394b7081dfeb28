// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/simulation.h"

namespace qnnsim {

/// How the program ends (DESIGN section 5).
enum ExitCode {
  kExitDone = 0,
  kExitFault = 1,          ///< a fault of ours
  kExitInput = 2,          ///< the input is wrong
  kExitDeadlock = 3,       ///< the accelerator stands still
  kExitDisagrees = 4,      ///< output and reference, or model and RTL, disagree
  kExitTarget = 5,         ///< a target was not met
  kExitInterrupted = 130,  ///< Ctrl-C; results so far are marked as partial
};

/// How the program ends after a run that ended so.
inline ExitCode exit_code_of(RunStatus status) {
  switch (status) {
    case RunStatus::kDeadlock:
      return kExitDeadlock;
    case RunStatus::kInterrupted:
      return kExitInterrupted;
    case RunStatus::kDisagreement:
      return kExitDisagrees;
    case RunStatus::kRunning:
    case RunStatus::kDone:
      break;
  }
  return kExitDone;
}

}  // namespace qnnsim
