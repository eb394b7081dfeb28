// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/cosim/cosim_settings.h"
#include "sim/cosim/lockstep_kernel.h"
#include "sim/cosim/rtl_cache.h"
#include "sim/dataflow.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// A kernel of the dataflow that runs as RTL.
struct CosimKernel {
  std::string kernel;                        ///< "conv0.mvu"
  std::string top;                           ///< module
  const LockstepKernel* lockstep = nullptr;  ///< nullptr: RTL in place of the model
  /// What RTL in place of the model said when it ended itself.
  std::shared_ptr<std::string> failure = std::make_shared<std::string>();
};

/// The kernels of one run that are RTL.
struct Cosim {
  std::vector<CosimKernel> kernels;  ///< in the order of the dataflow
  /// Set by a kernel when there is no use in going on: it differs from its model and has had time
  /// to show by how much, or its RTL has ended itself.
  std::shared_ptr<bool> ended = std::make_shared<bool>(false);
};

/// What is to be verilated of RTL that is not qnnsim's; `name` is for messages.
RtlSource foreign_source(const std::string& name, const ForeignRtl& rtl);

/// An RTL kernel of the model `kernel`, compiled and out of reset, with its memories filled.
/// Throws RtlError.
std::unique_ptr<RtlInstance> instantiate(const std::string& name, const Kernel& kernel,
                                         const RtlModule& module, const CompiledRtl& compiled);

/// What is wrong with `choices` for this dataflow goes to `findings`.
void check_rtl(const Dataflow& dataflow, const std::vector<CosimChoice>& choices,
               Findings& findings);

/// Replaces the kernels that `choices`, which have passed `check_rtl`, name by their RTL, or by
/// model and RTL in lockstep. The kernels must have their constants and not carry data yet. Throws
/// RtlError where RTL cannot be compiled. `progress` is called with a line for each kernel.
Cosim add_rtl(Dataflow& dataflow, const std::vector<CosimChoice>& choices,
              const std::function<void(const std::string&)>& progress);

}  // namespace qnnsim
