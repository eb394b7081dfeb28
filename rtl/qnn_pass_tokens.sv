// SPDX-License-Identifier: Apache-2.0
//
// Tells a reader of weights how often to begin: Passes times for every Frames frames of a run.
//
// A token a cycle from the edge after `start_i` on, until all frames of the run have theirs.
// `valid_o` depends on nothing.
// Model: the source `<tensor>.start` (models/source.h).
module qnn_pass_tokens #(
  /// Passes over the weights that Frames frames take.
  parameter integer Passes = 1,
  parameter integer Frames = 1
) (
  input  logic        clk_i,
  input  logic        rst_ni,    // synchronous, active low
  input  logic        start_i,   // a run begins
  input  logic [31:0] frames_i,  // of the run; 0: without end
  output logic        valid_o,
  input  logic        ready_i
);
  localparam integer PassWidth = Passes > 1 ? $clog2(Passes) : 1;

  logic [31:0]          left_q;  // [frames] that have not all their tokens
  logic                 endless_q, give, last_pass;
  logic [PassWidth-1:0] unused_pass;

  assign valid_o = endless_q || left_q != '0;
  assign give    = valid_o && ready_i;

  qnn_counter #(.Count(Passes), .Width(PassWidth)) u_pass (
    .clk_i, .rst_ni, .step_i(give), .value_o(unused_pass), .last_o(last_pass)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      left_q    <= '0;
      endless_q <= 1'b0;
    end else if (start_i) begin
      left_q    <= frames_i;
      endless_q <= frames_i == '0;
    end else if (give && last_pass && !endless_q) begin
      left_q <= left_q > Frames ? left_q - Frames : '0;
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (Passes < 1 || Frames < 1) begin
      $fatal(1, "qnn_pass_tokens: Passes %0d or Frames %0d is less than 1", Passes, Frames);
    end
  end
`endif
endmodule
