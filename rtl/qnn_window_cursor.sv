// SPDX-License-Identifier: Apache-2.0
//
// Walks over the output beats of a sliding window and knows whether their input beats are there.
//
// A loop nest: rows, columns, groups; within a group kernel rows, kernel columns, folds. The first
// input beat of an output beat moves by a step within a group, and by a jump from group to group.
// Two differences say everything: how many beats have come from the first of the present output
// beat on, and how many from the first of the next group on; no output beat to come needs one that
// is older than both. Each is negative where a stride skips beats that have not come yet. The
// counters of groups, columns and rows stand at the next group.
// `available_o` and `room_o` come from registers; `enter_o` is `issue_i` at the end of a group.
// Model: models/sliding_window.h, class Cursor.
module qnn_window_cursor #(
  /// Iterations of the loops.
  parameter integer Rows = 1,
  parameter integer Columns = 1,
  parameter integer Groups = 1,
  parameter integer KernelRows = 1,
  parameter integer KernelColumns = 1,
  parameter integer Folds = 1,
  /// From the last fold of a kernel column to the first of the next, and of a kernel row [beats].
  parameter integer ColumnStep = 1,
  parameter integer RowStep = 1,
  /// From a group to the next, and from the last group of a window, of a row and of a frame to the
  /// first of the next [beats].
  parameter integer GroupJump = 1,
  parameter integer WindowJump = 1,
  parameter integer RowJump = 1,
  parameter integer FrameJump = 1,
  /// The first of these jumps.
  parameter integer FirstJump = 1,
  /// From the first input beat of an output beat to the newest.
  parameter integer Reach = 0,
  /// Beats that can be kept.
  parameter integer Capacity = 2,
  /// Width of the index of one of them [bits].
  parameter integer SlotWidth = $clog2(Capacity)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,       // synchronous, active low
  output logic                 available_o,  // the beats of the present output beat have come
  output logic                 room_o,       // one more may come
  input  logic                 accept_i,     // a beat comes at this edge; only with `room_o`
  input  logic                 issue_i,      // on to the next output beat; only with `available_o`
  output logic                 enter_o,      // which is the first of a group
  output logic [SlotWidth-1:0] step_o,       // or so far from this one, modulo Capacity
  output logic [SlotWidth-1:0] jump_o        // from the next group to the one after it, likewise
);
  // The differences lie in -2 LongestJump .. Capacity.
  localparam integer LongJump    = FrameJump > RowJump ? FrameJump : RowJump;
  localparam integer LongestJump = WindowJump > LongJump ? WindowJump : LongJump;
  localparam integer Most        = 2 * LongestJump > Capacity ? 2 * LongestJump : Capacity;
  localparam integer Bits        = $clog2(Most + 1) + 1;
  localparam integer AtReset     = -FirstJump;

  localparam signed [Bits-1:0] Newest = Reach[Bits-1:0];
  localparam signed [Bits-1:0] Full   = Capacity[Bits-1:0];

  logic signed [Bits-1:0] from_first_q, from_next_q;  // beats that have come
  logic signed [Bits-1:0] come, step, jump;

  assign available_o = from_first_q > Newest;
  assign room_o      = from_first_q < Full && from_next_q < Full;
  assign come        = {{(Bits-1){1'b0}}, accept_i};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      from_first_q <= '0;
      from_next_q  <= AtReset[Bits-1:0];
    end else begin
      if (enter_o) from_first_q <= from_next_q + come;
      else from_first_q <= from_first_q + come - (issue_i ? step : '0);
      from_next_q <= from_next_q + come - (enter_o ? jump : '0);
    end
  end

  // The present output beat within its group.
  localparam integer ColumnSlots = ColumnStep % Capacity;
  localparam integer RowSlots    = RowStep % Capacity;
  localparam integer One         = 1;

  logic last_fold, last_kernel_column, last_kernel_row;
  logic [(Folds > 1 ? $clog2(Folds) : 1)-1:0]                 unused_fold;
  logic [(KernelColumns > 1 ? $clog2(KernelColumns) : 1)-1:0] unused_kernel_column;
  logic [(KernelRows > 1 ? $clog2(KernelRows) : 1)-1:0]       unused_kernel_row;

  qnn_counter #(.Count(Folds)) u_fold (
    .clk_i, .rst_ni, .step_i(issue_i), .value_o(unused_fold), .last_o(last_fold)
  );
  qnn_counter #(.Count(KernelColumns)) u_kernel_column (
    .clk_i, .rst_ni, .step_i(issue_i && last_fold), .value_o(unused_kernel_column),
    .last_o(last_kernel_column)
  );
  qnn_counter #(.Count(KernelRows)) u_kernel_row (
    .clk_i, .rst_ni, .step_i(issue_i && last_fold && last_kernel_column),
    .value_o(unused_kernel_row), .last_o(last_kernel_row)
  );
  assign enter_o = issue_i && last_fold && last_kernel_column && last_kernel_row;

  always_comb begin
    if (!last_fold) begin
      step   = One[Bits-1:0];
      step_o = One[SlotWidth-1:0];
    end else if (!last_kernel_column) begin
      step   = ColumnStep[Bits-1:0];
      step_o = ColumnSlots[SlotWidth-1:0];
    end else begin
      step   = RowStep[Bits-1:0];
      step_o = RowSlots[SlotWidth-1:0];
    end
  end

  // The next group; out of reset it is the second of all.
  localparam integer GroupWidth   = Groups > 1 ? $clog2(Groups) : 1;
  localparam integer ColumnWidth  = Columns > 1 ? $clog2(Columns) : 1;
  localparam integer RowWidth     = Rows > 1 ? $clog2(Rows) : 1;
  localparam integer LastGroup    = Groups - 1;
  localparam integer LastColumn   = Columns - 1;
  localparam integer LastRow      = Rows - 1;
  localparam integer SecondGroup  = Groups > 1 ? 1 : 0;
  localparam integer SecondColumn = Groups == 1 && Columns > 1 ? 1 : 0;
  localparam integer SecondRow    = Groups == 1 && Columns == 1 && Rows > 1 ? 1 : 0;

  localparam integer GroupSlots  = GroupJump % Capacity;
  localparam integer WindowSlots = WindowJump % Capacity;
  localparam integer RowEndSlots = RowJump % Capacity;
  localparam integer FrameSlots  = FrameJump % Capacity;

  logic [GroupWidth-1:0]  group_q;
  logic [ColumnWidth-1:0] column_q;
  logic [RowWidth-1:0]    row_q;
  logic                   window_end, row_end, frame_end;

  assign window_end = group_q == LastGroup[GroupWidth-1:0];
  assign row_end    = window_end && column_q == LastColumn[ColumnWidth-1:0];
  assign frame_end  = row_end && row_q == LastRow[RowWidth-1:0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      group_q  <= SecondGroup[GroupWidth-1:0];
      column_q <= SecondColumn[ColumnWidth-1:0];
      row_q    <= SecondRow[RowWidth-1:0];
    end else if (enter_o) begin
      group_q <= window_end ? '0 : group_q + 1'b1;
      if (window_end) column_q <= row_end ? '0 : column_q + 1'b1;
      if (row_end) row_q <= frame_end ? '0 : row_q + 1'b1;
    end
  end

  always_comb begin
    if (!window_end) begin
      jump   = GroupJump[Bits-1:0];
      jump_o = GroupSlots[SlotWidth-1:0];
    end else if (!row_end) begin
      jump   = WindowJump[Bits-1:0];
      jump_o = WindowSlots[SlotWidth-1:0];
    end else if (!frame_end) begin
      jump   = RowJump[Bits-1:0];
      jump_o = RowEndSlots[SlotWidth-1:0];
    end else begin
      jump   = FrameJump[Bits-1:0];
      jump_o = FrameSlots[SlotWidth-1:0];
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (Capacity < 2 || Capacity <= Reach) begin
      $fatal(1, "qnn_window_cursor: Capacity %0d, Reach %0d", Capacity, Reach);
    end
    if (ColumnStep < 1 || RowStep < 1 || GroupJump < 1 || WindowJump < 1 || RowJump < 1 ||
        FrameJump < 1) begin
      $fatal(1, "qnn_window_cursor: steps %0d and %0d, jumps %0d, %0d, %0d and %0d: %s",
             ColumnStep, RowStep, GroupJump, WindowJump, RowJump, FrameJump, "less than 1");
    end
  end
  NoOverflow: assert property (@(posedge clk_i) disable iff (!rst_ni) accept_i |-> room_o);
  NoUnderflow: assert property (@(posedge clk_i) disable iff (!rst_ni) issue_i |-> available_o);
`endif
endmodule
