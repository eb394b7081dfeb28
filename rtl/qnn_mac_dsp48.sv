// SPDX-License-Identifier: Apache-2.0
//
// Multiply-accumulate core of packed DSP slices: result[pe] = sum over folds and simd of w * a.
//
// The weights of several rows share a slice, one activation meets them all; with Depthwise every
// row has its own activation, so its own slices. As many rows a slice as fit (docs/packing.md);
// where they do not divide Pe, the last slices hold fewer.
// Free-running, rate 1 issue a cycle; cycles without `valid_i` leave the sums alone. The operands
// stand at the inputs before edge t + 1; `result_o` of the last issue of a sum may be sampled at
// edge t + 4 + ceil(log2 Simd). No combinational path from input to output.
// Model: models/packed_mac.h.
module qnn_mac_dsp48 #(
  /// Rows, and columns, of an issue.
  parameter integer Pe = 4,
  parameter integer Simd = 2,
  /// Weights and activations: width [bits] and kind (0 unsigned, 1 signed, 2 bipolar).
  parameter integer WeightWidth = 4,
  parameter integer WeightKind = 1,
  parameter integer InWidth = 4,
  parameter integer InKind = 0,
  /// Width of a result [bits]; results are exact modulo 2^OutWidth.
  parameter integer OutWidth = 16,
  /// 0: activations [Simd], weights [Pe][Simd]; 1: activations [Simd][Pe], weights [Simd][Pe].
  parameter integer Depthwise = 0,
  /// 1: no weight is the most negative value.
  parameter integer Narrow = 0,
  /// 1: DSP48E1, 2: DSP48E2, 3: DSP58.
  parameter integer Slice = 2,
  /// Most issues of a sum; 0 where not known: carries are then as wide as results.
  parameter integer Folds = 0,
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
  // Two's complement operands.
  localparam integer Weight     = WeightKind == 1 ? WeightWidth : WeightWidth + 1;
  localparam integer Activation = InKind == 1 ? InWidth : InWidth + 1;

  // The lane plan (models/packed_mac.h): lanes Weight + Magnitude - 1 bits apart; the top one ends
  // at the width of the pre-adder, one bit before where the most negative weight occurs.
  localparam integer Width     = Slice == 1 ? 25 : 27;
  localparam integer Full      = WeightKind == 1 && Narrow == 0 ? 1 : 0;
  localparam integer Magnitude = InKind == 2 ? 2 : InWidth;
  localparam integer Room      = Width - Full - Weight;
  localparam integer Lanes =
      Depthwise != 0 || Room < 0 ? 1 : 1 + Room / (Weight + Magnitude - 1);
  localparam integer Stride = Lanes > 1 ? Room / (Lanes - 1) : Width;
  localparam integer Longer = Lanes > 1 ? Room % (Lanes - 1) : 0;
  localparam integer Groups = (Pe + Lanes - 1) / Lanes;

  // |C_l| is at most the number of products.
  localparam integer Needed     = Folds > 0 ? $clog2(Folds * Simd + 1) + 1 : OutWidth;
  localparam integer CarryWidth = Needed < OutWidth ? Needed : OutWidth;
  localparam integer Tree       = $clog2(Simd);

  logic [Pe*Simd*Weight-1:0]     weights;
  logic [InLanes*Activation-1:0] activations;
  qnn_signed #(
    .Lanes(Pe * Simd), .Width(WeightWidth), .Kind(WeightKind), .OutWidth(Weight)
  ) u_weights (
    .data_i(weights_i), .data_o(weights)
  );
  qnn_signed #(
    .Lanes(InLanes), .Width(InWidth), .Kind(InKind), .OutWidth(Activation)
  ) u_activations (
    .data_i(activations_i), .data_o(activations)
  );

  // Bit n: of the issue whose operands stood at the inputs n + 1 edges ago.
  logic [Tree+2:0] valid_q, first_q;
  logic            unused_last;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= {valid_q[Tree+1:0], valid_i};
    first_q <= {first_q[Tree+1:0], first_i};
  end
  assign unused_last = last_i;

  for (genvar g = 0; g < Groups; g++) begin : gen_group
    localparam integer First = g * Lanes;
    localparam integer Rows  = Pe - First < Lanes ? Pe - First : Lanes;
    logic [Rows*Simd*Weight-1:0] row_weights;
    logic [Simd*Activation-1:0]  row_activations;

    if (Depthwise != 0) begin : gen_depthwise
      for (genvar s = 0; s < Simd; s++) begin : gen_column
        assign row_weights[s*Weight +: Weight] = weights[(s*Pe+First)*Weight +: Weight];
        assign row_activations[s*Activation +: Activation] =
            activations[(s*Pe+First)*Activation +: Activation];
      end
    end else begin : gen_shared
      assign row_weights     = weights[First*Simd*Weight +: Rows*Simd*Weight];
      assign row_activations = activations;
    end

    qnn_packed_rows #(
      .Slice       (Slice),
      .Lanes       (Rows),
      .Stride      (Stride),
      .Longer      (Longer),
      .WeightWidth (Weight),
      .InWidth     (Activation),
      .Simd        (Simd),
      .CarryWidth  (CarryWidth),
      .OutWidth    (OutWidth)
    ) u_rows (
      .clk_i,
      .accumulate_i     (!first_q[0]),
      .enable_i         (valid_q[1]),
      .sum_accumulate_i (!first_q[Tree+2]),
      .sum_enable_i     (valid_q[Tree+2]),
      .weights_i        (row_weights),
      .activations_i    (row_activations),
      .result_o         (result_o[First*OutWidth +: Rows*OutWidth])
    );
  end

`ifndef SYNTHESIS
  localparam integer TopWidth = (Slice == 3 ? 58 : 48) - (Lanes - 1) * Stride - Longer;
  initial begin
    if (Pe < 1 || Simd < 1 || OutWidth < 1 || Folds < 0) begin
      $fatal(1, "qnn_mac_dsp48: Pe %0d, Simd %0d, OutWidth %0d or Folds %0d is too small", Pe,
             Simd, OutWidth, Folds);
    end
    if (Slice < 1 || Slice > 3) $fatal(1, "qnn_mac_dsp48: Slice %0d is not in 1..3", Slice);
    if (Weight > Width || Activation > (Slice == 3 ? 24 : 18)) begin
      $fatal(1, "qnn_mac_dsp48: weights of %0d x activations of %0d bits are wider than Slice %0d",
             Weight, Activation, Slice);
    end
    // The top lane is sign-extended: it must hold its sum.
    if (OutWidth > TopWidth && $clog2(Folds) + Weight + Magnitude > TopWidth) begin
      $fatal(1, "qnn_mac_dsp48: Folds %0d of %0d x %0d bits overflow the %0d bits of the top lane",
             Folds, Weight, Magnitude, TopWidth);
    end
  end
`endif
endmodule
