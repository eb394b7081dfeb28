// SPDX-License-Identifier: Apache-2.0
//
// Turns a feature map into the windows of a convolution or pooling.
//
// At most one beat in and one out a cycle, latency 1: a beat taken at edge t may be part of the
// beat issued at t + 1, which may be pushed at t + 2. Capacity beats are kept; a slot is free from
// the edge after its last use on. `ready_o` and `valid_o` come from registers.
// A serial window is read from a ring in memory, whose read register is the output register; of
// Mmv windows side by side each has a copy of the ring. A parallel one has line buffers.
// Model: models/sliding_window.h.
module qnn_sliding_window #(
  /// Size of the map [pixels], and beats of a pixel.
  parameter integer Height = 1,
  parameter integer Width = 1,
  parameter integer Folds = 1,
  /// The window [pixels].
  parameter integer KernelH = 1,
  parameter integer KernelW = 1,
  parameter integer StrideH = 1,
  parameter integer StrideW = 1,
  parameter integer DilationH = 1,
  parameter integer DilationW = 1,
  /// Channel groups, the outer loop of a window; divides Folds.
  parameter integer Groups = 1,
  /// 1: a beat is the whole window of a group; needs Groups = Folds.
  parameter integer Parallel = 0,
  /// Windows of a beat, side by side; divides the output width, more than one needs Groups = 1.
  parameter integer Mmv = 1,
  /// Beats that are kept; a parallel window needs its span, and one more with one beat a pixel.
  parameter integer Capacity = 2,
  /// Elements of an input beat, and the width of one [bits].
  parameter integer Lanes = 1,
  parameter integer LaneWidth = 1,
  /// What the line buffer is made of: "auto", "lut", "bram" or "uram".
  parameter [31:0] Memory = "auto",
  /// Input beats of an output beat.
  parameter integer Parts = Mmv * (Parallel != 0 ? KernelH * KernelW : 1)
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,  // synchronous, active low
  input  logic                             valid_i,
  output logic                             ready_o,
  input  logic [Lanes*LaneWidth-1:0]       data_i,
  output logic                             valid_o,
  input  logic                             ready_i,
  output logic [Parts*Lanes*LaneWidth-1:0] data_o
);
  localparam integer BeatWidth = Lanes * LaneWidth;
  localparam integer SlotWidth = $clog2(Capacity);

  // Loops.
  localparam integer SpanH         = (KernelH - 1) * DilationH + 1;
  localparam integer SpanW         = (KernelW - 1) * DilationW + 1;
  localparam integer Rows          = (Height - SpanH) / StrideH + 1;
  localparam integer Columns       = ((Width - SpanW) / StrideW + 1) / Mmv;
  localparam integer KernelRows    = Parallel != 0 ? 1 : KernelH;
  localparam integer KernelColumns = Parallel != 0 ? 1 : KernelW;
  localparam integer GroupFolds    = Folds / Groups;

  // Distances between input beats.
  localparam integer MapRow     = Width * Folds;
  localparam integer Neighbour  = StrideW * Folds;
  localparam integer ColumnStep = DilationW * Folds - (GroupFolds - 1);
  localparam integer RowStep    = DilationH * MapRow - (KernelW - 1) * DilationW * Folds -
                                  (GroupFolds - 1);
  localparam integer LastGroup  = (Groups - 1) * GroupFolds;
  localparam integer LastColumn = (Columns - 1) * Mmv * Neighbour;
  localparam integer LastRow    = (Rows - 1) * StrideH * MapRow;
  localparam integer WindowJump = Mmv * Neighbour - LastGroup;
  localparam integer RowJump    = StrideH * MapRow - LastColumn - LastGroup;
  localparam integer FrameJump  = Height * MapRow - LastRow - LastColumn - LastGroup;
  localparam integer FirstJump  = Groups > 1 ? GroupFolds : Columns > 1 ? WindowJump :
                                  Rows > 1 ? RowJump : FrameJump;
  localparam integer WindowSpan = Parallel != 0 ? (SpanH - 1) * MapRow + (SpanW - 1) * Folds : 0;
  localparam integer Reach      = WindowSpan + (Mmv - 1) * Neighbour;

  logic                 accept, issue, available, room_in, room_out, enter;
  logic [SlotWidth-1:0] step, jump;

  assign ready_o = room_in;
  assign accept  = valid_i && room_in;
  assign issue   = available && room_out;

  qnn_window_cursor #(
    .Rows          (Rows),
    .Columns       (Columns),
    .Groups        (Groups),
    .KernelRows    (KernelRows),
    .KernelColumns (KernelColumns),
    .Folds         (GroupFolds),
    .ColumnStep    (ColumnStep),
    .RowStep       (RowStep),
    .GroupJump     (GroupFolds),
    .WindowJump    (WindowJump),
    .RowJump       (RowJump),
    .FrameJump     (FrameJump),
    .FirstJump     (FirstJump),
    .Reach         (Reach),
    .Capacity      (Capacity)
  ) u_cursor (
    .clk_i,
    .rst_ni,
    .available_o (available),
    .room_o      (room_in),
    .accept_i    (accept),
    .issue_i     (issue),
    .enter_o     (enter),
    .step_o      (step),
    .jump_o      (jump)
  );

  if (Parallel == 0) begin : gen_serial
    logic valid_q;

    assign room_out = !valid_q || ready_i;
    assign valid_o  = valid_q;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) valid_q <= 1'b0;
      else valid_q <= issue || (valid_q && !ready_i);
    end

    for (genvar m = 0; m < Mmv; m++) begin : gen_window
      qnn_line_buffer #(
        .Width     (BeatWidth),
        .Capacity  (Capacity),
        .FirstSlot (m * Neighbour % Capacity),
        .NextSlot  ((m * Neighbour + FirstJump) % Capacity),
        .Style     (Memory)
      ) u_buffer (
        .clk_i,
        .rst_ni,
        .write_i (accept),
        .data_i,
        .read_i  (issue),
        .enter_i (enter),
        .step_i  (step),
        .jump_i  (jump),
        .data_o  (data_o[m*BeatWidth +: BeatWidth])
      );
    end

`ifndef SYNTHESIS
    OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
        valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif
  end else begin : gen_parallel
    logic [Parts*BeatWidth-1:0] window;
    logic                       unused_walk;

    assign unused_walk = ^{enter, step, jump};

    qnn_parallel_window #(
      .Width     (Width),
      .Folds     (Folds),
      .KernelH   (KernelH),
      .KernelW   (KernelW),
      .StrideW   (StrideW),
      .DilationH (DilationH),
      .DilationW (DilationW),
      .Mmv       (Mmv),
      .BeatWidth (BeatWidth),
      .Style     (Memory)
    ) u_window (
      .clk_i,
      .rst_ni,
      .accept_i    (accept),
      .data_i,
      .available_i (available),
      .issue_i     (issue),
      .data_o      (window)
    );
    qnn_output_queue #(
      .Width (Parts * BeatWidth),
      .Depth (1)
    ) u_queue (
      .clk_i,
      .rst_ni,
      .room_o  (room_out),
      .issue_i (issue),
      .data_i  (window),
      .valid_o,
      .ready_i,
      .data_o
    );
  end

`ifndef SYNTHESIS
  initial begin
    if (Height < SpanH || Width < SpanW) begin
      $fatal(1, "qnn_sliding_window: a window of %0d x %0d in a map of %0d x %0d", SpanH, SpanW,
             Height, Width);
    end
    if (Folds % Groups != 0 || (Parallel != 0 && Groups != Folds) || (Mmv > 1 && Groups != 1)) begin
      $fatal(1, "qnn_sliding_window: Groups %0d with Folds %0d, Parallel %0d, Mmv %0d", Groups,
             Folds, Parallel, Mmv);
    end
    if (Parallel != 0 && Capacity != Reach + (Folds > 1 ? Folds : 2)) begin
      $fatal(1, "qnn_sliding_window: Capacity %0d for a parallel window of %0d beats", Capacity,
             Reach + Folds);
    end
  end
`endif
endmodule
