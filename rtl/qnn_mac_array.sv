// SPDX-License-Identifier: Apache-2.0
//
// Multiply-accumulate cores side by side: one for each of Mmv vectors, all with the same weights.
//
// Free-running, rate 1 issue a cycle. The operands of an issue stand at the inputs before edge
// t + 1; `result_o` of the last issue of a sum may be sampled at edge t + 4 + ceil(log2 Simd). No
// combinational path.
module qnn_mac_array #(
  /// What multiplies: 0 LUTs, 1 DSP48E1, 2 DSP48E2, 3 DSP58.
  parameter integer Core = 0,
  /// Vectors, rows and columns of an issue.
  parameter integer Mmv = 1,
  parameter integer Pe = 1,
  parameter integer Simd = 1,
  /// Weights and activations: width [bits] and kind (0 unsigned, 1 signed, 2 bipolar).
  parameter integer WeightWidth = 1,
  parameter integer WeightKind = 2,
  parameter integer InWidth = 1,
  parameter integer InKind = 2,
  /// Width of a result [bits]; results are exact modulo 2^OutWidth.
  parameter integer OutWidth = 32,
  /// 0: activations [Mmv][Simd], weights [Pe][Simd]; 1: activations [Mmv][Simd][Pe], weights
  /// [Simd][Pe].
  parameter integer Depthwise = 0,
  /// 1: no weight is the most negative value.
  parameter integer Narrow = 0,
  /// Issues of a sum.
  parameter integer Folds = 1,
  /// Elements of the activations of a vector.
  parameter integer InLanes = Depthwise != 0 ? Pe * Simd : Simd
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,   // synchronous, active low
  input  logic                           valid_i,
  input  logic                           first_i,  // of a sum; with `valid_i`
  input  logic                           last_i,   // of a sum; with `valid_i`
  input  logic [Pe*Simd*WeightWidth-1:0] weights_i,
  input  logic [Mmv*InLanes*InWidth-1:0] activations_i,
  output logic [Mmv*Pe*OutWidth-1:0]     result_o
);
  for (genvar m = 0; m < Mmv; m++) begin : gen_vector
    logic [InLanes*InWidth-1:0] activations;
    logic [Pe*OutWidth-1:0]     result;

    assign activations = activations_i[m*InLanes*InWidth +: InLanes*InWidth];
    assign result_o[m*Pe*OutWidth +: Pe*OutWidth] = result;

    if (Core == 0) begin : gen_lut
      qnn_mac_lut #(
        .Pe          (Pe),
        .Simd        (Simd),
        .WeightWidth (WeightWidth),
        .WeightKind  (WeightKind),
        .InWidth     (InWidth),
        .InKind      (InKind),
        .OutWidth    (OutWidth),
        .Depthwise   (Depthwise)
      ) u_core (
        .clk_i, .rst_ni, .valid_i, .first_i, .last_i, .weights_i,
        .activations_i(activations), .result_o(result)
      );
    end else if (Core == 3) begin : gen_dsp58
      qnn_mac_dsp58 #(
        .Pe          (Pe),
        .Simd        (Simd),
        .WeightWidth (WeightWidth),
        .WeightKind  (WeightKind),
        .InWidth     (InWidth),
        .InKind      (InKind),
        .OutWidth    (OutWidth),
        .Depthwise   (Depthwise),
        .Narrow      (Narrow),
        .Folds       (Folds)
      ) u_core (
        .clk_i, .rst_ni, .valid_i, .first_i, .last_i, .weights_i,
        .activations_i(activations), .result_o(result)
      );
    end else begin : gen_dsp48
      qnn_mac_dsp48 #(
        .Pe          (Pe),
        .Simd        (Simd),
        .WeightWidth (WeightWidth),
        .WeightKind  (WeightKind),
        .InWidth     (InWidth),
        .InKind      (InKind),
        .OutWidth    (OutWidth),
        .Depthwise   (Depthwise),
        .Narrow      (Narrow),
        .Slice       (Core),
        .Folds       (Folds)
      ) u_core (
        .clk_i, .rst_ni, .valid_i, .first_i, .last_i, .weights_i,
        .activations_i(activations), .result_o(result)
      );
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (Core < 0 || Core > 3) $fatal(1, "qnn_mac_array: Core %0d is not in 0..3", Core);
    if (Mmv < 1) $fatal(1, "qnn_mac_array: Mmv %0d is less than 1", Mmv);
  end
`endif
endmodule
