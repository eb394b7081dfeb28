// SPDX-License-Identifier: Apache-2.0
//
// The AXI master qnn_axi_reader between streams, as its model stands: AR and R are streams of the
// project, and what the pins do is checked against the rules of AXI.
//
// AR bears {length - 1, address in bus beats}, 32 bits each, R the data; RLAST follows from the
// addresses that have been sent. Rate, latency and paths are those of the master.
// Model: models/axi_reader.h.
module qnn_axi_reader_bridge #(
  /// As of qnn_axi_reader.
  parameter integer BusBits = 64,
  parameter integer Lanes = 8,
  parameter integer Width = 8,
  parameter integer ContainerBits = 8,
  parameter integer StreamBeats = 1,
  parameter integer MaxBurst = 16,
  parameter integer Outstanding = 4,
  parameter [31:0] Base = 0,
  parameter [31:0] Stride = 0,
  parameter integer Buffers = 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,        // synchronous, active low
  input  logic                   start_valid_i,
  output logic                   start_ready_o,
  // A token is all that it says.
  // verilator lint_off UNUSEDSIGNAL
  input  logic                   start_data_i,
  // verilator lint_on UNUSEDSIGNAL
  input  logic                   r_valid_i,
  output logic                   r_ready_o,
  input  logic [BusBits-1:0]     r_data_i,
  output logic                   valid_o,
  input  logic                   ready_i,
  output logic [Lanes*Width-1:0] data_o,
  output logic                   ar_valid_o,
  input  logic                   ar_ready_i,
  output logic [63:0]            ar_data_o
);
  localparam integer SizeBits     = $clog2(BusBits / 8);
  localparam integer AddressWidth = 32 + SizeBits;
  localparam integer CountWidth   = $clog2(Outstanding + 1);

  logic [AddressWidth-1:0] araddr;
  logic [7:0]              arlen, length, beat_q;
  logic [2:0]              arsize, unused_arprot;
  logic [1:0]              arburst;
  logic [3:0]              unused_arcache;
  logic                    arid, error, rlast, asked, unused_room;
  logic [CountWidth-1:0]   unused_count;

  assign ar_data_o = {24'd0, arlen, araddr[AddressWidth-1:SizeBits]};
  assign rlast     = beat_q == length;

  qnn_axi_reader #(
    .BusBits(BusBits), .Lanes(Lanes), .Width(Width), .ContainerBits(ContainerBits),
    .StreamBeats(StreamBeats), .MaxBurst(MaxBurst), .Outstanding(Outstanding), .Base(Base),
    .Stride(Stride), .Buffers(Buffers)
  ) u_reader (
    .clk_i, .rst_ni, .start_valid_i, .start_ready_o, .valid_o, .ready_i, .data_o,
    .error_o         (error),
    .m_axi_arvalid_o (ar_valid_o),
    .m_axi_arready_i (ar_ready_i),
    .m_axi_araddr_o  (araddr),
    .m_axi_arlen_o   (arlen),
    .m_axi_arsize_o  (arsize),
    .m_axi_arburst_o (arburst),
    .m_axi_arid_o    (arid),
    .m_axi_arcache_o (unused_arcache),
    .m_axi_arprot_o  (unused_arprot),
    .m_axi_rvalid_i  (r_valid_i),
    .m_axi_rready_o  (r_ready_o),
    .m_axi_rdata_i   (r_data_i),
    .m_axi_rlast_i   (rlast),
    .m_axi_rresp_i   (2'b00),
    .m_axi_rid_i     (arid)
  );

  // The lengths of the bursts that have been asked for.
  qnn_fifo #(.Width(8), .Depth(Outstanding)) u_lengths (
    .clk_i, .rst_ni,
    .valid_i (ar_valid_o && ar_ready_i),
    .ready_o (unused_room),
    .data_i  (arlen),
    .valid_o (asked),
    .ready_i (r_valid_i && r_ready_o && rlast),
    .data_o  (length),
    .count_o (unused_count)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) beat_q <= '0;
    else if (r_valid_i && r_ready_o) beat_q <= rlast ? '0 : beat_q + 1'b1;
  end

  qnn_axi_rules #(.BusBits(BusBits), .AddressWidth(AddressWidth), .MaxBurst(MaxBurst)) u_rules (
    .clk_i, .rst_ni, .valid_i(ar_valid_o), .ready_i(ar_ready_i), .address_i(araddr),
    .len_i(arlen), .size_i(arsize), .burst_i(arburst)
  );

`ifndef SYNTHESIS
  AnswersWhatWasAsked: assert property (@(posedge clk_i) disable iff (!rst_ni)
      r_valid_i |-> asked);
  RoomForEveryBurst: assert property (@(posedge clk_i) disable iff (!rst_ni)
      ar_valid_o |-> unused_room);
  OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_o && !ready_i |=> valid_o && $stable(data_o));
  NoError: assert property (@(posedge clk_i) disable iff (!rst_ni) !error);
`endif
endmodule
