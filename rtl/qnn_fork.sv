// SPDX-License-Identifier: Apache-2.0
//
// Copies a stream to several readers.
//
// One register; every branch takes the beat when it has room, and the next beat enters at the edge
// at which the last branch takes this one. One beat a cycle, latency 1. `ready_o` depends
// combinationally on every `ready_i`, `valid_o` on nothing; the FIFOs around every kernel cut the
// path.
// Model: models/fork.h.
module qnn_fork #(
  /// Number of output streams.
  parameter integer Branches = 2,
  /// Width of a beat [bits].
  parameter integer Width = 8
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,  // synchronous, active low
  input  logic                      valid_i,
  output logic                      ready_o,
  input  logic [Width-1:0]          data_i,
  output logic [Branches-1:0]       valid_o,
  input  logic [Branches-1:0]       ready_i,
  output logic [Branches*Width-1:0] data_o
);
  logic [Branches-1:0] owed_q;  // by branch: has not taken the held beat yet
  logic [Branches-1:0] still_owed;
  logic [Width-1:0]    held_q;

  assign still_owed = owed_q & ~ready_i;
  assign ready_o    = still_owed == '0;
  assign valid_o    = owed_q;
  assign data_o     = {Branches{held_q}};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) owed_q <= '0;
    else if (valid_i && ready_o) owed_q <= '1;
    else owed_q <= still_owed;
    if (valid_i && ready_o) held_q <= data_i;
  end

`ifndef SYNTHESIS
  initial begin
    if (Branches < 2) $fatal(1, "qnn_fork: Branches %0d is less than 2", Branches);
    if (Width < 1) $fatal(1, "qnn_fork: Width %0d is less than 1", Width);
  end
  for (genvar branch = 0; branch < Branches; branch++) begin : gen_assertion
    OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
        valid_o[branch] && !ready_i[branch] |=> valid_o[branch] && $stable(held_q));
  end
`endif
endmodule
