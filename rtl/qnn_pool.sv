// SPDX-License-Identifier: Apache-2.0
//
// Largest value, sum or mean over windows, channel by channel.
//
// One input beat a cycle. Parallel = 0: a beat is one position of a window; the result leaves 2
// cycles after the last of Window beats. Parallel = 1: a beat is a whole window; the result leaves
// 1 + max(1, ceil(log2 Window)) cycles after it. A mean takes 2 cycles more. A beat that completes
// no window never waits for the output. `ready_o` depends combinationally on `ready_i`, `valid_o`
// on nothing; the FIFOs around every kernel cut the path.
// Model: models/pool.h.
module qnn_pool #(
  /// Positions of a window.
  parameter integer Window = 4,
  /// 1: a beat is a whole window, position by position; 0: one position.
  parameter integer Parallel = 0,
  /// 0: largest, 1: sum, 2: mean, rounded down, 3: mean, rounded half to even.
  parameter integer Mode = 0,
  /// Elements of a position.
  parameter integer Lanes = 1,
  /// Width [bits] and kind of an element of the input.
  parameter integer InWidth = 8,
  parameter integer InKind = 1,
  /// Width [bits] and kind of an element of the output, which holds every result.
  parameter integer OutWidth = 8,
  parameter integer OutKind = 1,
  /// Positions of a beat.
  parameter integer Positions = Parallel != 0 ? Window : 1
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,  // synchronous, active low
  input  logic                               valid_i,
  output logic                               ready_o,
  input  logic [Positions*Lanes*InWidth-1:0] data_i,
  output logic                               valid_o,
  input  logic                               ready_i,
  output logic [Lanes*OutWidth-1:0]          data_o
);
  localparam integer NumberWidth = InKind == 1 ? InWidth : InWidth + 1;
  localparam integer PooledWidth = NumberWidth + (Mode != 0 ? $clog2(Window) : 0);
  localparam integer Levels      = Positions > 2 ? $clog2(Positions) : 1;

  logic                                   issue, last, room;
  logic [Positions*Lanes*NumberWidth-1:0] numbers;
  logic [Lanes*PooledWidth-1:0]           pooled;
  logic [Lanes*OutWidth-1:0]              results;

  assign ready_o = room || !last;
  assign issue   = valid_i && ready_o;

  qnn_signed #(
    .Lanes    (Positions * Lanes),
    .Width    (InWidth),
    .Kind     (InKind),
    .OutWidth (NumberWidth)
  ) u_signed (
    .data_i,
    .data_o (numbers)
  );

  if (Positions > 1) begin : gen_tree
    assign last = 1'b1;

    for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
      logic [Positions*NumberWidth-1:0] window;

      for (genvar k = 0; k < Positions; k++) begin : gen_position
        assign window[k*NumberWidth +: NumberWidth] =
            numbers[(k*Lanes+lane)*NumberWidth +: NumberWidth];
      end
      if (Mode == 0) begin : gen_max
        qnn_max_tree #(.Inputs(Positions), .Width(NumberWidth)) u_tree (
          .clk_i, .data_i(window), .max_o(pooled[lane*PooledWidth +: PooledWidth])
        );
      end else begin : gen_sum
        qnn_adder_tree #(
          .Inputs(Positions), .InWidth(NumberWidth), .Signed(1), .OutWidth(PooledWidth)
        ) u_tree (
          .clk_i, .data_i(window), .sum_o(pooled[lane*PooledWidth +: PooledWidth])
        );
      end
    end
  end else begin : gen_accumulate
    localparam integer CountWidth = Window > 1 && Parallel == 0 ? $clog2(Window) : 1;

    logic [CountWidth-1:0]        position;
    logic [Lanes*PooledWidth-1:0] operands, next;

    qnn_counter #(.Count(Parallel != 0 ? 1 : Window), .Width(CountWidth)) u_position (
      .clk_i, .rst_ni, .step_i(issue), .value_o(position), .last_o(last)
    );
    if (PooledWidth == NumberWidth) begin : gen_same
      assign operands = numbers;
    end else begin : gen_extend
      qnn_signed #(
        .Lanes(Lanes), .Width(NumberWidth), .Kind(1), .OutWidth(PooledWidth)
      ) u_signed (
        .data_i(numbers), .data_o(operands)
      );
    end
    qnn_pool_step #(.Lanes(Lanes), .Width(PooledWidth), .Mode(Mode)) u_step (
      .first_i(position == '0), .accumulators_i(pooled), .operands_i(operands),
      .accumulators_o(next)
    );
    always_ff @(posedge clk_i) begin
      if (issue) pooled <= next;
    end
  end

  qnn_pool_result #(
    .Lanes    (Lanes),
    .Width    (PooledWidth),
    .Mode     (Mode),
    .Count    (Window),
    .OutWidth (OutWidth),
    .OutKind  (OutKind)
  ) u_result (
    .clk_i,
    .accumulators_i (pooled),
    .results_o      (results)
  );

  qnn_output_queue #(
    .Width (Lanes * OutWidth),
    .Depth (1 + Levels + (Mode >= 2 ? 2 : 0))
  ) u_queue (
    .clk_i,
    .rst_ni,
    .room_o  (room),
    .issue_i (issue && last),
    .data_i  (results),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Window < 1 || Lanes < 1) begin
      $fatal(1, "qnn_pool: Window %0d or Lanes %0d is less than 1", Window, Lanes);
    end
    if (Positions != (Parallel != 0 ? Window : 1)) begin
      $fatal(1, "qnn_pool: Positions %0d does not follow from Window %0d and Parallel %0d",
             Positions, Window, Parallel);
    end
  end
`endif
endmodule
