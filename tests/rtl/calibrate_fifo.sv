// SPDX-License-Identifier: Apache-2.0
//
// Our FIFO as a kernel with AXI streams; it holds `HIDDEN` beats more than its `DEPTH` says.
module calibrate_fifo #(
  parameter integer DEPTH  = 2,
  parameter integer HIDDEN = 0
) (
  input  logic       ap_clk,
  input  logic       ap_rst_n,
  input  logic [7:0] s_axis_tdata,
  input  logic       s_axis_tvalid,
  output logic       s_axis_tready,
  output logic [7:0] m_axis_tdata,
  output logic       m_axis_tvalid,
  input  logic       m_axis_tready
);
  qnn_fifo #(.Width(8), .Depth(DEPTH + HIDDEN)) u_fifo (
    .clk_i   (ap_clk),
    .rst_ni  (ap_rst_n),
    .valid_i (s_axis_tvalid),
    .ready_o (s_axis_tready),
    .data_i  (s_axis_tdata),
    .valid_o (m_axis_tvalid),
    .ready_i (m_axis_tready),
    .data_o  (m_axis_tdata),
    .count_o ()
  );
endmodule
