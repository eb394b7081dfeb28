// SPDX-License-Identifier: Apache-2.0
//
// Changes the number of elements of a beat by any ratio, through the least common multiple of both.
//
// Takes and gives up to one beat a cycle each, latency 2 from the last beat of a group. `ready_o`
// depends combinationally on `ready_i`, `valid_o` on nothing; the FIFOs around every kernel cut the
// path.
// Model: models/width_converter.h.
module qnn_width_converter #(
  /// Elements of a beat on either side.
  parameter integer InLanes = 1,
  parameter integer OutLanes = 1,
  /// Beats on either side of a group, the least common multiple of both widths: InLanes x GroupIn =
  /// OutLanes x GroupOut.
  parameter integer GroupIn = 1,
  parameter integer GroupOut = 1,
  /// Width of an element [bits].
  parameter integer LaneWidth = 1
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,  // synchronous, active low
  input  logic                          valid_i,
  output logic                          ready_o,
  input  logic [InLanes*LaneWidth-1:0]  data_i,
  output logic                          valid_o,
  input  logic                          ready_i,
  output logic [OutLanes*LaneWidth-1:0] data_o
);
  localparam integer InWidth    = InLanes * LaneWidth;
  localparam integer OutWidth   = OutLanes * LaneWidth;
  localparam integer GroupWidth = InWidth * GroupIn;

  logic                  take, hand_over, give, unused_first;
  logic [GroupWidth-1:0] collecting_q, collecting_d, holding_q;
  logic [InWidth-1:0]    unused_oldest;

  qnn_gearbox #(.GroupIn(GroupIn), .GroupOut(GroupOut)) u_gearbox (
    .clk_i, .rst_ni, .valid_i, .ready_o, .valid_o, .ready_i, .take_o(take),
    .first_o(unused_first), .hand_over_o(hand_over), .give_o(give)
  );

  // Beats enter above and leave below.
  assign {collecting_d, unused_oldest} = {data_i, collecting_q};
  assign data_o = holding_q[OutWidth-1:0];

  always_ff @(posedge clk_i) begin
    if (take) collecting_q <= collecting_d;
    if (hand_over) holding_q <= collecting_q;
    else if (give) holding_q <= holding_q >> OutWidth;
  end

`ifndef SYNTHESIS
  initial begin
    if (InLanes < 1 || OutLanes < 1 || LaneWidth < 1) begin
      $fatal(1, "qnn_width_converter: InLanes %0d, OutLanes %0d, LaneWidth %0d: less than 1",
             InLanes, OutLanes, LaneWidth);
    end
    if (InLanes * GroupIn != OutLanes * GroupOut) begin
      $fatal(1, "qnn_width_converter: InLanes %0d x GroupIn %0d is not OutLanes %0d x GroupOut %0d",
             InLanes, GroupIn, OutLanes, GroupOut);
    end
  end
  OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif
endmodule
