// SPDX-License-Identifier: Apache-2.0
//
// Delays a word by Cycles clock cycles; with 0 it is wires.
//
// No reset and no enable, so it maps to shift-register LUTs.
module qnn_delay #(
  /// Width of the word [bits].
  parameter integer Width = 1,
  /// Delay [cycles].
  parameter integer Cycles = 1
) (
  input  logic             clk_i,
  input  logic [Width-1:0] data_i,
  output logic [Width-1:0] data_o
);
  if (Cycles == 0) begin : gen_wires
    logic unused_clk;
    assign unused_clk = clk_i;
    assign data_o = data_i;
  end else begin : gen_registers
    logic [Cycles*Width-1:0] shift_q;  // the oldest word in the most significant bits

    if (Cycles == 1) begin : gen_one
      always_ff @(posedge clk_i) shift_q <= data_i;
    end else begin : gen_more
      always_ff @(posedge clk_i) shift_q <= {shift_q[(Cycles-1)*Width-1:0], data_i};
    end
    assign data_o = shift_q[(Cycles-1)*Width +: Width];
  end

`ifndef SYNTHESIS
  initial begin
    if (Width < 1 || Cycles < 0) begin
      $fatal(1, "qnn_delay: Width %0d is less than 1, or Cycles %0d less than 0", Width, Cycles);
    end
  end
`endif
endmodule
