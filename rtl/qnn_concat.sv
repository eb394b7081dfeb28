// SPDX-License-Identifier: Apache-2.0
//
// Joins streams along the channels: of every pixel first the beats of input 0, then of input 1, ...
//
// One beat a cycle, latency 1. `ready_o` depends combinationally on `ready_i`, `valid_o` on
// nothing; the FIFOs around every kernel cut the path.
// Model: models/concat.h.
module qnn_concat #(
  /// Number of input streams.
  parameter integer Inputs = 2,
  /// Elements of a beat.
  parameter integer Lanes = 1,
  /// Beats of a pixel, and width [bits] and kind of an element of each input: 32 bits an entry,
  /// input 0 in the least significant ones.
  parameter [32*Inputs-1:0] Folds = {Inputs{32'd1}},
  parameter [32*Inputs-1:0] InWidths = {Inputs{32'd8}},
  parameter [32*Inputs-1:0] InKinds = {Inputs{32'd1}},
  /// Width [bits] and kind of an element of the output, which holds every value of every input.
  parameter integer OutWidth = 8,
  parameter integer OutKind = 1
) (
  input  logic                                  clk_i,
  input  logic                                  rst_ni,  // synchronous, active low
  input  logic [Inputs-1:0]                     valid_i,
  output logic [Inputs-1:0]                     ready_o,
  input  logic [Lanes*widths_below(Inputs)-1:0] data_i,
  output logic                                  valid_o,
  input  logic                                  ready_i,
  output logic [Lanes*OutWidth-1:0]             data_o
);
  /// Sum of the widths of the inputs below `index` [bits].
  function automatic integer widths_below(input integer index);
    integer i;
    widths_below = 0;
    for (i = 0; i < index; i++) widths_below += InWidths[32*i +: 32];
  endfunction

  function automatic integer most_folds(input integer inputs);
    integer i;
    most_folds = 1;
    for (i = 0; i < inputs; i++) begin
      if (Folds[32*i +: 32] > most_folds) most_folds = Folds[32*i +: 32];
    end
  endfunction

  localparam integer BeatWidth   = Lanes * OutWidth;
  localparam integer SelectWidth = $clog2(Inputs);
  localparam integer FoldWidth   = $clog2(most_folds(Inputs) + 1);

  logic                        issue, room, last_fold, unused_last;
  logic [SelectWidth-1:0]      selected;
  logic [FoldWidth-1:0]        fold_q, next_fold;
  logic [Inputs*BeatWidth-1:0] beats;

  assign issue     = valid_i[selected] && room;
  assign ready_o   = {{(Inputs - 1){1'b0}}, room} << selected;
  assign next_fold = fold_q + 1'b1;
  assign last_fold = next_fold == Folds[32*selected +: FoldWidth];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) fold_q <= '0;
    else if (issue) fold_q <= last_fold ? '0 : next_fold;
  end

  qnn_counter #(.Count(Inputs), .Width(SelectWidth)) u_selected (
    .clk_i, .rst_ni, .step_i(issue && last_fold), .value_o(selected), .last_o(unused_last)
  );

  for (genvar i = 0; i < Inputs; i++) begin : gen_input
    localparam integer InWidth = InWidths[32*i +: 32];
    localparam integer InKind  = InKinds[32*i +: 32];

    logic [Lanes*InWidth-1:0] beat;
    assign beat = data_i[Lanes*widths_below(i) +: Lanes*InWidth];

    if (InWidth == OutWidth && InKind == OutKind) begin : gen_same
      assign beats[i*BeatWidth +: BeatWidth] = beat;
    end else begin : gen_extend
      qnn_signed #(
        .Lanes    (Lanes),
        .Width    (InWidth),
        .Kind     (InKind),
        .OutWidth (OutWidth)
      ) u_signed (
        .data_i (beat),
        .data_o (beats[i*BeatWidth +: BeatWidth])
      );
    end
  end

  qnn_output_queue #(
    .Width (BeatWidth),
    .Depth (1)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .room_o  (room),
    .issue_i (issue),
    .data_i  (beats[BeatWidth*selected +: BeatWidth]),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Inputs < 2) $fatal(1, "qnn_concat: Inputs %0d is less than 2", Inputs);
    if (Lanes < 1) $fatal(1, "qnn_concat: Lanes %0d is less than 1", Lanes);
    for (int i = 0; i < Inputs; i++) begin
      if (Folds[32*i +: 32] < 1) $fatal(1, "qnn_concat: Folds of input %0d is less than 1", i);
      if (InWidths[32*i +: 32] > OutWidth || OutKind == 2 && InKinds[32*i +: 32] != 2) begin
        $fatal(1, "qnn_concat: OutWidth %0d, OutKind %0d do not hold input %0d", OutWidth, OutKind,
               i);
      end
    end
  end
`endif
endmodule
