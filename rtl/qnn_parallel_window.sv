// SPDX-License-Identifier: Apache-2.0
//
// The pixels under a whole window, or under Mmv windows side by side: a line buffer between each
// two kernel rows, and registers (LUT memory with more than one beat a pixel) under a kernel row.
//
// A beat enters with `accept_i`, and may be part of `data_o` in the next cycle. With one beat a
// pixel the window moves no further than the beat that completes the present output beat, and one
// beat more waits in a register until `issue_i`. With Folds beats a pixel every pixel keeps Folds
// beats, and `data_o` is those of the present fold: up to Folds - 1 beats of the next pixel may be
// there. `data_o` comes from registers or LUT memory.
// Model: models/sliding_window.h.
module qnn_parallel_window #(
  /// Width of the map [pixels], and beats of a pixel.
  parameter integer Width = 1,
  parameter integer Folds = 1,
  /// The window [pixels].
  parameter integer KernelH = 1,
  parameter integer KernelW = 1,
  parameter integer StrideW = 1,
  parameter integer DilationH = 1,
  parameter integer DilationW = 1,
  /// Windows side by side; more than one only with one beat a pixel.
  parameter integer Mmv = 1,
  /// Width of a beat [bits].
  parameter integer BeatWidth = 8,
  /// What the line buffers are made of: "auto", "lut", "bram" or "uram".
  parameter [31:0] Style = "auto"
) (
  input  logic                                     clk_i,
  input  logic                                     rst_ni,       // synchronous, active low
  input  logic                                     accept_i,
  input  logic [BeatWidth-1:0]                     data_i,
  input  logic                                     available_i,  // the output beat is complete
  input  logic                                     issue_i,      // go to the next output beat
  output logic [Mmv*KernelH*KernelW*BeatWidth-1:0] data_o        // [Mmv][KernelH][KernelW]
);
  localparam integer RowPixels = (KernelW - 1) * DilationW + 1 + (Mmv - 1) * StrideW;
  localparam integer RowWidth  = RowPixels * BeatWidth;
  localparam integer Gap       = (DilationH * Width - RowPixels) * Folds;
  localparam integer FoldWidth = Folds > 1 ? $clog2(Folds) : 1;

  logic                 shift;  // a beat enters the rows
  logic [BeatWidth-1:0] entering;
  logic [FoldWidth-1:0] write_fold, read_fold;

  if (Folds == 1) begin : gen_waiting
    logic                 waits_q;
    logic [BeatWidth-1:0] waiting_q;
    logic                 unused_folds;

    assign shift        = available_i ? issue_i && (waits_q || accept_i) : accept_i;
    assign entering     = waits_q ? waiting_q : data_i;
    assign write_fold   = '0;
    assign read_fold    = '0;
    assign unused_folds = ^{write_fold, read_fold};

    always_ff @(posedge clk_i) begin
      if (!rst_ni) waits_q <= 1'b0;
      else if (issue_i) waits_q <= 1'b0;
      else if (available_i && accept_i) waits_q <= 1'b1;
      if (accept_i) waiting_q <= data_i;
    end

`ifndef SYNTHESIS
    NoOverflow: assert property (@(posedge clk_i) disable iff (!rst_ni) accept_i |-> !waits_q);
`endif
  end else begin : gen_folds
    logic unused_available, unused_last_written, unused_last_read;

    assign unused_available = available_i;
    assign shift            = accept_i;
    assign entering         = data_i;

    qnn_counter #(.Count(Folds), .Width(FoldWidth)) u_write_fold (
      .clk_i, .rst_ni, .step_i(accept_i), .value_o(write_fold), .last_o(unused_last_written)
    );
    qnn_counter #(.Count(Folds), .Width(FoldWidth)) u_read_fold (
      .clk_i, .rst_ni, .step_i(issue_i), .value_o(read_fold), .last_o(unused_last_read)
    );
  end

  // Beats enter the lowest kernel row from the right, and go on to the row above it.
  for (genvar ky = 0; ky < KernelH; ky++) begin : gen_row
    logic [BeatWidth-1:0] next, leaving;
    logic [RowWidth-1:0]  kept, shifted;  // pixels of the fold that enters, left in the low bits
    logic [RowWidth-1:0]  pixels;         // pixels of the present fold
    logic                 unused_ends;    // of the topmost row, and between dilated columns

    assign {shifted, leaving} = {next, kept};
    assign unused_ends        = ^{leaving, pixels};

    if (ky == KernelH - 1) begin : gen_lowest
      assign next = entering;
    end else if (Gap == 0) begin : gen_joined
      assign next = gen_row[ky+1].leaving;
    end else begin : gen_line
      qnn_delay_line #(
        .Width  (BeatWidth),
        .Length (Gap),
        .Style  (Style)
      ) u_line (
        .clk_i, .rst_ni, .shift_i(shift), .data_i(gen_row[ky+1].leaving), .data_o(next)
      );
    end

    if (Folds == 1) begin : gen_registers
      logic [RowWidth-1:0] pixels_q;

      assign kept   = pixels_q;
      assign pixels = pixels_q;
      always_ff @(posedge clk_i) if (shift) pixels_q <= shifted;
    end else begin : gen_memory
      (* ram_style = "distributed" *) logic [RowWidth-1:0] pixels_q [0:Folds-1];

      assign kept   = pixels_q[write_fold];
      assign pixels = pixels_q[read_fold];
      always_ff @(posedge clk_i) if (shift) pixels_q[write_fold] <= shifted;
    end

    for (genvar m = 0; m < Mmv; m++) begin : gen_window
      for (genvar kx = 0; kx < KernelW; kx++) begin : gen_column
        assign data_o[((m*KernelH+ky)*KernelW+kx)*BeatWidth +: BeatWidth] =
            pixels[(kx*DilationW+m*StrideW)*BeatWidth +: BeatWidth];
      end
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (Gap < 0) begin
      $fatal(1, "qnn_parallel_window: rows of %0d pixels in a map of %0d", RowPixels, Width);
    end
    if (Mmv > 1 && Folds > 1) begin
      $fatal(1, "qnn_parallel_window: Mmv %0d with Folds %0d", Mmv, Folds);
    end
  end
`endif
endmodule
