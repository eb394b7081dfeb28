// SPDX-License-Identifier: Apache-2.0
//
// Largest of Inputs operands in two's complement: a tree of two-input comparisons, a register
// behind each.
//
// Rate 1 result a cycle, latency ceil(log2 Inputs) cycles; a single operand passes by wire. No
// reset and no enable.
module qnn_max_tree #(
  /// Number of operands, and the width of one [bits].
  parameter integer Inputs = 2,
  parameter integer Width = 4
) (
  input  logic                    clk_i,
  input  logic [Inputs*Width-1:0] data_i,  // operand 0 in the least significant bits
  output logic [Width-1:0]        max_o
);
  localparam integer Levels = $clog2(Inputs);

  // Level n holds the largest of every 2^n operands.
  for (genvar n = 0; n <= Levels; n++) begin : gen_level
    localparam integer Results = (Inputs + (1 << n) - 1) >> n;
    logic [Results*Width-1:0] results;

    if (n == 0) begin : gen_operands
      assign results = data_i;
    end else begin : gen_comparisons
      localparam integer Operands = (Inputs + (1 << (n - 1)) - 1) >> (n - 1);

      for (genvar i = 0; i < Results; i++) begin : gen_comparison
        localparam integer Other = 2 * i + 1 < Operands ? 2 * i + 1 : 2 * i;
        logic signed [Width-1:0] a, b;
        logic        [Width-1:0] larger_q;

        assign a = gen_level[n-1].results[2*i*Width +: Width];
        assign b = gen_level[n-1].results[Other*Width +: Width];
        always_ff @(posedge clk_i) larger_q <= b > a ? b : a;
        assign results[i*Width +: Width] = larger_q;
      end
    end
  end

  assign max_o = gen_level[Levels].results;

  if (Levels == 0) begin : gen_no_clock
    logic unused_clk;
    assign unused_clk = clk_i;
  end

`ifndef SYNTHESIS
  initial begin
    if (Inputs < 1 || Width < 1) begin
      $fatal(1, "qnn_max_tree: Inputs %0d, Width %0d: less than 1", Inputs, Width);
    end
  end
`endif
endmodule
