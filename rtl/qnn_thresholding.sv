// SPDX-License-Identifier: Apache-2.0
//
// Multi-threshold activation: how many of a channel's levels are no greater than the element,
// counted from the lowest value of the output type.
//
// One beat a cycle, latency ceil(log2(Steps + 1)): a binary search, one stage a bit of the count,
// every stage with a memory of its own in every lane. `ready_o` depends combinationally on
// `ready_i`, `valid_o` on nothing; the FIFOs around every kernel cut the path.
// Model: models/thresholding.h.
module qnn_thresholding #(
  /// Beats of a pixel.
  parameter integer Folds = 1,
  /// Elements of a beat.
  parameter integer Lanes = 1,
  /// Levels of a channel.
  parameter integer Steps = 1,
  /// Width [bits] and kind of an element of the input, of a level and of the output.
  parameter integer InWidth = 8,
  parameter integer InKind = 1,
  parameter integer LevelWidth = 8,
  parameter integer LevelKind = 1,
  parameter integer OutWidth = 1,
  parameter integer OutKind = 0,
  /// What the levels are made of: "auto", "lut", "bram" or "uram".
  parameter [31:0] Style = "auto",
  /// Files of the levels, as $readmemh reads them: for stage 1 of lane 12
  /// "<LevelFile>_0001_0012.hex".
  parameter LevelFile = ""
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,  // synchronous, active low
  input  logic                      valid_i,
  output logic                      ready_o,
  input  logic [Lanes*InWidth-1:0]  data_i,
  output logic                      valid_o,
  input  logic                      ready_i,
  output logic [Lanes*OutWidth-1:0] data_o
);
  localparam integer Stages      = $clog2(Steps + 1);
  localparam integer FoldWidth   = Folds > 1 ? $clog2(Folds) : 1;
  localparam integer LastFold    = Folds - 1;
  localparam integer NumberWidth = InKind == 1 ? InWidth : InWidth + 1;
  // Added to a count in two's complement, the lowest value of the type inverts the first bit.
  localparam [OutWidth-1:0] Lowest = OutKind == 1 ? 1 << (OutWidth - 1) : 0;

  logic                         issue, room;
  logic [FoldWidth-1:0]         fold_q, next_fold, unused_oldest;
  logic [Stages*FoldWidth-1:0]  folds, folds_q;  // entry n: of the beat in stage n
  logic [Lanes*NumberWidth-1:0] numbers;
  logic [Lanes*OutWidth-1:0]    results;

  assign issue   = valid_i && room;
  assign ready_o = room;

  always_comb begin
    next_fold = fold_q;
    if (issue) next_fold = fold_q == LastFold[FoldWidth-1:0] ? '0 : fold_q + 1'b1;
    if (!rst_ni) next_fold = '0;
  end
  assign {unused_oldest, folds} = {folds_q, fold_q};

  always_ff @(posedge clk_i) begin
    fold_q  <= next_fold;
    folds_q <= folds;
  end

  qnn_signed #(.Lanes(Lanes), .Width(InWidth), .Kind(InKind), .OutWidth(NumberWidth)) u_numbers (
    .data_i, .data_o(numbers)
  );

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic [Stages-1:0] count;

    qnn_threshold_lane #(
      .Steps      (Steps),
      .Folds      (Folds),
      .ValueWidth (NumberWidth),
      .LevelWidth (LevelWidth),
      .LevelKind  (LevelKind),
      .Style      (Style),
      .LevelFile  (LevelFile),
      .Lane       (lane)
    ) u_search (
      .clk_i,
      .next_fold_i (next_fold),
      .folds_i     (folds),
      .value_i     (numbers[lane*NumberWidth +: NumberWidth]),
      .count_o     (count)
    );
    assign results[lane*OutWidth +: OutWidth] = {{(OutWidth - Stages){1'b0}}, count} ^ Lowest;
  end

  qnn_output_queue #(
    .Width (Lanes * OutWidth),
    .Depth (Stages)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .room_o  (room),
    .issue_i (issue),
    .data_i  (results),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Folds < 1 || Lanes < 1 || Steps < 1) begin
      $fatal(1, "qnn_thresholding: Folds %0d, Lanes %0d, Steps %0d: less than 1", Folds, Lanes,
             Steps);
    end
    if (OutWidth < Stages || (OutKind == 2 && Steps != 1)) begin
      $fatal(1, "qnn_thresholding: OutWidth %0d, OutKind %0d do not hold %0d Steps", OutWidth,
             OutKind, Steps);
    end
  end
`endif
endmodule
