// SPDX-License-Identifier: Apache-2.0
//
// The ring of the newest Capacity beats of a map, read in the order of a window cursor.
//
// One beat a cycle in and one out; `data_o` is the memory's read register: the beat read at the
// last edge with `read_i`. No combinational path.
// Model: models/sliding_window.h.
module qnn_line_buffer #(
  /// Width of a beat [bits].
  parameter integer Width = 8,
  /// Slots of the ring [beats].
  parameter integer Capacity = 2,
  /// Slots of the first beat, and of the first beat of the second group.
  parameter integer FirstSlot = 0,
  parameter integer NextSlot = 1,
  /// What the memory is made of: "auto", "lut", "bram" or "uram".
  parameter [31:0] Style = "auto",
  /// Width of a slot [bits].
  parameter integer SlotWidth = $clog2(Capacity)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,   // synchronous, active low
  input  logic                 write_i,
  input  logic [Width-1:0]     data_i,
  input  logic                 read_i,
  input  logic                 enter_i,  // the next beat to be read is the first of a group
  input  logic [SlotWidth-1:0] step_i,   // otherwise: the slots between this beat and that one
  input  logic [SlotWidth-1:0] jump_i,   // from the next group to the one after it [slots]
  output logic [Width-1:0]     data_o
);
  localparam [SlotWidth:0]   Slots      = Capacity[SlotWidth:0];
  localparam [SlotWidth-1:0] StartSlot  = FirstSlot[SlotWidth-1:0];
  localparam [SlotWidth-1:0] SecondSlot = NextSlot[SlotWidth-1:0];

  function automatic [SlotWidth-1:0] moved(input [SlotWidth-1:0] slot, input [SlotWidth-1:0] by);
    logic [SlotWidth:0] sum;
    sum   = {1'b0, slot} + {1'b0, by};
    moved = sum[SlotWidth-1:0] - (sum >= Slots ? Slots[SlotWidth-1:0] : '0);
  endfunction

  logic [SlotWidth-1:0] write_slot, read_slot_q, next_slot_q;
  logic                 unused_last;

  qnn_counter #(.Count(Capacity), .Width(SlotWidth)) u_write_slot (
    .clk_i, .rst_ni, .step_i(write_i), .value_o(write_slot), .last_o(unused_last)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      read_slot_q <= StartSlot;
      next_slot_q <= SecondSlot;
    end else if (enter_i) begin
      read_slot_q <= next_slot_q;
      next_slot_q <= moved(next_slot_q, jump_i);
    end else if (read_i) begin
      read_slot_q <= moved(read_slot_q, step_i);
    end
  end

  qnn_ram #(
    .Width (Width),
    .Depth (Capacity),
    .Style (Style)
  ) u_ram (
    .clk_i,
    .write_i,
    .write_address_i (write_slot),
    .data_i,
    .read_i,
    .read_address_i  (read_slot_q),
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Capacity < 2 || FirstSlot < 0 || FirstSlot >= Capacity || NextSlot < 0 ||
        NextSlot >= Capacity) begin
      $fatal(1, "qnn_line_buffer: Capacity %0d, FirstSlot %0d, NextSlot %0d", Capacity, FirstSlot,
             NextSlot);
    end
  end
  NeverReadsTheSlotBeingWritten: assert property (@(posedge clk_i) disable iff (!rst_ni)
      read_i && write_i |-> read_slot_q != write_slot);
`endif
endmodule
