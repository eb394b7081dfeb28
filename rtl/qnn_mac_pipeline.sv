// SPDX-License-Identifier: Apache-2.0
//
// What stands behind the issues of a matrix unit: weights, multiply-accumulate cores, output queue.
//
// Rate 1 issue a cycle; a result may be pushed 5 + ceil(log2 Simd) edges after the last issue of
// its sum. The first of these cycles is that of the operand registers: `activations_i`, the
// caller's, and the weights' (the read register of their memory, or one for their stream).
// `room_o` depends combinationally on `ready_i`; nothing else does.
// Model: models/mvu.h, models/vvu.h.
module qnn_mac_pipeline #(
  /// What multiplies: 0 LUTs, 1 DSP48E1, 2 DSP48E2, 3 DSP58.
  parameter integer Core = 0,
  /// Vectors, rows and columns of an issue.
  parameter integer Mmv = 1,
  parameter integer Pe = 1,
  parameter integer Simd = 1,
  /// Issues of a sum, and tiles of weights until they begin anew.
  parameter integer Folds = 1,
  parameter integer Tiles = 1,
  /// Weights and activations: width [bits] and kind (0 unsigned, 1 signed, 2 bipolar).
  parameter integer WeightWidth = 1,
  parameter integer WeightKind = 2,
  parameter integer InWidth = 1,
  parameter integer InKind = 2,
  /// Width of a result [bits].
  parameter integer OutWidth = 32,
  /// 0: activations [Mmv][Simd], weights [Pe][Simd]; 1: activations [Mmv][Simd][Pe], weights
  /// [Simd][Pe].
  parameter integer Depthwise = 0,
  /// 1: no weight is the most negative value.
  parameter integer Narrow = 0,
  /// 1: the tile of an issue comes with it; 0: tiles stand in a memory, in the order of the issues.
  parameter integer WeightStream = 0,
  /// Contents of that memory for $readmemh, and what it is made of: auto, lut, bram or uram.
  parameter WeightFile = "",
  parameter [31:0] Memory = "auto",
  /// Elements of the activations of a vector.
  parameter integer InLanes = Depthwise != 0 ? Pe * Simd : Simd
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,         // synchronous, active low
  output logic                           room_o,         // a sum may be completed at this edge
  input  logic                           issue_i,        // with `last_i`, only with `room_o`
  input  logic                           first_i,        // the issue is the first of a sum
  input  logic                           last_i,         // the issue completes a sum
  input  logic [Pe*Simd*WeightWidth-1:0] weight_data_i,  // of the issue at this edge
  input  logic [Mmv*InLanes*InWidth-1:0] activations_i,  // of the issue at the edge before
  output logic                           valid_o,
  input  logic                           ready_i,
  output logic [Mmv*Pe*OutWidth-1:0]     data_o
);
  localparam integer TileWidth = Pe * Simd * WeightWidth;

  logic                       issue_q, first_q, last_q;
  logic [TileWidth-1:0]       weights;
  logic [Mmv*Pe*OutWidth-1:0] result;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) issue_q <= 1'b0;
    else issue_q <= issue_i;
    first_q <= first_i;
    last_q  <= last_i;
  end

  if (WeightStream != 0) begin : gen_stream
    always_ff @(posedge clk_i) weights <= weight_data_i;
  end else begin : gen_memory
    localparam integer AddressWidth = Tiles > 1 ? $clog2(Tiles) : 1;
    logic [AddressWidth-1:0] address;
    logic                    unused_last_tile, unused_stream;

    assign unused_stream = ^weight_data_i;

    qnn_counter #(.Count(Tiles), .Width(AddressWidth)) u_tile (
      .clk_i, .rst_ni, .step_i(issue_i), .value_o(address), .last_o(unused_last_tile)
    );
    qnn_rom #(
      .Width (TileWidth),
      .Depth (Tiles),
      .Style (Memory),
      .File  (WeightFile)
    ) u_weights (
      .clk_i, .address_i(address), .data_o(weights)
    );
  end

  qnn_mac_array #(
    .Core        (Core),
    .Mmv         (Mmv),
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
  ) u_array (
    .clk_i,
    .rst_ni,
    .valid_i       (issue_q),
    .first_i       (first_q),
    .last_i        (last_q),
    .weights_i     (weights),
    .activations_i,
    .result_o      (result)
  );

  qnn_output_queue #(
    .Width (Mmv * Pe * OutWidth),
    .Depth (5 + $clog2(Simd))
  ) u_queue (
    .clk_i,
    .rst_ni,
    .room_o,
    .issue_i (issue_i && last_i),
    .data_i  (result),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Folds < 1 || Tiles < 1) begin
      $fatal(1, "qnn_mac_pipeline: Folds %0d or Tiles %0d is less than 1", Folds, Tiles);
    end
  end
`endif
endmodule
