// SPDX-License-Identifier: Apache-2.0
//
// What a pool makes of its accumulators: the mean of Count values where it is asked for, and
// elements of the output type.
//
// Rate 1 a cycle; latency 2 cycles where it is a mean, else combinational. No reset and no enable.
module qnn_pool_result #(
  /// Number of accumulators, and the width of one [bits], two's complement.
  parameter integer Lanes = 1,
  parameter integer Width = 8,
  /// 0: largest, 1: sum, 2: mean, rounded down, 3: mean, rounded half to even.
  parameter integer Mode = 0,
  /// Values in an accumulator.
  parameter integer Count = 1,
  /// Width [bits] and kind of an element of the output, which holds every result.
  parameter integer OutWidth = 8,
  parameter integer OutKind = 1
) (
  input  logic                      clk_i,
  input  logic [Lanes*Width-1:0]    accumulators_i,
  output logic [Lanes*OutWidth-1:0] results_o
);
  if (Mode < 2) begin : gen_no_clock
    logic unused_clk;
    assign unused_clk = clk_i;
  end

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic [Width-1:0]    accumulator, result;
    logic [OutWidth-1:0] element;

    assign accumulator = accumulators_i[lane*Width +: Width];
    if (Mode >= 2) begin : gen_mean
      qnn_mean #(.Width(Width), .Count(Count), .HalfEven(Mode == 3 ? 1 : 0)) u_mean (
        .clk_i, .sum_i(accumulator), .mean_o(result)
      );
    end else begin : gen_as_it_is
      assign result = accumulator;
    end

    if (OutKind == 2) begin : gen_bipolar
      logic [Width-2:0] unused_below;
      assign unused_below = result[Width-2:0];
      assign element      = !result[Width-1];
    end else begin : gen_integer
      logic [Width-1:0] unused_above;
      assign {unused_above, element} = {{OutWidth{result[Width-1]}}, result};
    end
    assign results_o[lane*OutWidth +: OutWidth] = element;
  end

`ifndef SYNTHESIS
  initial begin
    if (Mode < 0 || Mode > 3) $fatal(1, "qnn_pool_result: Mode %0d is not in 0..3", Mode);
    if (Lanes < 1 || Width < 2 || Count < 1) begin
      $fatal(1, "qnn_pool_result: Lanes %0d, Width %0d or Count %0d is too small", Lanes, Width,
             Count);
    end
    if (OutKind == 2 && (OutWidth != 1 || Mode != 0)) begin
      $fatal(1, "qnn_pool_result: bipolar results of OutWidth %0d and Mode %0d", OutWidth, Mode);
    end
  end
`endif
endmodule
