// SPDX-License-Identifier: Apache-2.0
//
// Nearest-neighbour upsampling.
//
// One output beat a cycle. A beat that entered at edge t may be issued at t + 1, which puts it in
// the output register (latency 1). A row is held in a ring; a slot is free from the edge after its
// last use on, so the next row enters while this one leaves for the last time. No path from
// `ready_i` to `ready_o` nor to `valid_o`.
// Model: models/upsample.h.
module qnn_upsample #(
  /// Width of the input map [pixels].
  parameter integer Width = 1,
  /// Beats of a pixel.
  parameter integer Folds = 1,
  /// Output rows of an input row, and output columns of an input column.
  parameter integer ScaleH = 1,
  parameter integer ScaleW = 1,
  /// Elements of a beat, and the width of one [bits].
  parameter integer Lanes = 1,
  parameter integer LaneWidth = 1
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
  localparam integer BeatWidth    = Lanes * LaneWidth;
  localparam integer Row          = Width * Folds;       // beats
  localparam integer Capacity     = Row > 2 ? Row : 2;   // beats of the ring
  localparam integer AddressWidth = $clog2(Capacity);
  localparam integer OffsetWidth  = $clog2(2 * Row + 2);
  localparam [OffsetWidth-1:0] RowBeats  = Row[OffsetWidth-1:0];
  localparam [OffsetWidth-1:0] RingBeats = Capacity[OffsetWidth-1:0];

  logic last_fold, last_copy, last_column, last_row_copy, last_of_row;
  logic available, room, issue, take, unused_wrap;
  logic [(Folds > 1 ? $clog2(Folds) : 1)-1:0]   unused_fold;
  logic [(ScaleW > 1 ? $clog2(ScaleW) : 1)-1:0] unused_copy;
  logic [(Width > 1 ? $clog2(Width) : 1)-1:0]   unused_column;
  logic [(ScaleH > 1 ? $clog2(ScaleH) : 1)-1:0] unused_row_copy;

  // Offsets from the first beat of the row that is leaving [beats].
  logic [OffsetWidth-1:0] received_q;  // end of what has entered
  logic [OffsetWidth-1:0] pixel_q;     // the pixel that is leaving
  logic [OffsetWidth-1:0] beat_q;      // the beat to be issued next
  logic [OffsetWidth-1:0] oldest;      // the oldest beat that is still wanted

  logic [AddressWidth-1:0] write, read;
  logic [BeatWidth-1:0]    ring_q [0:Capacity-1];
  logic [BeatWidth-1:0]    beat;

  assign oldest    = !last_row_copy ? '0 : last_copy ? beat_q : pixel_q;
  assign available = received_q > beat_q;
  assign issue     = available && room;
  assign ready_o   = received_q - oldest < RingBeats;
  assign take      = valid_i && ready_o;

  qnn_counter #(.Count(Folds)) u_fold (
    .clk_i, .rst_ni, .step_i(issue), .value_o(unused_fold), .last_o(last_fold)
  );
  qnn_counter #(.Count(ScaleW)) u_copy (
    .clk_i, .rst_ni, .step_i(issue && last_fold), .value_o(unused_copy), .last_o(last_copy)
  );
  qnn_counter #(.Count(Width)) u_column (
    .clk_i, .rst_ni, .step_i(issue && last_fold && last_copy), .value_o(unused_column),
    .last_o(last_column)
  );
  assign last_of_row = last_fold && last_copy && last_column;
  qnn_counter #(.Count(ScaleH)) u_row_copy (
    .clk_i, .rst_ni, .step_i(issue && last_of_row), .value_o(unused_row_copy),
    .last_o(last_row_copy)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      received_q <= '0;
      pixel_q    <= '0;
      beat_q     <= '0;
    end else begin
      received_q <= received_q + {{(OffsetWidth - 1){1'b0}}, take}
                    - (issue && last_of_row && last_row_copy ? RowBeats : '0);
      if (issue) begin
        if (!last_fold) begin
          beat_q <= beat_q + 1'b1;
        end else if (!last_copy) begin
          beat_q <= pixel_q;
        end else begin
          beat_q  <= last_column ? '0 : beat_q + 1'b1;
          pixel_q <= last_column ? '0 : beat_q + 1'b1;
        end
      end
    end
  end

  qnn_counter #(.Count(Capacity), .Width(AddressWidth)) u_write (
    .clk_i, .rst_ni, .step_i(take), .value_o(write), .last_o(unused_wrap)
  );
  if (Row == Capacity) begin : gen_row
    assign read = beat_q[AddressWidth-1:0];
  end else begin : gen_beat  // a row is one beat, the ring two
    logic row_q;

    assign read = row_q;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) row_q <= 1'b0;
      else if (issue && last_of_row && last_row_copy) row_q <= !row_q;
    end
  end

  // With the register of the output queue behind it, the ring is a block RAM.
  assign beat = ring_q[read];
  always_ff @(posedge clk_i) begin
    if (take) ring_q[write] <= data_i;
  end

  qnn_output_queue #(
    .Width (BeatWidth),
    .Depth (1)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .room_o  (room),
    .issue_i (issue),
    .data_i  (beat),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Width < 1 || Folds < 1 || ScaleH < 1 || ScaleW < 1 || Lanes < 1 || LaneWidth < 1) begin
      $fatal(1, {"qnn_upsample: Width %0d, Folds %0d, ScaleH %0d, ScaleW %0d, Lanes %0d, ",
                 "LaneWidth %0d: less than 1"}, Width, Folds, ScaleH, ScaleW, Lanes, LaneWidth);
    end
  end
  NoOverflow: assert property (@(posedge clk_i) disable iff (!rst_ni)
      received_q - oldest <= RingBeats);
  NoUnderflow: assert property (@(posedge clk_i) disable iff (!rst_ni) received_q >= oldest);
`endif
endmodule
