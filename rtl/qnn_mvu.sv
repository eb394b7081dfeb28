// SPDX-License-Identifier: Apache-2.0
//
// Matrix-vector unit: y = W x for a stream of vectors, Pe x Simd multiply-accumulates a cycle.
//
// FoldsIn x FoldsOut cycles a vector without a gap; a result may be pushed 5 + ceil(log2 Simd)
// edges after the issue that completes it. With FoldsOut > 1 a vector is held in a replay buffer of
// two vectors, and a beat taken at edge t is issued from t + 1 on: `ready_o` comes from a register.
// With FoldsOut = 1 a beat is issued as it is taken: `ready_o` depends combinationally on `ready_i`
// and, with a weight stream, on `weight_valid_i`. `weight_ready_o` depends on `ready_i` and, with
// FoldsOut = 1, on `valid_i`. `valid_o` depends on nothing; the FIFOs around every kernel cut the
// paths.
// The Tile vectors of a tile are replayed as if they were one: all of them meet the FoldsIn weight
// tiles of a row before the next row comes, and results leave in the order [FoldsOut][Tile].
// Model: models/mvu.h.
module qnn_mvu #(
  /// Beats of a vector in, and of a vector out.
  parameter integer FoldsIn = 1,
  parameter integer FoldsOut = 1,
  /// Matrices, which successive vectors meet in turn.
  parameter integer Groups = 1,
  /// Vectors side by side, rows and columns of an issue.
  parameter integer Mmv = 1,
  /// Vectors of a tile; more than one needs a weight stream.
  parameter integer Tile = 1,
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
  /// 1: tiles of weights [Pe][Simd] arrive on the second input; 0: they stand in a memory.
  parameter integer WeightStream = 0,
  /// Contents of that memory for $readmemh, tiles [Groups][FoldsOut][FoldsIn], and what it is made
  /// of: auto, lut, bram or uram.
  parameter WeightFile = "",
  parameter [31:0] Memory = "auto"
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,  // synchronous, active low
  input  logic                           valid_i,
  output logic                           ready_o,
  input  logic [Mmv*Simd*InWidth-1:0]    data_i,
  input  logic                           weight_valid_i,
  output logic                           weight_ready_o,
  input  logic [Pe*Simd*WeightWidth-1:0] weight_data_i,
  output logic                           valid_o,
  input  logic                           ready_i,
  output logic [Mmv*Pe*OutWidth-1:0]     data_o
);
  localparam integer FoldWidth = FoldsIn > 1 ? $clog2(FoldsIn) : 1;
  localparam integer BeatWidth = Mmv * Simd * InWidth;

  logic [FoldWidth-1:0] fold;
  logic                 first_fold, last_fold;
  logic                 operand, tile, room, may_issue, issue;
  logic [BeatWidth-1:0] activations;  // operand register

  assign first_fold = fold == '0;
  assign may_issue  = room || !last_fold;
  assign issue      = operand && tile && may_issue;

  qnn_counter #(.Count(FoldsIn), .Width(FoldWidth)) u_fold_in (
    .clk_i, .rst_ni, .step_i(issue), .value_o(fold), .last_o(last_fold)
  );

  if (FoldsOut > 1) begin : gen_replay
    localparam integer TileFolds  = Tile * FoldsIn;
    localparam integer PassWidth  = $clog2(FoldsOut);
    localparam integer PlaceWidth = TileFolds > 1 ? $clog2(TileFolds) : 1;
    logic [PassWidth-1:0]  pass;
    logic                  first_pass, last_pass;
    logic [PlaceWidth-1:0] place;  // of the fold in the tile
    logic                  last_place;

    assign first_pass = pass == '0;

    if (Tile > 1) begin : gen_place
      qnn_counter #(.Count(TileFolds), .Width(PlaceWidth)) u_place (
        .clk_i, .rst_ni, .step_i(issue), .value_o(place), .last_o(last_place)
      );
    end else begin : gen_fold
      assign place      = fold;
      assign last_place = last_fold;
    end

    qnn_counter #(.Count(FoldsOut), .Width(PassWidth)) u_fold_out (
      .clk_i, .rst_ni, .step_i(issue && last_place), .value_o(pass), .last_o(last_pass)
    );
    qnn_replay_buffer #(.Width(BeatWidth), .Folds(TileFolds)) u_buffer (
      .clk_i,
      .rst_ni,
      .valid_i,
      .ready_o,
      .data_i,
      .ready_to_read_o (operand),
      .read_i          (issue),
      .fold_i          (place),
      .last_fold_i     (last_place),
      .first_pass_i    (first_pass),
      .last_pass_i     (last_pass),
      .data_o          (activations)
    );
  end else begin : gen_direct
    assign operand = valid_i;
    assign ready_o = tile && may_issue;
    always_ff @(posedge clk_i) activations <= data_i;
  end

  if (WeightStream != 0) begin : gen_weight_stream
    assign tile           = weight_valid_i;
    assign weight_ready_o = operand && may_issue;
  end else begin : gen_own_weights
    logic unused_valid;
    assign unused_valid   = weight_valid_i;
    assign tile           = 1'b1;
    assign weight_ready_o = 1'b0;
  end

  qnn_mac_pipeline #(
    .Core         (Core),
    .Mmv          (Mmv),
    .Pe           (Pe),
    .Simd         (Simd),
    .Folds        (FoldsIn),
    .Tiles        (Groups * FoldsOut * FoldsIn),
    .WeightWidth  (WeightWidth),
    .WeightKind   (WeightKind),
    .InWidth      (InWidth),
    .InKind       (InKind),
    .OutWidth     (OutWidth),
    .Depthwise    (0),
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
    .activations_i (activations),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (FoldsIn < 1 || FoldsOut < 1 || Groups < 1) begin
      $fatal(1, "qnn_mvu: FoldsIn %0d, FoldsOut %0d or Groups %0d is less than 1", FoldsIn,
             FoldsOut, Groups);
    end
    if (Mmv > 1 && (FoldsOut > 1 || Groups > 1)) begin
      $fatal(1, "qnn_mvu: Mmv %0d with FoldsOut %0d and Groups %0d", Mmv, FoldsOut, Groups);
    end
    if (Tile < 1 || (Tile > 1 && (Groups > 1 || WeightStream == 0))) begin
      $fatal(1, "qnn_mvu: Tile %0d with Groups %0d and WeightStream %0d", Tile, Groups,
             WeightStream);
    end
  end
`endif
endmodule
