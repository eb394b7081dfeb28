// SPDX-License-Identifier: Apache-2.0
//
// The end of a pipeline that never stalls: credits in front, an output queue behind.
//
// A beat issued at edge t is pushed at edge t + Depth at the earliest. At most Depth beats are
// inside, on their way or queued; `room_o` tells whether one more may be issued. The arithmetic in
// between shifts in every cycle and has no enable: `data_i` bears, Depth - 1 edges after an issue,
// its result. Rate 1 beat a cycle.
//
// `room_o` depends combinationally on `ready_i`; nothing else does. The FIFOs around every kernel
// cut the path.
// Model: models/pipeline.h.
module qnn_output_queue #(
  /// Width of a beat [bits].
  parameter integer Width = 8,
  /// Latency of the pipeline [cycles], and its capacity [beats].
  parameter integer Depth = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,   // synchronous, active low
  output logic             room_o,   // a beat may be issued at this edge
  input  logic             issue_i,  // a beat is issued at this edge; only with `room_o`
  input  logic [Width-1:0] data_i,   // result of the beat issued Depth - 1 edges ago
  output logic             valid_o,
  input  logic             ready_i,
  output logic [Width-1:0] data_o
);
  localparam integer CountWidth = $clog2(Depth + 1);
  localparam [CountWidth-1:0] Full = Depth[CountWidth-1:0];

  logic push;
  logic pop;
  assign pop = valid_o && ready_i;

  if (Depth == 1) begin : gen_register
    logic             valid_q;
    logic [Width-1:0] data_q;

    assign push    = issue_i;
    assign room_o  = !valid_q || ready_i;
    assign valid_o = valid_q;
    assign data_o  = data_q;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) valid_q <= 1'b0;
      else if (push) valid_q <= 1'b1;
      else if (pop) valid_q <= 1'b0;
      if (push) data_q <= data_i;
    end
  end else begin : gen_queue
    localparam integer PointerWidth = $clog2(Depth);
    localparam integer Last = Depth - 1;
    localparam [PointerWidth-1:0] LastSlot = Last[PointerWidth-1:0];

    logic [Depth-2:0]        on_way_q;  // bit n: the beat issued n + 1 edges ago
    logic [CountWidth-1:0]   inside_q;  // beats on their way or queued
    logic [CountWidth-1:0]   queued_q;
    logic [PointerWidth-1:0] read_q;
    logic [PointerWidth-1:0] write_q;
    logic [Width-1:0]        queue_q [0:Depth-1];

    assign push    = on_way_q[Depth-2];
    assign room_o  = inside_q != Full || pop;
    assign valid_o = queued_q != 0;
    assign data_o  = queue_q[read_q];

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        on_way_q <= '0;
        inside_q <= '0;
        queued_q <= '0;
        read_q   <= '0;
        write_q  <= '0;
      end else begin
        on_way_q <= (on_way_q << 1) | {{(Depth - 2){1'b0}}, issue_i};
        if (issue_i && !pop) inside_q <= inside_q + 1'b1;
        if (!issue_i && pop) inside_q <= inside_q - 1'b1;
        if (push && !pop) queued_q <= queued_q + 1'b1;
        if (!push && pop) queued_q <= queued_q - 1'b1;
        if (pop) read_q <= read_q == LastSlot ? '0 : read_q + 1'b1;
        if (push) write_q <= write_q == LastSlot ? '0 : write_q + 1'b1;
      end
      if (push) queue_q[write_q] <= data_i;
    end

`ifndef SYNTHESIS
    NoOverflow: assert property (@(posedge clk_i) disable iff (!rst_ni)
        push && queued_q == Full |-> pop);
`endif
  end

`ifndef SYNTHESIS
  initial begin
    if (Depth < 1) $fatal(1, "qnn_output_queue: Depth %0d is less than 1", Depth);
  end
  IssueOnlyWithRoom: assert property (@(posedge clk_i) disable iff (!rst_ni) issue_i |-> room_o);
  OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif
endmodule
