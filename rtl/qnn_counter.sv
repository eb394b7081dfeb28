// SPDX-License-Identifier: Apache-2.0
//
// Counts steps from 0 to Count - 1 and round again; a chain of them walks over a loop nest.
//
// No combinational path.
module qnn_counter #(
  /// Number of values.
  parameter integer Count = 2,
  /// Width of the value [bits].
  parameter integer Width = Count > 1 ? $clog2(Count) : 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,  // synchronous, active low
  input  logic             step_i,
  output logic [Width-1:0] value_o,
  output logic             last_o   // the value is Count - 1
);
  localparam integer Last = Count - 1;

  assign last_o = value_o == Last[Width-1:0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) value_o <= '0;
    else if (step_i) value_o <= last_o ? '0 : value_o + 1'b1;
  end

`ifndef SYNTHESIS
  initial begin
    if (Count < 1) $fatal(1, "qnn_counter: Count %0d is less than 1", Count);
  end
`endif
endmodule
