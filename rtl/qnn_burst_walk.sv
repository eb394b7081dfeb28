// SPDX-License-Identifier: Apache-2.0
//
// The bursts of one pass over a tensor in memory after another: as long as they may be, none across
// a 4 KB boundary (AMBA AXI, A3.4.1).
//
// A burst an edge. No combinational path.
// Model: models/axi_transfer.h, BurstWalk.
module qnn_burst_walk #(
  /// Width of the bus [bits].
  parameter integer BusBits = 64,
  /// Bus beats of a pass.
  parameter integer PassBeats = 1,
  /// Beats of a burst at most.
  parameter integer MaxBurst = 16,
  /// Address of the first pass, and from a pass to the next [bus beats].
  parameter [31:0] Base = 0,
  parameter [31:0] Stride = 0,
  /// Passes until the address returns to Base.
  parameter integer Buffers = 1,
  /// Width of an address that is kept [bits]: enough for the beats of 4 KB where only the lengths
  /// of bursts are wanted, else 32.
  parameter integer AddressWidth = 32
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,  // synchronous, active low
  input  logic                    step_i,  // on to the next burst
  output logic [AddressWidth-1:0] beat_o,  // address of the present burst [bus beats]
  output logic [7:0]              len_o,   // its length - 1 [beats]
  output logic                    last_o   // it is the last of its pass
);
  localparam integer Boundary     = 32768 / BusBits;  // [bus beats]
  localparam integer BoundaryBits = $clog2(Boundary);
  localparam integer LeftBits     = $clog2(PassBeats + 1);
  localparam integer Bits         = LeftBits > 11 ? LeftBits : 11;
  localparam [Bits-1:0]         Most  = MaxBurst[Bits-1:0];
  localparam [Bits-1:0]         Page  = Boundary[Bits-1:0];
  localparam [Bits-1:0]         Whole = PassBeats[Bits-1:0];
  localparam [AddressWidth-1:0] First = Base[AddressWidth-1:0];

  logic [AddressWidth-1:0] beat_q, next_pass;
  logic [Bits-1:0]         left_q;     // [beats] of the pass, from the present burst on
  logic [Bits-1:0]         to_page, limit, beats, left;

  assign to_page = Page - {{(Bits - BoundaryBits){1'b0}}, beat_q[BoundaryBits-1:0]};
  assign limit   = to_page < Most ? to_page : Most;
  assign beats   = left_q < limit ? left_q : limit;
  assign left    = left_q - beats;
  assign beat_o  = beat_q;
  assign len_o   = beats[7:0] - 1'b1;
  assign last_o  = left == '0;

  if (Buffers > 1) begin : gen_buffers
    localparam [AddressWidth-1:0] Step = Stride[AddressWidth-1:0];
    localparam integer PassWidth = $clog2(Buffers);

    logic                    last_buffer;
    logic [PassWidth-1:0]    unused_pass;
    logic [AddressWidth-1:0] start_q;  // of the present pass

    assign next_pass = last_buffer ? First : start_q + Step;

    qnn_counter #(.Count(Buffers), .Width(PassWidth)) u_pass (
      .clk_i, .rst_ni, .step_i(step_i && last_o), .value_o(unused_pass), .last_o(last_buffer)
    );

    always_ff @(posedge clk_i) begin
      if (!rst_ni) start_q <= First;
      else if (step_i && last_o) start_q <= next_pass;
    end
  end else begin : gen_one_buffer
    assign next_pass = First;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      beat_q <= First;
      left_q <= Whole;
    end else if (step_i) begin
      beat_q <= last_o ? next_pass : beat_q + {{(AddressWidth - 8){1'b0}}, len_o} + 1'b1;
      left_q <= last_o ? Whole : left;
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (BusBits < 32 || BusBits > 1024 || (BusBits & (BusBits - 1)) != 0) begin
      $fatal(1, "qnn_burst_walk: BusBits %0d is not a power of two from 32 to 1024", BusBits);
    end
    if (PassBeats < 1) $fatal(1, "qnn_burst_walk: PassBeats %0d is less than 1", PassBeats);
    if (MaxBurst < 1 || MaxBurst > 256) begin
      $fatal(1, "qnn_burst_walk: MaxBurst %0d is not in 1..256", MaxBurst);
    end
    if (Buffers < 1) $fatal(1, "qnn_burst_walk: Buffers %0d is less than 1", Buffers);
    if (AddressWidth < BoundaryBits || AddressWidth < 9 || AddressWidth > 32) begin
      $fatal(1, "qnn_burst_walk: AddressWidth %0d does not hold the beats of 4 KB", AddressWidth);
    end
  end
  LengthLegal: assert property (@(posedge clk_i) disable iff (!rst_ni)
      beats != '0 && beats <= Most && beats <= left_q);
  WithinPage: assert property (@(posedge clk_i) disable iff (!rst_ni) beats <= to_page);
`endif
endmodule
