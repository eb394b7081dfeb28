// SPDX-License-Identifier: Apache-2.0
//
// Largest value, sum or mean over a whole map, channel by channel.
//
// One input beat a cycle; the results leave while the last pixel enters, 2 cycles behind it, a mean
// 4. A beat of an earlier pixel never waits for the output. `ready_o` depends combinationally on
// `ready_i`, `valid_o` on nothing; the FIFOs around every kernel cut the path.
// Model: models/global_pool.h.
module qnn_global_pool #(
  /// Pixels of a map, and beats of a pixel.
  parameter integer Pixels = 4,
  parameter integer Folds = 1,
  /// 0: largest, 1: sum, 2: mean, rounded down, 3: mean, rounded half to even.
  parameter integer Mode = 0,
  /// Elements of a beat.
  parameter integer Lanes = 1,
  /// Width [bits] and kind of an element of the input.
  parameter integer InWidth = 8,
  parameter integer InKind = 1,
  /// Width [bits] and kind of an element of the output, which holds every result.
  parameter integer OutWidth = 8,
  parameter integer OutKind = 1
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
  localparam integer NumberWidth = InKind == 1 ? InWidth : InWidth + 1;
  localparam integer PooledWidth = NumberWidth + (Mode != 0 ? $clog2(Pixels) : 0);
  localparam integer BeatWidth   = Lanes * PooledWidth;
  localparam integer PixelWidth  = Pixels > 1 ? $clog2(Pixels) : 1;
  localparam integer FoldWidth   = Folds > 1 ? $clog2(Folds) : 1;

  logic                         issue, issue_q, first_q, last_fold, last_pixel, room;
  logic [PixelWidth-1:0]        pixel;
  logic [FoldWidth-1:0]         fold;
  logic [Lanes*NumberWidth-1:0] numbers, numbers_q;
  logic [BeatWidth-1:0]         operands, accumulators, next;
  logic [Lanes*OutWidth-1:0]    results;

  assign ready_o = room || !last_pixel;
  assign issue   = valid_i && ready_o;

  qnn_counter #(.Count(Folds), .Width(FoldWidth)) u_fold (
    .clk_i, .rst_ni, .step_i(issue), .value_o(fold), .last_o(last_fold)
  );
  qnn_counter #(.Count(Pixels), .Width(PixelWidth)) u_pixel (
    .clk_i, .rst_ni, .step_i(issue && last_fold), .value_o(pixel), .last_o(last_pixel)
  );

  // First cycle: the operands enter, their accumulators are read.
  qnn_signed #(
    .Lanes    (Lanes),
    .Width    (InWidth),
    .Kind     (InKind),
    .OutWidth (NumberWidth)
  ) u_numbers (
    .data_i,
    .data_o (numbers)
  );
  always_ff @(posedge clk_i) begin
    issue_q   <= rst_ni && issue;
    first_q   <= pixel == '0;
    numbers_q <= numbers;
  end

  // Second cycle: the accumulators take their next state.
  if (PooledWidth == NumberWidth) begin : gen_same
    assign operands = numbers_q;
  end else begin : gen_extend
    qnn_signed #(
      .Lanes    (Lanes),
      .Width    (NumberWidth),
      .Kind     (1),
      .OutWidth (PooledWidth)
    ) u_operands (
      .data_i (numbers_q),
      .data_o (operands)
    );
  end
  qnn_pool_step #(.Lanes(Lanes), .Width(PooledWidth), .Mode(Mode)) u_step (
    .first_i        (first_q),
    .accumulators_i (accumulators),
    .operands_i     (operands),
    .accumulators_o (next)
  );

  if (Folds == 1) begin : gen_register
    logic unused_fold;
    assign unused_fold = fold[0];

    always_ff @(posedge clk_i) begin
      if (issue_q) accumulators <= next;
    end
  end else begin : gen_ram
    logic [FoldWidth-1:0] fold_q;

    always_ff @(posedge clk_i) fold_q <= fold;

    // Written are the accumulators of the fold before: another word than the one that is read.
    qnn_ram #(.Width(BeatWidth), .Depth(Folds)) u_ram (
      .clk_i,
      .write_i         (issue_q),
      .write_address_i (fold_q),
      .data_i          (next),
      .read_i          (issue),
      .read_address_i  (fold),
      .data_o          (accumulators)
    );
  end

  qnn_pool_result #(
    .Lanes    (Lanes),
    .Width    (PooledWidth),
    .Mode     (Mode),
    .Count    (Pixels),
    .OutWidth (OutWidth),
    .OutKind  (OutKind)
  ) u_result (
    .clk_i,
    .accumulators_i (next),
    .results_o      (results)
  );

  qnn_output_queue #(
    .Width (Lanes * OutWidth),
    .Depth (Mode >= 2 ? 4 : 2)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .room_o  (room),
    .issue_i (issue && last_pixel),
    .data_i  (results),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Pixels < 1 || Folds < 1 || Lanes < 1) begin
      $fatal(1, "qnn_global_pool: Pixels %0d, Folds %0d, Lanes %0d: less than 1", Pixels, Folds,
             Lanes);
    end
  end
`endif
endmodule
