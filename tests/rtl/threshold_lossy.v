// SPDX-License-Identifier: Apache-2.0
//
// A single threshold a channel, with a fault: ready is registered, but no second register stands
// behind it, so a beat that comes in the first cycle of a stall takes the place of the one before.
module threshold_lossy #(
  parameter WI = 8,
  parameter C = 1,
  parameter THRESHOLDS_PATH = ""
) (
  input                             ap_clk,
  input                             ap_rst_n,
  input      [((WI + 7)/8)*8 - 1:0] in0_V_TDATA,
  input                             in0_V_TVALID,
  output                            in0_V_TREADY,
  output reg [7:0]                  out_V_TDATA,
  output reg                        out_V_TVALID,
  input                             out_V_TREADY
);
  reg signed [WI - 1:0] thresholds [0:C - 1];
  initial $readmemh(THRESHOLDS_PATH, thresholds);

  reg ready = 1'b1;
  integer channel = 0;
  wire signed [WI - 1:0] x = in0_V_TDATA[WI - 1:0];
  assign in0_V_TREADY = ready;

  always @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      ready <= 1'b1;
      channel <= 0;
      out_V_TVALID <= 1'b0;
    end else begin
      ready <= !out_V_TVALID || out_V_TREADY;
      if (out_V_TREADY) out_V_TVALID <= 1'b0;
      if (in0_V_TVALID && ready) begin
        out_V_TDATA <= {7'b0, thresholds[channel] <= x};
        out_V_TVALID <= 1'b1;
        channel <= channel == C - 1 ? 0 : channel + 1;
      end
    end
  end
endmodule
