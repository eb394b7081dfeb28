// SPDX-License-Identifier: Apache-2.0
//
// Remembers the highest occupancy of a FIFO while a run is under way.
//
// `peak_o` bears the highest `count_i` of the edges at which `track_i` was high. No combinational
// path.
module qnn_peak #(
  /// Width of an occupancy [bits], up to 32.
  parameter integer Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,  // synchronous, active low
  input  logic             track_i,
  input  logic [Width-1:0] count_i,
  output logic [31:0]      peak_o
);
  logic [Width-1:0] peak_q;

  assign peak_o = {{(32 - Width){1'b0}}, peak_q};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) peak_q <= '0;
    else if (track_i && count_i > peak_q) peak_q <= count_i;
  end

`ifndef SYNTHESIS
  initial begin
    if (Width < 1 || Width > 31) $fatal(1, "qnn_peak: Width %0d is not 1 to 31", Width);
  end
`endif
endmodule
