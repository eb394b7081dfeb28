// SPDX-License-Identifier: Apache-2.0
//
// Sum of Inputs operands modulo 2^OutWidth: a tree of two-input adders, a register behind each.
//
// Rate 1 sum a cycle, latency ceil(log2 Inputs) cycles; a single operand passes by wire. No reset
// and no enable.
module qnn_adder_tree #(
  /// Number of operands, and the width of one [bits].
  parameter integer Inputs = 2,
  parameter integer InWidth = 4,
  /// Operands are two's complement (1) or unsigned (0).
  parameter integer Signed = 1,
  /// Width of the sum [bits].
  parameter integer OutWidth = 5
) (
  input  logic                      clk_i,
  input  logic [Inputs*InWidth-1:0] data_i,  // operand 0 in the least significant bits
  output logic [OutWidth-1:0]       sum_o
);
  localparam integer Levels = $clog2(Inputs);

  // Level n holds ceil(Inputs / 2^n) sums of up to 2^n operands, n bits wider than an operand.
  for (genvar n = 0; n <= Levels; n++) begin : gen_level
    localparam integer Sums  = (Inputs + (1 << n) - 1) >> n;
    localparam integer Width = InWidth + n < OutWidth ? InWidth + n : OutWidth;
    logic [Sums*Width-1:0] sums;

    if (n == 0) begin : gen_operands
      for (genvar i = 0; i < Sums; i++) begin : gen_operand
        assign sums[i*Width +: Width] = data_i[i*InWidth +: Width];
        if (Width < InWidth) begin : gen_cut
          logic unused_bits;
          assign unused_bits = ^data_i[i*InWidth+Width +: InWidth-Width];
        end
      end
    end else begin : gen_adders
      localparam integer Terms     = (Inputs + (1 << (n - 1)) - 1) >> (n - 1);
      localparam integer TermWidth = InWidth + n - 1 < OutWidth ? InWidth + n - 1 : OutWidth;
      localparam integer Extension = Width - TermWidth;

      for (genvar i = 0; i < Sums; i++) begin : gen_adder
        logic [TermWidth-1:0] a, b;
        logic [Width-1:0]     sum_q;

        assign a = gen_level[n-1].sums[2*i*TermWidth +: TermWidth];
        if (2 * i + 1 < Terms) begin : gen_pair
          assign b = gen_level[n-1].sums[(2*i+1)*TermWidth +: TermWidth];
        end else begin : gen_single
          assign b = '0;
        end
        if (Extension == 0) begin : gen_modulo
          always_ff @(posedge clk_i) sum_q <= a + b;
        end else begin : gen_grow
          always_ff @(posedge clk_i) begin
            sum_q <= {Signed != 0 && a[TermWidth-1], a} + {Signed != 0 && b[TermWidth-1], b};
          end
        end
        assign sums[i*Width +: Width] = sum_q;
      end
    end
  end

  localparam integer LastWidth = InWidth + Levels < OutWidth ? InWidth + Levels : OutWidth;
  logic [LastWidth-1:0] last;
  assign last = gen_level[Levels].sums;
  if (LastWidth == OutWidth) begin : gen_whole
    assign sum_o = last;
  end else begin : gen_extend
    assign sum_o = {{(OutWidth - LastWidth){Signed != 0 && last[LastWidth-1]}}, last};
  end

  if (Levels == 0) begin : gen_no_clock
    logic unused_clk;
    assign unused_clk = clk_i;
  end

`ifndef SYNTHESIS
  initial begin
    if (Inputs < 1 || InWidth < 1 || OutWidth < 1) begin
      $fatal(1, "qnn_adder_tree: Inputs %0d, InWidth %0d, OutWidth %0d: less than 1", Inputs,
             InWidth, OutWidth);
    end
  end
`endif
endmodule
