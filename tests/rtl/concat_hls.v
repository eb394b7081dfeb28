// SPDX-License-Identifier: Apache-2.0
//
// Joins two streams, FOLDS0 beats of the first and FOLDS1 of the second a pixel. No register is in
// the way: valid, ready and data pass from one side to the other within the cycle.
module concat_hls #(
  parameter WIDTH = 8,
  parameter FOLDS0 = 1,
  parameter FOLDS1 = 1
) (
  input                              ap_clk,
  input                              ap_rst_n,
  input  [((WIDTH + 7)/8)*8 - 1:0]   in0_V_V_TDATA,
  input                              in0_V_V_TVALID,
  output                             in0_V_V_TREADY,
  input  [((WIDTH + 7)/8)*8 - 1:0]   in1_V_V_TDATA,
  input                              in1_V_V_TVALID,
  output                             in1_V_V_TREADY,
  output [((WIDTH + 7)/8)*8 - 1:0]   out_V_V_TDATA,
  output                             out_V_V_TVALID,
  input                              out_V_V_TREADY
);
  integer fold = 0;
  wire second = fold >= FOLDS0;

  assign out_V_V_TVALID = second ? in1_V_V_TVALID : in0_V_V_TVALID;
  assign out_V_V_TDATA  = second ? in1_V_V_TDATA : in0_V_V_TDATA;
  assign in0_V_V_TREADY = !second && out_V_V_TREADY;
  assign in1_V_V_TREADY = second && out_V_V_TREADY;

  always @(posedge ap_clk) begin
    if (!ap_rst_n) fold <= 0;
    else if (out_V_V_TVALID && out_V_V_TREADY) fold <= fold == FOLDS0 + FOLDS1 - 1 ? 0 : fold + 1;
  end
endmodule
