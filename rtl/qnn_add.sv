// SPDX-License-Identifier: Apache-2.0
//
// Element-wise sum of two or more streams.
//
// One beat a cycle, taken from all inputs at once; latency 1. `ready_o` depends combinationally on
// every `valid_i` and on `ready_i`, `valid_o` on nothing; the FIFOs around every kernel cut the
// paths.
// Model: models/add.h.
module qnn_add #(
  /// Number of input streams.
  parameter integer Inputs = 2,
  /// Elements of a beat.
  parameter integer Lanes = 1,
  /// Width [bits] and kind of an element of each input: 32 bits an entry, input 0 in the least
  /// significant ones.
  parameter [32*Inputs-1:0] InWidths = {Inputs{32'd8}},
  parameter [32*Inputs-1:0] InKinds = {Inputs{32'd1}},
  /// Width of a sum, which is exact [bits].
  parameter integer OutWidth = 9
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

  logic                             issue, room;
  logic [Inputs*Lanes*OutWidth-1:0] numbers;
  logic [Lanes*OutWidth-1:0]        sums;

  assign issue   = room && &valid_i;
  assign ready_o = {Inputs{issue}};

  for (genvar i = 0; i < Inputs; i++) begin : gen_input
    localparam integer InWidth = InWidths[32*i +: 32];

    qnn_signed #(
      .Lanes    (Lanes),
      .Width    (InWidth),
      .Kind     (InKinds[32*i +: 32]),
      .OutWidth (OutWidth)
    ) u_signed (
      .data_i (data_i[Lanes*widths_below(i) +: Lanes*InWidth]),
      .data_o (numbers[i*Lanes*OutWidth +: Lanes*OutWidth])
    );
  end

  // A function, not a block: Icarus takes a block that reads what it writes to be sensitive to it.
  function automatic [OutWidth-1:0] sum_of(
    input integer lane, input [Inputs*Lanes*OutWidth-1:0] all
  );
    sum_of = '0;
    for (integer i = 0; i < Inputs; i++) sum_of = sum_of + all[(i*Lanes+lane)*OutWidth +: OutWidth];
  endfunction

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    assign sums[lane*OutWidth +: OutWidth] = sum_of(lane, numbers);
  end

  qnn_output_queue #(
    .Width (Lanes * OutWidth),
    .Depth (1)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .room_o  (room),
    .issue_i (issue),
    .data_i  (sums),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Inputs < 2) $fatal(1, "qnn_add: Inputs %0d is less than 2", Inputs);
    if (Lanes < 1 || OutWidth < 1) begin
      $fatal(1, "qnn_add: Lanes %0d or OutWidth %0d is less than 1", Lanes, OutWidth);
    end
  end
`endif
endmodule
