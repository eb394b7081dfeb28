// SPDX-License-Identifier: Apache-2.0
//
// qnn_thresholding with AXI-Stream ports. It has no levels: nothing here depends on values.
module calibrate_thresholding #(
  parameter int FOLDS = 1,
  parameter int PE = 1,
  parameter int STEPS = 1
) (
  input  logic            aclk,
  input  logic            aresetn,
  input  logic [16*PE-1:0] s_axis_tdata,
  input  logic            s_axis_tvalid,
  output logic            s_axis_tready,
  output logic [8*PE-1:0] m_axis_tdata,
  output logic            m_axis_tvalid,
  input  logic            m_axis_tready
);
  qnn_thresholding #(
    .Folds(FOLDS), .Lanes(PE), .Steps(STEPS), .InWidth(16), .LevelWidth(16), .OutWidth(8)
  ) u_kernel (
    .clk_i(aclk), .rst_ni(aresetn), .valid_i(s_axis_tvalid), .ready_o(s_axis_tready),
    .data_i(s_axis_tdata), .valid_o(m_axis_tvalid), .ready_i(m_axis_tready), .data_o(m_axis_tdata)
  );
endmodule
