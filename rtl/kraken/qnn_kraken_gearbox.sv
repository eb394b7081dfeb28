// SPDX-License-Identifier: Apache-2.0
//
// Changes the number of elements of a packet's beats by any ratio, through the least common
// multiple of both.
//
// Where a beat that comes holds whole beats that go, it is not kept: `valid_o` and `data_o` depend
// combinationally on it, and it is taken with its last part. Else there are two registers: one
// collects beats, one gives them; a beat leaves 2 cycles after the last one of its group (or of the
// packet), and `valid_o` depends on nothing. `ready_o` and `through_o` depend combinationally on
// `ready_i`. What
// the last beat has to spare is dropped (more came than goes) or is 0.
// Model: models/kraken/packet_gearbox.h.
module qnn_kraken_gearbox #(
  /// Elements of a beat on either side.
  parameter integer InLanes = 1,
  parameter integer OutLanes = 1,
  /// Width of an element [bits].
  parameter integer LaneWidth = 1,
  /// Widths of the numbers of beats of a packet [bits].
  parameter integer InBits = 1,
  parameter integer OutBits = 1
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,       // synchronous, active low
  input  logic                          begin_i,      // a packet; only with `through_o`
  input  logic [InBits-1:0]             beats_in_i,   // of it
  input  logic [OutBits-1:0]            beats_out_i,  // of it
  output logic                          through_o,    // all that came is handed over by this edge
  input  logic                          valid_i,
  output logic                          ready_o,
  input  logic [InLanes*LaneWidth-1:0]  data_i,
  output logic                          valid_o,
  input  logic                          ready_i,
  output logic [OutLanes*LaneWidth-1:0] data_o
);
  function automatic integer common_divisor(input integer a, input integer b);
    integer rest;
    begin
      while (b != 0) begin
        rest = a % b;
        a = b;
        b = rest;
      end
      common_divisor = a;
    end
  endfunction

  localparam integer Common   = common_divisor(InLanes, OutLanes);
  localparam integer GroupIn  = OutLanes / Common;
  localparam integer GroupOut = InLanes / Common;
  localparam integer InWidth  = InLanes * LaneWidth;
  localparam integer OutWidth = OutLanes * LaneWidth;
  // A packet may have fewer beats than a group.
  localparam integer GiveBits = $clog2(GroupOut + 1);
  localparam integer LeftBits = OutBits > GiveBits ? OutBits : GiveBits;
  localparam [InBits-1:0]   OneIn  = 1;
  localparam [LeftBits-1:0] OneOut = 1;

  logic [InBits-1:0]   in_left_q;   // beats of the packet that have not come
  logic [LeftBits-1:0] out_left_q;  // beats of the packet that have not been handed over
  logic [LeftBits-1:0] out_step;
  logic                take, give;

  assign take = valid_i && ready_o;
  assign give = valid_o && ready_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      in_left_q  <= '0;
      out_left_q <= '0;
    end else if (begin_i) begin
      in_left_q  <= beats_in_i;
      out_left_q <= {{(LeftBits - OutBits){1'b0}}, beats_out_i};
    end else begin
      if (take) in_left_q <= in_left_q - OneIn;
      out_left_q <= out_left_q - out_step;
    end
  end

  if (GroupIn == 1) begin : gen_parts
    localparam integer PartBits = GroupOut > 1 ? $clog2(GroupOut) : 1;
    localparam integer Last = GroupOut - 1;

    logic [PartBits-1:0] part_q;
    logic                is_last;

    assign through_o = in_left_q == '0;
    assign is_last   = part_q == Last[PartBits-1:0] || out_left_q == OneOut;
    assign valid_o   = valid_i && !through_o;
    assign ready_o   = ready_i && !through_o && is_last;
    assign out_step  = give ? OneOut : '0;
    assign data_o    = data_i[part_q*OutWidth +: OutWidth];

    always_ff @(posedge clk_i) begin
      if (!rst_ni) part_q <= '0;
      else if (give) part_q <= is_last ? '0 : part_q + 1'b1;
    end

`ifndef SYNTHESIS
    // What comes ends with what goes.
    BothEnd: assert property (@(posedge clk_i) disable iff (!rst_ni)
        give && out_left_q == OneOut |-> in_left_q == OneIn);
`endif
  end else begin : gen_collect
    localparam integer TakeBits = $clog2(GroupIn + 1);
    localparam [TakeBits-1:0] AllIn  = GroupIn[TakeBits-1:0];
    localparam [LeftBits-1:0] AllOut = LeftBits'(GroupOut);

    logic [TakeBits-1:0]        collected_q, place;
    logic [GiveBits-1:0]        giving_q;  // beats that are left of what was handed over
    logic [LeftBits-1:0]        part;      // beats that a hand-over hands over
    logic [GroupIn*InWidth-1:0] collected_data_q, giving_data_q;
    logic                       is_last, hand_over;

    assign through_o = in_left_q == '0 && (collected_q == '0 || hand_over);
    assign is_last   = giving_q == {{(GiveBits - 1){1'b0}}, 1'b1};
    assign valid_o   = giving_q != '0;
    assign hand_over = collected_q != '0 && (collected_q == AllIn || in_left_q == '0) &&
                       (!valid_o || (give && is_last));
    assign place     = hand_over ? '0 : collected_q;
    assign ready_o   = in_left_q != '0 && place != AllIn;
    assign part      = out_left_q < AllOut ? out_left_q : AllOut;
    assign out_step  = hand_over ? part : '0;
    assign data_o    = giving_data_q[OutWidth-1:0];

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        collected_q <= '0;
        giving_q    <= '0;
      end else begin
        collected_q <= place + {{(TakeBits - 1){1'b0}}, take};
        if (hand_over) giving_q <= part[GiveBits-1:0];
        else if (give) giving_q <= giving_q - 1'b1;
      end
      if (hand_over) giving_data_q <= collected_data_q;
      else if (give) giving_data_q <= giving_data_q >> OutWidth;
    end

    for (genvar i = 0; i < GroupIn; i = i + 1) begin : gen_place
      localparam integer Place = i;
      logic [InWidth-1:0] beat_q;

      assign collected_data_q[i*InWidth +: InWidth] = beat_q;
      always_ff @(posedge clk_i) begin
        if (take && place == Place[TakeBits-1:0]) beat_q <= data_i;
        else if (!rst_ni || hand_over) beat_q <= '0;
      end
    end

`ifndef SYNTHESIS
    OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
        valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif
  end

`ifndef SYNTHESIS
  initial begin
    if (InLanes < 1 || OutLanes < 1 || LaneWidth < 1 || InBits < 1 || OutBits < 1) begin
      $fatal(1, "qnn_kraken_gearbox: InLanes %0d, OutLanes %0d, LaneWidth %0d: less than 1",
             InLanes, OutLanes, LaneWidth);
    end
  end
  BeginOnlyWhenThrough: assert property (@(posedge clk_i) disable iff (!rst_ni)
      begin_i |-> through_o);
`endif
endmodule
