// SPDX-License-Identifier: Apache-2.0
//
// Holds two vectors of Folds beats and gives each vector several times over.
//
// Takes and gives one beat a cycle each. A beat taken at edge t can be read from edge t + 1 on; its
// slot is free from the edge after its last reading on, so the next vector enters while this one is
// replayed. The caller counts folds and replays. `ready_o` and `ready_to_read_o` come from
// registers and the caller's counters.
// Model: models/mvu.h.
module qnn_replay_buffer #(
  /// Width of a beat [bits].
  parameter integer Width = 8,
  /// Beats of a vector.
  parameter integer Folds = 1,
  /// Width of `fold_i` [bits].
  parameter integer FoldWidth = Folds > 1 ? $clog2(Folds) : 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,          // synchronous, active low
  input  logic                 valid_i,
  output logic                 ready_o,
  input  logic [Width-1:0]     data_i,
  output logic                 ready_to_read_o, // the next beat is there
  input  logic                 read_i,          // it is read at this edge; only with the former
  input  logic [FoldWidth-1:0] fold_i,          // its place in the vector
  input  logic                 last_fold_i,     // it is the last of the vector
  input  logic                 first_pass_i,    // the vector is read for the first time
  input  logic                 last_pass_i,     // the vector is read for the last time
  output logic [Width-1:0]     data_o           // the beat read at the edge before
);
  localparam integer Slots     = 2 * Folds;
  localparam integer SlotWidth = $clog2(Slots);
  localparam integer HeldWidth = $clog2(Slots + 1);

  localparam [SlotWidth-1:0] SecondVector = Folds[SlotWidth-1:0];
  localparam [HeldWidth-1:0] Full         = Slots[HeldWidth-1:0];

  logic                 write, leaves, unused_last_slot;
  logic [SlotWidth-1:0] write_slot;
  logic [SlotWidth-1:0] read_slot_q;
  logic                 second_q;  // the vector being read is in the second half
  logic [HeldWidth-1:0] held_q;    // beats from the oldest that is still wanted on

  // In later passes all beats of the vector are there.
  assign ready_to_read_o = !first_pass_i || held_q > {{(HeldWidth-FoldWidth){1'b0}}, fold_i};
  assign ready_o         = held_q != Full;
  assign write           = valid_i && ready_o;
  assign leaves          = read_i && last_pass_i;

  qnn_counter #(.Count(Slots), .Width(SlotWidth)) u_write_slot (
    .clk_i, .rst_ni, .step_i(write), .value_o(write_slot), .last_o(unused_last_slot)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      held_q      <= '0;
      read_slot_q <= '0;
      second_q    <= 1'b0;
    end else begin
      if (write && !leaves) held_q <= held_q + 1'b1;
      if (!write && leaves) held_q <= held_q - 1'b1;
      if (read_i && !last_fold_i) read_slot_q <= read_slot_q + 1'b1;
      if (read_i && last_fold_i) begin
        second_q    <= second_q ^ last_pass_i;
        read_slot_q <= second_q ^ last_pass_i ? SecondVector : '0;
      end
    end
  end

  qnn_ram #(
    .Width (Width),
    .Depth (Slots)
  ) u_ram (
    .clk_i,
    .write_i         (write),
    .write_address_i (write_slot),
    .data_i,
    .read_i,
    .read_address_i  (read_slot_q),
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Width < 1 || Folds < 1) begin
      $fatal(1, "qnn_replay_buffer: Width %0d or Folds %0d is less than 1", Width, Folds);
    end
  end
  ReadsOnlyWhatIsThere: assert property (@(posedge clk_i) disable iff (!rst_ni)
      read_i |-> ready_to_read_o && held_q != 0);
  NeverReadsTheSlotBeingWritten: assert property (@(posedge clk_i) disable iff (!rst_ni)
      read_i && write |-> read_slot_q != write_slot);
`endif
endmodule
