// SPDX-License-Identifier: Apache-2.0
//
// What stands around a design's SystemVerilog: scripts and constraints for the tools.
#pragma once

#include <string>
#include <vector>

#include "rtl/generator/design.h"

namespace qnnsim {

/// The paths of the design's SystemVerilog, kernels first, one a line: what `-f` of a simulator
/// reads.
std::string file_list(const std::vector<std::string>& sources);

/// Clock and reset for Vivado.
std::string constraints_text(const Design& design, double clock_mhz);

/// A Vivado script: `vivado -mode batch -source vivado.tcl -tclargs project|synthesis|package`.
std::string vivado_text(const Design& design, const Scenario& scenario,
                        const std::vector<std::string>& sources,
                        const std::vector<std::string>& memories);

/// simulate (Icarus), verilate (Verilator), lint and synthesise (Yosys).
std::string makefile_text(const Design& design, const Scenario& scenario);

/// What stands where in the directory, and how to use it.
std::string readme_text(const Design& design, const Scenario& scenario, const std::string& about);

}  // namespace qnnsim
