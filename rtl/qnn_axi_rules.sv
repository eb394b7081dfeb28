// SPDX-License-Identifier: Apache-2.0
//
// What AMBA AXI demands of the address channel of a master that sends one kind of burst:
// assertions, and nothing in hardware.
//
// No combinational path.
// Model: none.
module qnn_axi_rules #(
  /// Width of the bus and of an address [bits], beats of a burst at most.
  parameter integer BusBits = 64,
  parameter integer AddressWidth = 40,
  parameter integer MaxBurst = 16
) (
  // Only assertions read them.
  // verilator lint_off UNUSEDSIGNAL
  input logic                    clk_i,
  input logic                    rst_ni,  // synchronous, active low
  input logic                    valid_i,
  input logic                    ready_i,
  input logic [AddressWidth-1:0] address_i,
  input logic [7:0]              len_i,
  input logic [2:0]              size_i,
  input logic [1:0]              burst_i
  // verilator lint_on UNUSEDSIGNAL
);
`ifndef SYNTHESIS
  localparam integer SizeBits = $clog2(BusBits / 8);
  localparam integer MostLen  = MaxBurst - 1;
  localparam [15:0]  Beat     = BusBits[15:0] / 8;

  logic [15:0] bytes;
  assign bytes = ({8'd0, len_i} + 16'd1) * Beat;

  WithinFourKilobytes: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_i |-> {4'd0, address_i[11:0]} + bytes <= 16'd4096);
  LengthLegal: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_i |-> len_i <= MostLen[7:0]);
  AddressAligned: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_i |-> address_i[SizeBits-1:0] == '0);
  WholeBusBeats: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_i |-> size_i == SizeBits[2:0]);
  AscendingAddresses: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_i |-> burst_i == 2'b01);
  AddressStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_i && !ready_i |=> valid_i && $stable(address_i) && $stable(len_i));
`endif
endmodule
