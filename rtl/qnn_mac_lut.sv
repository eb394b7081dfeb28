// SPDX-License-Identifier: Apache-2.0
//
// Multiply-accumulate core in LUTs: result[pe] = sum over folds and simd of w * a.
//
// Free-running, rate 1 issue a cycle; cycles without `valid_i` leave the sums alone. The operands
// stand at the inputs before edge t + 1; `result_o` of the last issue of a sum may be sampled at
// edge t + 4 + ceil(log2 Simd). Stages: products (two stages where both operands have three bits
// or more); a tree of adders over Simd; where products take one stage, the balance of a count of
// equal bipolar pairs, or a spare register; the accumulator. No combinational path from input to
// output.
// Model: models/mvu.h, models/vvu.h.
module qnn_mac_lut #(
  /// Rows, and columns, of an issue.
  parameter integer Pe = 1,
  parameter integer Simd = 1,
  /// Weights and activations: width [bits] and kind (0 unsigned, 1 signed, 2 bipolar).
  parameter integer WeightWidth = 1,
  parameter integer WeightKind = 2,
  parameter integer InWidth = 1,
  parameter integer InKind = 2,
  /// Width of a result [bits]; results are exact modulo 2^OutWidth.
  parameter integer OutWidth = 32,
  /// 0: activations [Simd], weights [Pe][Simd]; 1: activations [Simd][Pe], weights [Simd][Pe].
  parameter integer Depthwise = 0,
  /// Elements of the activations.
  parameter integer InLanes = Depthwise != 0 ? Pe * Simd : Simd
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,   // synchronous, active low
  input  logic                           valid_i,
  input  logic                           first_i,  // of a sum; with `valid_i`
  input  logic                           last_i,   // of a sum; with `valid_i`
  input  logic [Pe*Simd*WeightWidth-1:0] weights_i,
  input  logic [InLanes*InWidth-1:0]     activations_i,
  output logic [Pe*OutWidth-1:0]         result_o
);
  localparam integer Levels     = $clog2(Simd);
  localparam integer Bipolar    = WeightKind == 2 && InKind == 2 ? 1 : 0;
  localparam integer OneBipolar = WeightKind == 2 || InKind == 2 ? 1 : 0;
  localparam integer Signed     = Bipolar != 0 ? 0 :
                                  OneBipolar != 0 || WeightKind == 1 || InKind == 1 ? 1 : 0;
  localparam integer Split      = OneBipolar == 0 && WeightWidth > 2 && InWidth > 2 ? 1 : 0;

  localparam integer ProductWidth = Bipolar != 0 ? 1 : WeightWidth + InWidth;
  // A count n of equal pairs stands for the sum 2 n - Simd.
  localparam integer ExactWidth   = Bipolar != 0 ? $clog2(Simd + 1) + 1 : ProductWidth + Levels;
  localparam integer SumWidth     = ExactWidth < OutWidth ? ExactWidth : OutWidth;
  localparam integer SumKind      = Bipolar != 0 || Signed != 0 || SumWidth == OutWidth ? 1 : 0;

  // Issues on their way to the accumulator.
  logic [Levels+1:0] valid_q;
  logic [Levels+1:0] first_q;
  logic              accumulate, restart, unused_last;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= {valid_q[Levels:0], valid_i};
    first_q <= {first_q[Levels:0], first_i};
  end
  assign accumulate  = valid_q[Levels+1];
  assign restart     = first_q[Levels+1];
  assign unused_last = last_i;

  for (genvar pe = 0; pe < Pe; pe++) begin : gen_pe
    logic [Simd*ProductWidth-1:0] products;
    logic [SumWidth-1:0]          sum, term;
    logic [OutWidth-1:0]          addend, total_q;

    for (genvar s = 0; s < Simd; s++) begin : gen_lane
      localparam integer WeightLane = Depthwise != 0 ? s * Pe + pe : pe * Simd + s;
      localparam integer InLane     = Depthwise != 0 ? s * Pe + pe : s;

      qnn_lut_product #(
        .WeightWidth (WeightWidth),
        .WeightKind  (WeightKind),
        .InWidth     (InWidth),
        .InKind      (InKind),
        .Stages      (1 + Split),
        .Width       (ProductWidth)
      ) u_product (
        .clk_i,
        .weight_i     (weights_i[WeightLane*WeightWidth +: WeightWidth]),
        .activation_i (activations_i[InLane*InWidth +: InWidth]),
        .product_o    (products[s*ProductWidth +: ProductWidth])
      );
    end

    qnn_adder_tree #(
      .Inputs   (Simd),
      .InWidth  (ProductWidth),
      .Signed   (Signed),
      .OutWidth (SumWidth)
    ) u_tree (
      .clk_i,
      .data_i (products),
      .sum_o  (sum)
    );

    if (Bipolar != 0) begin : gen_balance
      always_ff @(posedge clk_i) term <= (sum << 1) - Simd[SumWidth-1:0];
    end else if (Split == 0) begin : gen_spare
      always_ff @(posedge clk_i) term <= sum;
    end else begin : gen_through
      assign term = sum;
    end

    qnn_signed #(.Width(SumWidth), .Kind(SumKind), .OutWidth(OutWidth)) u_addend (
      .data_i(term), .data_o(addend)
    );
    always_ff @(posedge clk_i) begin
      if (accumulate) total_q <= (restart ? '0 : total_q) + addend;
    end
    assign result_o[pe*OutWidth +: OutWidth] = total_q;
  end

`ifndef SYNTHESIS
  initial begin
    if (Pe < 1 || Simd < 1 || WeightWidth < 1 || InWidth < 1 || OutWidth < 1) begin
      $fatal(1, "qnn_mac_lut: Pe %0d, Simd %0d, WeightWidth %0d, InWidth %0d, OutWidth %0d: %s",
             Pe, Simd, WeightWidth, InWidth, OutWidth, "less than 1");
    end
    if (WeightKind < 0 || WeightKind > 2 || (WeightKind == 2 && WeightWidth != 1)) begin
      $fatal(1, "qnn_mac_lut: no WeightKind %0d of %0d bits", WeightKind, WeightWidth);
    end
    if (InKind < 0 || InKind > 2 || (InKind == 2 && InWidth != 1)) begin
      $fatal(1, "qnn_mac_lut: no InKind %0d of %0d bits", InKind, InWidth);
    end
  end
`endif
endmodule
