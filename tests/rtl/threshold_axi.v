// SPDX-License-Identifier: Apache-2.0
//
// Thresholding as a generator would write it: AXI-Stream ports in plain Verilog around
// threshold_core, TDATA in whole bytes. Ready depends on the ready of the output.
module threshold_axi #(
  parameter WI = 8,
  parameter WO = 1,
  parameter C = 1,
  parameter PE = 1,
  parameter STEPS = 1,
  parameter SIGNED = 1,
  parameter BIAS = 0,
  parameter THRESHOLDS_PATH = ""
) (
  (* X_INTERFACE_PARAMETER = "ASSOCIATED_BUSIF in0_V:out_V, ASSOCIATED_RESET ap_rst_n" *)
  input                            ap_clk,
  input                            ap_rst_n,
  input  [((PE*WI + 7)/8)*8 - 1:0] in0_V_TDATA,
  input                            in0_V_TVALID,
  output                           in0_V_TREADY,
  output [((PE*WO + 7)/8)*8 - 1:0] out_V_TDATA,
  output                           out_V_TVALID,
  input                            out_V_TREADY
);
  localparam PADDING = ((PE*WO + 7)/8)*8 - PE*WO;
  wire [PE*WO - 1:0] counts;
  generate
    if (PADDING > 0) assign out_V_TDATA = {{PADDING{1'b0}}, counts};
    else assign out_V_TDATA = counts;
  endgenerate

  threshold_core #(
    .WI(WI), .WO(WO), .C(C), .PE(PE), .STEPS(STEPS), .SIGNED(SIGNED), .BIAS(BIAS),
    .THRESHOLDS_PATH(THRESHOLDS_PATH)
  ) core (
    .clk(ap_clk), .rst_n(ap_rst_n),
    .idat(in0_V_TDATA[PE*WI - 1:0]), .ivld(in0_V_TVALID), .irdy(in0_V_TREADY),
    .odat(counts), .ovld(out_V_TVALID), .ordy(out_V_TREADY)
  );
endmodule
