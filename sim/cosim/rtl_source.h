// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/kernel.h"
#include "sim/cosim/rtl_ports.h"

namespace qnnsim {

/// A kernel in RTL cannot be verilated, compiled, loaded or driven; the message names the kernel
/// and says what the tool said. The program ends with exit code 2.
class RtlError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// RTL to be verilated: one elaboration of one top module.
struct RtlSource {
  std::string kernel;  ///< "conv0.mvu", for messages
  std::string top;
  std::string text;                       ///< a generated file that is read first; may be empty
  std::vector<std::string> files;         ///< paths, in the order of reading
  std::vector<std::string> include_dirs;  ///< where `include looks
  std::vector<std::pair<std::string, std::string>> parameters;  ///< of `top`: Verilog literals
  std::vector<std::pair<std::string, std::string>> defines;
  PortMap ports;
};

/// The files of qnnsim's `modules` and of every module under them, ascending. Throws RtlError if
/// one is missing.
std::vector<std::string> module_files(const std::set<std::string>& modules);

/// Our own kernel `module` with AXI-Stream ports around it: inputs `s_axis_<n>`, outputs
/// `m_axis_<n>`, TDATA padded with zeros to whole bytes, clock `aclk`, reset `aresetn`.
/// `kernel` is the model that `module` stands for. Throws RtlError if a file is missing.
RtlSource wrap_kernel(const std::string& name, const Kernel& kernel, const RtlModule& module);

/// The words of `memory` as $readmemh reads them, one a line.
std::string memory_text(const RtlMemory& memory);

}  // namespace qnnsim
