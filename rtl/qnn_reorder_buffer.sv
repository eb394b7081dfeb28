// SPDX-License-Identifier: Apache-2.0
//
// Gives the beats of a block in another order, or several times: for a < Outer, for b < Inner beat
// a * OuterStride + b * InnerStride.
//
// At most one beat in and one out a cycle, latency 1: a beat taken at edge t may be issued at
// t + 1 and pushed at t + 2. Two blocks are kept; the slots of a block are free from the edge after
// its last issue on, so there is no gap between blocks. The read register of the memory is the
// output register. `ready_o` and `valid_o` come from registers.
// Model: models/reorder_buffer.h.
module qnn_reorder_buffer #(
  /// Beats of a block.
  parameter integer Block = 1,
  /// Loops over a block, and what a step of them adds to the place [beats]. The last place is that
  /// of the block's last beat.
  parameter integer Outer = 1,
  parameter integer OuterStride = 0,
  parameter integer Inner = 1,
  parameter integer InnerStride = 1,
  /// Elements of a beat, and the width of one [bits].
  parameter integer Lanes = 1,
  parameter integer LaneWidth = 1,
  /// What the memory is made of: "auto", "lut", "bram" or "uram".
  parameter [31:0] Memory = "auto"
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
  localparam integer Slots      = 2 * Block;
  localparam integer SlotWidth  = $clog2(Slots);
  localparam integer HeldWidth  = SlotWidth + 1;
  localparam integer OuterWidth = Outer > 1 ? $clog2(Outer) : 1;
  localparam integer InnerWidth = Inner > 1 ? $clog2(Inner) : 1;

  localparam [SlotWidth-1:0] SecondBlock = Block[SlotWidth-1:0];
  localparam [SlotWidth-1:0] OuterStep   = OuterStride[SlotWidth-1:0];
  localparam [SlotWidth-1:0] InnerStep   = InnerStride[SlotWidth-1:0];
  localparam [HeldWidth-1:0] Full        = Slots[HeldWidth-1:0];
  localparam [HeldWidth-1:0] OneBlock    = Block[HeldWidth-1:0];

  logic                  accept, issue, leaves;
  logic                  last_inner, last_outer;
  logic                  unused_last_slot;
  logic [OuterWidth-1:0] unused_outer;
  logic [InnerWidth-1:0] unused_inner;
  logic [SlotWidth-1:0]  write_slot, next_row;
  logic [SlotWidth-1:0]  place_q;   // of the next beat to be issued, in its block
  logic [SlotWidth-1:0]  row_q;     // where the inner loop began
  logic                  second_q;  // the block being read is in the second half
  logic [HeldWidth-1:0]  held_q;    // beats from the first of the block being read on
  logic                  valid_q;

  assign ready_o  = held_q != Full;
  assign accept   = valid_i && ready_o;
  assign issue    = held_q > {1'b0, place_q} && (!valid_q || ready_i);
  assign leaves   = issue && last_inner && last_outer;
  assign next_row = last_outer ? '0 : row_q + OuterStep;
  assign valid_o  = valid_q;

  qnn_counter #(.Count(Inner), .Width(InnerWidth)) u_inner (
    .clk_i, .rst_ni, .step_i(issue), .value_o(unused_inner), .last_o(last_inner)
  );
  qnn_counter #(.Count(Outer), .Width(OuterWidth)) u_outer (
    .clk_i, .rst_ni, .step_i(issue && last_inner), .value_o(unused_outer), .last_o(last_outer)
  );
  qnn_counter #(.Count(Slots), .Width(SlotWidth)) u_write_slot (
    .clk_i, .rst_ni, .step_i(accept), .value_o(write_slot), .last_o(unused_last_slot)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      place_q  <= '0;
      row_q    <= '0;
      second_q <= 1'b0;
      held_q   <= '0;
      valid_q  <= 1'b0;
    end else begin
      if (issue && !last_inner) place_q <= place_q + InnerStep;
      if (issue && last_inner) begin
        place_q <= next_row;
        row_q   <= next_row;
      end
      second_q <= second_q ^ leaves;
      held_q   <= held_q + {{SlotWidth{1'b0}}, accept} - (leaves ? OneBlock : '0);
      valid_q  <= issue || (valid_q && !ready_i);
    end
  end

  qnn_ram #(
    .Width (Lanes * LaneWidth),
    .Depth (Slots),
    .Style (Memory)
  ) u_ram (
    .clk_i,
    .write_i         (accept),
    .write_address_i (write_slot),
    .data_i,
    .read_i          (issue),
    .read_address_i  (place_q + (second_q ? SecondBlock : '0)),
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Block < 1 || Outer < 1 || Inner < 1 || OuterStride < 0 || InnerStride < 0) begin
      $fatal(1, "qnn_reorder_buffer: Block %0d, Outer %0d x %0d, Inner %0d x %0d", Block, Outer,
             OuterStride, Inner, InnerStride);
    end
    if ((Outer - 1) * OuterStride + (Inner - 1) * InnerStride != Block - 1) begin
      $fatal(1, "qnn_reorder_buffer: the last place is %0d in a Block of %0d",
             (Outer - 1) * OuterStride + (Inner - 1) * InnerStride, Block);
    end
  end
  NeverReadsTheSlotBeingWritten: assert property (@(posedge clk_i) disable iff (!rst_ni)
      issue && accept |-> u_ram.read_address_i != write_slot);
  OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif
endmodule
