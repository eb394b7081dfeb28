// SPDX-License-Identifier: Apache-2.0
//
// Vector-vector unit: the depthwise convolution, Pe x Simd multiply-accumulates a cycle.
//
// A beat is [Simd kernel positions][Pe channels]. One beat a cycle; a result may be pushed
// 5 + ceil(log2 Simd) edges after the last beat of its window. `ready_o` and `weight_ready_o`
// depend combinationally on `ready_i` and, with a weight stream, each on the other's valid;
// `valid_o` depends on nothing. The FIFOs around every kernel cut the paths.
// Model: models/vvu.h.
module qnn_vvu #(
  /// Beats of a window, and of a pixel out.
  parameter integer FoldsIn = 1,
  parameter integer FoldsOut = 1,
  /// Channels and kernel positions of a beat.
  parameter integer Pe = 1,
  parameter integer Simd = 1,
  /// Weights and inputs: width [bits] and kind (0 unsigned, 1 signed, 2 bipolar).
  parameter integer WeightWidth = 1,
  parameter integer WeightKind = 2,
  parameter integer InWidth = 1,
  parameter integer InKind = 2,
  /// Width of a result [bits].
  parameter integer OutWidth = 32,
  /// What multiplies: 0 LUTs, 1 DSP48E1, 2 DSP48E2, 3 DSP58.
  parameter integer Core = 0,
  /// 1: no weight is the most negative value.
  parameter integer Narrow = 0,
  /// 1: tiles of weights [Simd][Pe] arrive on the second input; 0: they stand in a memory.
  parameter integer WeightStream = 0,
  /// Contents of that memory for $readmemh, tiles [FoldsOut][FoldsIn], and what it is made of:
  /// auto, lut, bram or uram.
  parameter WeightFile = "",
  parameter [31:0] Memory = "auto"
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,  // synchronous, active low
  input  logic                           valid_i,
  output logic                           ready_o,
  input  logic [Simd*Pe*InWidth-1:0]     data_i,
  input  logic                           weight_valid_i,
  output logic                           weight_ready_o,
  input  logic [Simd*Pe*WeightWidth-1:0] weight_data_i,
  output logic                           valid_o,
  input  logic                           ready_i,
  output logic [Pe*OutWidth-1:0]         data_o
);
  localparam integer FoldWidth = FoldsIn > 1 ? $clog2(FoldsIn) : 1;

  logic [FoldWidth-1:0]       fold;
  logic                       first_fold, last_fold;
  logic                       tile, room, may_issue, issue;
  logic [Simd*Pe*InWidth-1:0] activations_q;

  assign first_fold = fold == '0;
  assign may_issue  = room || !last_fold;
  assign issue      = valid_i && tile && may_issue;
  assign ready_o    = tile && may_issue;

  always_ff @(posedge clk_i) activations_q <= data_i;

  qnn_counter #(.Count(FoldsIn), .Width(FoldWidth)) u_fold_in (
    .clk_i, .rst_ni, .step_i(issue), .value_o(fold), .last_o(last_fold)
  );

  if (WeightStream != 0) begin : gen_weight_stream
    assign tile           = weight_valid_i;
    assign weight_ready_o = valid_i && may_issue;
  end else begin : gen_own_weights
    logic unused_valid;
    assign unused_valid   = weight_valid_i;
    assign tile           = 1'b1;
    assign weight_ready_o = 1'b0;
  end

  qnn_mac_pipeline #(
    .Core         (Core),
    .Pe           (Pe),
    .Simd         (Simd),
    .Folds        (FoldsIn),
    .Tiles        (FoldsOut * FoldsIn),
    .WeightWidth  (WeightWidth),
    .WeightKind   (WeightKind),
    .InWidth      (InWidth),
    .InKind       (InKind),
    .OutWidth     (OutWidth),
    .Depthwise    (1),
    .Narrow       (Narrow),
    .WeightStream (WeightStream),
    .WeightFile   (WeightFile),
    .Memory       (Memory)
  ) u_pipeline (
    .clk_i,
    .rst_ni,
    .room_o        (room),
    .issue_i       (issue),
    .first_i       (first_fold),
    .last_i        (last_fold),
    .weight_data_i,
    .activations_i (activations_q),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (FoldsIn < 1 || FoldsOut < 1) begin
      $fatal(1, "qnn_vvu: FoldsIn %0d or FoldsOut %0d is less than 1", FoldsIn, FoldsOut);
    end
  end
`endif
endmodule
