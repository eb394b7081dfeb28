// SPDX-License-Identifier: Apache-2.0
//
// Reads a memory of weights round and round from reset on, one word a beat. A kernel without an
// input.
module weight_rom #(
  parameter WIDTH = 8,
  parameter DEPTH = 1,
  parameter INIT_FILE = ""
) (
  input                                ap_clk,
  input                                ap_rst_n,
  output     [((WIDTH + 7)/8)*8 - 1:0] m_axis_0_tdata,
  output reg                           m_axis_0_tvalid,
  input                                m_axis_0_tready
);
  reg [WIDTH - 1:0] memory [0:DEPTH - 1];
  initial $readmemh(INIT_FILE, memory);

  reg [WIDTH - 1:0] word;
  assign m_axis_0_tdata = {{(((WIDTH + 7)/8)*8 - WIDTH){1'b0}}, word};

  integer address = 0;
  always @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      address <= 0;
      m_axis_0_tvalid <= 1'b0;
    end else if (!m_axis_0_tvalid || m_axis_0_tready) begin
      word <= memory[address];
      m_axis_0_tvalid <= 1'b1;
      address <= address == DEPTH - 1 ? 0 : address + 1;
    end
  end
endmodule
