// SPDX-License-Identifier: Apache-2.0
//
// The schedule of a block that collects GroupIn beats and gives GroupOut beats for them.
//
// The block has two registers: one collects, one gives. A collected group is handed over at the
// edge after its last beat, as soon as the giving register is empty or gives its last beat;
// collecting goes on at that same edge. Latency 2 from the last beat of a group to the first one
// given for it, max(GroupIn, GroupOut) cycles a group. `ready_o` depends combinationally on
// `ready_i`, `valid_o` on nothing; the FIFOs around every kernel cut the path.
// Model: models/gearbox.h.
module qnn_gearbox #(
  /// Beats of a group on either side.
  parameter integer GroupIn = 1,
  parameter integer GroupOut = 1
) (
  input  logic clk_i,
  input  logic rst_ni,        // synchronous, active low
  input  logic valid_i,
  output logic ready_o,
  output logic valid_o,
  input  logic ready_i,
  output logic take_o,        // a beat is collected at this edge
  output logic first_o,       // it is the first of its group
  output logic hand_over_o,   // the collected group becomes the one to give
  output logic give_o         // a beat is given at this edge
);
  localparam integer InBits  = $clog2(GroupIn + 1);
  localparam integer OutBits = $clog2(GroupOut + 1);
  localparam [InBits-1:0]  AllIn  = GroupIn[InBits-1:0];
  localparam [OutBits-1:0] AllOut = GroupOut[OutBits-1:0];
  localparam [OutBits-1:0] LastOut = 1;

  logic [InBits-1:0]  collected_q;  // beats of the group being collected
  logic [OutBits-1:0] giving_q;     // beats of the other group that have not been given
  logic               is_last;

  assign is_last     = giving_q == LastOut;
  assign valid_o     = giving_q != '0;
  assign give_o      = valid_o && ready_i;
  assign hand_over_o = collected_q == AllIn && (!valid_o || (give_o && is_last));
  assign ready_o     = collected_q != AllIn || hand_over_o;
  assign take_o      = valid_i && ready_o;
  assign first_o     = collected_q == '0 || hand_over_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      collected_q <= '0;
      giving_q    <= '0;
    end else begin
      collected_q <= (hand_over_o ? '0 : collected_q) + {{(InBits - 1){1'b0}}, take_o};
      if (hand_over_o) giving_q <= AllOut;
      else if (give_o) giving_q <= giving_q - 1'b1;
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (GroupIn < 1 || GroupOut < 1) begin
      $fatal(1, "qnn_gearbox: GroupIn %0d or GroupOut %0d is less than 1", GroupIn, GroupOut);
    end
  end
  NoOverflow: assert property (@(posedge clk_i) disable iff (!rst_ni) collected_q <= AllIn);
`endif
endmodule
