// SPDX-License-Identifier: Apache-2.0
module wire_axi(
  input ap_clk, input ap_rst_n,
  input [7:0] in0_V_TDATA, input in0_V_TVALID, output in0_V_TREADY,
  output [7:0] out_V_TDATA, output out_V_TVALID, input out_V_TREADY
);
  assign out_V_TDATA = in0_V_TDATA;
  assign out_V_TVALID = in0_V_TVALID;
  assign in0_V_TREADY = out_V_TREADY;
endmodule
