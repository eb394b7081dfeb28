// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace qnnsim {

/// What the name of a port says of its part in a stream.
struct StreamName {
  enum class Role { kNone, kData, kValid, kReady };

  Role role = Role::kNone;
  std::string prefix;   ///< the name without the role; may be empty
  bool is_axi = false;  ///< TDATA, TVALID, TREADY: nothing else is called so
};

/// `in0_V_TDATA`, `s_axis_tvalid`, `ready_o`, `ordy`: AXI-Stream names and the like, in any case.
StreamName stream_name(const std::string& port);

/// `ap_clk`, `aclk`, `clk_i`, `s_axis_aclk`; not `ap_clk2x`.
bool is_clock_name(const std::string& port);

/// Is the reset of this name active low? `ap_rst_n`, `aresetn`, `rst_ni` are, `rst`, `ap_rst`,
/// `reset_i` are not; nothing if it is no reset's name.
std::optional<bool> reset_is_active_low(const std::string& port);

std::string lower_case(std::string text);
bool ends_with(const std::string& text, const std::string& end);

}  // namespace qnnsim
