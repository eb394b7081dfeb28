// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace qnnsim {

/// One AXI-Stream of a module. Names are the module's.
struct RtlStream {
  std::string name;  ///< what its ports have in common: "s_axis_input", "in0_V"
  std::string data;  ///< TDATA
  std::string valid;
  std::string ready;
  int width_bits = 0;  ///< of TDATA
};

/// A port that belongs to no stream.
struct RtlPin {
  std::string name;
  int width_bits = 0;
};

/// What a module's ports are for.
struct RtlPorts {
  std::string clock;
  std::vector<std::string> more_clocks;  ///< inputs to be driven as the clock is
  std::string reset;                     ///< empty where the module has none
  bool reset_active_low = true;
  std::vector<RtlStream> inputs;     ///< slave streams, in the order of the module's ports
  std::vector<RtlStream> outputs;    ///< master streams, in the order of the module's ports
  std::vector<RtlPin> idle_inputs;   ///< held at 0, or at what PortMap::constants says
  std::vector<RtlPin> idle_outputs;  ///< left alone
};

/// What the user says of ports whose names do not tell.
struct PortMap {
  /// A port that is empty is found by `name`.
  struct Stream {
    std::string name;
    std::string data;
    std::string valid;
    std::string ready;
  };

  std::string clock;                     ///< empty: found by its name
  std::vector<std::string> more_clocks;  ///< driven as the clock is
  std::string reset;                     ///< empty: found by its name
  std::optional<bool> reset_active_low;  ///< nothing: told by its name
  std::vector<Stream> streams;  ///< all there are, in the kernel's order; empty: found by names
  std::map<std::string, std::uint64_t> constants;  ///< values of inputs of no stream
};

/// The ports of a module cannot be driven; the message names every port that was found.
class RtlPortError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Finds clock, reset and AXI-Streams among the ports of module `top`, from what
/// `verilator --xml-only` says of it. Throws RtlPortError.
RtlPorts find_ports(const std::string& xml, const std::string& top, const PortMap& map);

}  // namespace qnnsim
