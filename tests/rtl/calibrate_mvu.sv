// SPDX-License-Identifier: Apache-2.0
//
// qnn_mvu with a stream of weights under the names that its users have for its parameters.
module calibrate_mvu #(
  parameter int MW = 4,
  parameter int MH = 4,
  parameter int PE = 1,
  parameter int SIMD = 1
) (
  input  logic                aclk,
  input  logic                aresetn,
  input  logic [8*SIMD-1:0]   s_axis_tdata,
  input  logic                s_axis_tvalid,
  output logic                s_axis_tready,
  input  logic [8*PE*SIMD-1:0] s_axis_weights_tdata,
  input  logic                s_axis_weights_tvalid,
  output logic                s_axis_weights_tready,
  output logic [32*PE-1:0]    m_axis_tdata,
  output logic                m_axis_tvalid,
  input  logic                m_axis_tready
);
  qnn_mvu #(
    .FoldsIn(MW / SIMD), .FoldsOut(MH / PE), .Pe(PE), .Simd(SIMD), .WeightWidth(8), .WeightKind(1),
    .InWidth(8), .InKind(1), .OutWidth(32), .WeightStream(1)
  ) u_kernel (
    .clk_i(aclk), .rst_ni(aresetn), .valid_i(s_axis_tvalid), .ready_o(s_axis_tready),
    .data_i(s_axis_tdata), .weight_valid_i(s_axis_weights_tvalid),
    .weight_ready_o(s_axis_weights_tready), .weight_data_i(s_axis_weights_tdata),
    .valid_o(m_axis_tvalid), .ready_i(m_axis_tready), .data_o(m_axis_tdata)
  );
endmodule
