// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace qnnsim {

/// One port of a module in Verilog, as declared.
struct ModulePort {
  enum class Direction { kInput, kOutput, kInout };

  std::string name;
  Direction direction = Direction::kInput;
  int width_bits =
      0;  ///< 0 where the port is no vector of bits: an unpacked array, a real, a string

  bool is_input() const { return direction == Direction::kInput; }
};

/// The ports of module `top` in their order, from what `verilator --xml-only` writes. Throws
/// RtlPortError where there is no such module.
std::vector<ModulePort> read_module_ports(const std::string& xml, const std::string& top);

/// "input [7:0] in0_V_TDATA".
std::string declaration(const ModulePort& port);

}  // namespace qnnsim
