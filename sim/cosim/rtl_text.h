// SPDX-License-Identifier: Apache-2.0
//
// SystemVerilog text: instances of the project's modules.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/rtl_module.h"

namespace qnnsim {

/// A name, and the expression that is bound to it: parameters and pins of an instance.
using Bindings = std::vector<std::pair<std::string, std::string>>;

/// Expressions for the three signals of a stream.
struct StreamWires {
  std::string valid;
  std::string ready;
  std::string data;
};

/// The pins of a kernel's streams. Streams of one prefix share their ports, the first in the least
/// significant bits; inputs that the module's parameters switch off are tied to 0.
Bindings stream_pins(const RtlModule& module, const std::vector<StreamWires>& inputs,
                     const std::vector<StreamWires>& outputs);

/// `{last, ..., first}`, or the only expression itself.
std::string concatenation(const std::vector<std::string>& first_to_last);

/// An instance, indented by two blanks. A pin that is bound to its own name is written `.name`.
std::string instance_text(const std::string& module, const Bindings& parameters,
                          const std::string& name, const Bindings& pins);

/// "[7:0]".
std::string range_text(std::int64_t bits);

}  // namespace qnnsim
