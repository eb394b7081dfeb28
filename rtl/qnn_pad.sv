// SPDX-License-Identifier: Apache-2.0
//
// Surrounds a feature map with constant pixels.
//
// One output beat a cycle, latency 1. A padding beat needs no input, so the top rows of a frame
// leave before the frame arrives, from reset on. `ready_o` depends combinationally on `ready_i`,
// `valid_o` on nothing; the FIFOs around every kernel cut the path.
// Model: models/pad.h.
module qnn_pad #(
  /// Size of the unpadded map [pixels].
  parameter integer Height = 1,
  parameter integer Width = 1,
  /// Beats of a pixel.
  parameter integer Folds = 1,
  /// Padding on each side [pixels].
  parameter integer Top = 0,
  parameter integer Left = 0,
  parameter integer Bottom = 0,
  parameter integer Right = 0,
  /// Elements of a beat, and the width of one [bits].
  parameter integer Lanes = 1,
  parameter integer LaneWidth = 1,
  /// Bits of a padding element.
  parameter integer Value = 0
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,  // synchronous, active low
  input  logic                       valid_i,
  output logic                       ready_o,
  input  logic [Lanes*LaneWidth-1:0] data_i,
  output logic                       valid_o,
  input  logic                       ready_i,
  output logic [Lanes*LaneWidth-1:0] data_o
);
  localparam integer PaddedHeight = Height + Top + Bottom;
  localparam integer PaddedWidth  = Width + Left + Right;
  localparam integer RowBits      = $clog2(PaddedHeight + 1);
  localparam integer ColumnBits   = $clog2(PaddedWidth + 1);

  logic [RowBits-1:0]    row, map_row;
  logic [ColumnBits-1:0] column, map_column;
  logic                  last_fold, last_column, unused_last_row;
  logic                  in_map, issue, room;
  logic [(Folds > 1 ? $clog2(Folds) : 1)-1:0] unused_fold;

  // Above and left of the map the differences wrap round, beyond its height and width.
  assign map_row    = row - Top[RowBits-1:0];
  assign map_column = column - Left[ColumnBits-1:0];
  assign in_map     = map_row < Height[RowBits-1:0] && map_column < Width[ColumnBits-1:0];
  assign issue      = room && (valid_i || !in_map);
  assign ready_o    = room && in_map;

  qnn_counter #(.Count(Folds)) u_fold (
    .clk_i, .rst_ni, .step_i(issue), .value_o(unused_fold), .last_o(last_fold)
  );
  qnn_counter #(.Count(PaddedWidth), .Width(ColumnBits)) u_column (
    .clk_i, .rst_ni, .step_i(issue && last_fold), .value_o(column), .last_o(last_column)
  );
  qnn_counter #(.Count(PaddedHeight), .Width(RowBits)) u_row (
    .clk_i, .rst_ni, .step_i(issue && last_fold && last_column), .value_o(row),
    .last_o(unused_last_row)
  );

  qnn_output_queue #(
    .Width (Lanes * LaneWidth),
    .Depth (1)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .room_o  (room),
    .issue_i (issue),
    .data_i  (in_map ? data_i : {Lanes{Value[LaneWidth-1:0]}}),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Height < 1 || Width < 1 || Folds < 1 || Lanes < 1 || LaneWidth < 1) begin
      $fatal(1, "qnn_pad: Height %0d, Width %0d, Folds %0d, Lanes %0d, LaneWidth %0d: less than 1",
             Height, Width, Folds, Lanes, LaneWidth);
    end
    if (Top < 0 || Left < 0 || Bottom < 0 || Right < 0) begin
      $fatal(1, "qnn_pad: Top %0d, Left %0d, Bottom %0d, Right %0d: less than 0", Top, Left, Bottom,
             Right);
    end
  end
`endif
endmodule
