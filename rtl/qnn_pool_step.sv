// SPDX-License-Identifier: Apache-2.0
//
// One step of a pool's accumulators: the larger or the sum of accumulator and operand, or the
// operand where the accumulators start anew.
//
// Combinational.
module qnn_pool_step #(
  /// Number of accumulators, and the width of one [bits], two's complement.
  parameter integer Lanes = 1,
  parameter integer Width = 8,
  /// 0: the larger, else the sum.
  parameter integer Mode = 0
) (
  input  logic                   first_i,  // start anew
  input  logic [Lanes*Width-1:0] accumulators_i,
  input  logic [Lanes*Width-1:0] operands_i,
  output logic [Lanes*Width-1:0] accumulators_o
);
  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [Width-1:0] accumulator, operand, next;

    assign accumulator = accumulators_i[lane*Width +: Width];
    assign operand     = operands_i[lane*Width +: Width];
    if (Mode == 0) begin : gen_max
      assign next = first_i || operand > accumulator ? operand : accumulator;
    end else begin : gen_sum
      assign next = operand + (first_i ? '0 : accumulator);
    end
    assign accumulators_o[lane*Width +: Width] = next;
  end
endmodule
