// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "rtl/generator/design.h"

namespace qnnsim {

/// The module of one layer: its kernels, the FIFOs between them and those in front.
std::string layer_text(const Design& design, const DesignLayer& layer);

/// The top module: AXI-Stream in and out, an AXI master for every tensor in memory, registers over
/// AXI4-Lite (rtl/qnn_control.sv). `about`, lines of a comment, stands on top; `identity` in the
/// registers.
std::string top_text(const Design& design, const std::string& about, std::uint32_t identity);

/// Around the top module, for co-simulation: module `<design>_streams`, whose every port is a
/// stream. In their order, the inputs `s_axis_aw`, `s_axis_w`, `s_axis_ar` (AXI4-Lite: address;
/// data; address), `s_axis_in`, and of every master its R data or B; the outputs `m_axis_b`,
/// `m_axis_r` (AXI4-Lite: response; data), `m_axis_out`, and of every master AR, or AW and W.
/// Addresses of masters are {length - 1, address in bus beats}, 32 bits each.
std::string streams_text(const Design& design);

/// [bits] of the AXI-Stream data at either end, padded to bytes.
std::int64_t padded_bits(const Design& design, std::size_t edge);

}  // namespace qnnsim
