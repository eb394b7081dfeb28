// SPDX-License-Identifier: Apache-2.0
//
// The AXI master qnn_axi_writer between streams, as its model stands: AW, W and B are streams of
// the project, and what the pins do is checked against the rules of AXI.
//
// AW bears {length - 1, address in bus beats}, 32 bits each, W the data, B and the tokens nothing.
// Rate, latency and paths are those of the master.
// Model: models/axi_writer.h.
module qnn_axi_writer_bridge #(
  /// As of qnn_axi_writer.
  parameter integer BusBits = 64,
  parameter integer Lanes = 8,
  parameter integer Width = 8,
  parameter integer Kind = 1,
  parameter integer ContainerBits = 8,
  parameter integer StreamBeats = 1,
  parameter integer MaxBurst = 16,
  parameter integer Outstanding = 4,
  parameter [31:0] Base = 0,
  parameter [31:0] Stride = 0,
  parameter integer Buffers = 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,       // synchronous, active low
  input  logic                   valid_i,
  output logic                   ready_o,
  input  logic [Lanes*Width-1:0] data_i,
  input  logic                   b_valid_i,
  output logic                   b_ready_o,
  // It is all that it says.
  // verilator lint_off UNUSEDSIGNAL
  input  logic                   b_data_i,
  // verilator lint_on UNUSEDSIGNAL
  output logic                   done_valid_o,
  input  logic                   done_ready_i,
  output logic                   done_data_o,
  output logic                   aw_valid_o,
  input  logic                   aw_ready_i,
  output logic [63:0]            aw_data_o,
  output logic                   w_valid_o,
  input  logic                   w_ready_i,
  output logic [BusBits-1:0]     w_data_o
);
  localparam integer BusBytes     = BusBits / 8;
  localparam integer SizeBits     = $clog2(BusBytes);
  localparam integer AddressWidth = 32 + SizeBits;

  logic [AddressWidth-1:0] awaddr;
  logic [7:0]              awlen;
  logic [2:0]              unused_awprot;
  logic [3:0]              unused_awcache;
  logic                    awid;
  // Only assertions read them.
  // verilator lint_off UNUSEDSIGNAL
  logic [2:0]              awsize;
  logic [1:0]              awburst;
  logic [BusBytes-1:0]     wstrb;
  logic                    wlast, error;
  // verilator lint_on UNUSEDSIGNAL

  assign aw_data_o   = {24'd0, awlen, awaddr[AddressWidth-1:SizeBits]};
  assign done_data_o = 1'b0;

  qnn_axi_writer #(
    .BusBits(BusBits), .Lanes(Lanes), .Width(Width), .Kind(Kind), .ContainerBits(ContainerBits),
    .StreamBeats(StreamBeats), .MaxBurst(MaxBurst), .Outstanding(Outstanding), .Base(Base),
    .Stride(Stride), .Buffers(Buffers)
  ) u_writer (
    .clk_i, .rst_ni, .valid_i, .ready_o, .data_i, .done_valid_o, .done_ready_i,
    .error_o         (error),
    .m_axi_awvalid_o (aw_valid_o),
    .m_axi_awready_i (aw_ready_i),
    .m_axi_awaddr_o  (awaddr),
    .m_axi_awlen_o   (awlen),
    .m_axi_awsize_o  (awsize),
    .m_axi_awburst_o (awburst),
    .m_axi_awid_o    (awid),
    .m_axi_awcache_o (unused_awcache),
    .m_axi_awprot_o  (unused_awprot),
    .m_axi_wvalid_o  (w_valid_o),
    .m_axi_wready_i  (w_ready_i),
    .m_axi_wdata_o   (w_data_o),
    .m_axi_wstrb_o   (wstrb),
    .m_axi_wlast_o   (wlast),
    .m_axi_bvalid_i  (b_valid_i),
    .m_axi_bready_o  (b_ready_o),
    .m_axi_bresp_i   (2'b00),
    .m_axi_bid_i     (awid)
  );

  qnn_axi_rules #(.BusBits(BusBits), .AddressWidth(AddressWidth), .MaxBurst(MaxBurst)) u_rules (
    .clk_i, .rst_ni, .valid_i(aw_valid_o), .ready_i(aw_ready_i), .address_i(awaddr),
    .len_i(awlen), .size_i(awsize), .burst_i(awburst)
  );

`ifndef SYNTHESIS
  localparam integer CountWidth  = $clog2(Outstanding + 1);
  localparam integer Slices      = BusBits / (Lanes * ContainerBits);
  localparam integer PassBeats   = (StreamBeats + Slices - 1) / Slices;
  localparam integer PassWidth   = PassBeats > 1 ? $clog2(PassBeats) : 1;
  // [bits] of the last bus beat of a pass that are padding
  localparam integer PaddingBits = (PassBeats * Slices - StreamBeats) * Lanes * ContainerBits;
  localparam [BusBits-1:0]  LastBits   = {BusBits{1'b1}} >> PaddingBits;
  localparam [BusBytes-1:0] LastStrobe = {BusBytes{1'b1}} >> (PaddingBits / 8);

  logic [7:0]            length, expected, beat_q;
  logic                  sent, early_q, address, data, ends_burst, whole, room, last_of_pass;
  logic [CountWidth-1:0] unused_count, owed_q;
  logic [PassWidth-1:0]  unused_pass_beat;

  // The lengths of the bursts whose address has been sent, and of the one that is offered.
  assign address    = aw_valid_o && aw_ready_i;
  assign data       = w_valid_o && w_ready_i;
  assign expected   = sent ? length : awlen;
  assign ends_burst = data && beat_q == expected;
  // A burst whose address and data have both been sent. The data may be the first (early).
  assign whole      = (ends_burst && (sent || address)) || (early_q && address);

  qnn_fifo #(.Width(8), .Depth(Outstanding)) u_lengths (
    .clk_i, .rst_ni,
    .valid_i (address && !early_q && !(ends_burst && !sent)),
    .ready_o (room),
    .data_i  (awlen),
    .valid_o (sent),
    .ready_i (ends_burst),
    .data_o  (length),
    .count_o (unused_count)
  );
  qnn_counter #(.Count(PassBeats), .Width(PassWidth)) u_pass_beat (
    .clk_i, .rst_ni, .step_i(data), .value_o(unused_pass_beat), .last_o(last_of_pass)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      beat_q  <= '0;
      early_q <= 1'b0;
      owed_q  <= '0;
    end else begin
      if (data) beat_q <= ends_burst ? '0 : beat_q + 1'b1;
      if (address) early_q <= 1'b0;
      else if (ends_burst && !sent) early_q <= 1'b1;
      owed_q <= owed_q + {{(CountWidth - 1){1'b0}}, whole}
                       - {{(CountWidth - 1){1'b0}}, b_valid_i && b_ready_o};
    end
  end

  RoomForEveryBurst: assert property (@(posedge clk_i) disable iff (!rst_ni)
      aw_valid_o && !early_q |-> room);
  DataNotBeforeItsAddress: assert property (@(posedge clk_i) disable iff (!rst_ni)
      w_valid_o |-> sent || (aw_valid_o && !early_q));
  LastEndsTheBurst: assert property (@(posedge clk_i) disable iff (!rst_ni)
      w_valid_o |-> wlast == (beat_q == expected));
  DataStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      w_valid_o && !w_ready_i |=> w_valid_o && $stable(w_data_o) && $stable(wstrb) &&
                                  $stable(wlast));
  StrobesSpareThePadding: assert property (@(posedge clk_i) disable iff (!rst_ni)
      w_valid_o |-> wstrb == (last_of_pass ? LastStrobe : '1));
  PaddingIsZero: assert property (@(posedge clk_i) disable iff (!rst_ni)
      w_valid_o && last_of_pass |-> (w_data_o & ~LastBits) == '0);
  AnswersWhatWasAsked: assert property (@(posedge clk_i) disable iff (!rst_ni)
      b_valid_i |-> owed_q != '0);
  DoneStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      done_valid_o && !done_ready_i |=> done_valid_o);
  NoError: assert property (@(posedge clk_i) disable iff (!rst_ni) !error);
`endif
endmodule
