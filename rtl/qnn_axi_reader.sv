// SPDX-License-Identifier: Apache-2.0
//
// Reads a tensor from memory over AXI4, once for every token, and streams it: an AXI master.
//
// A pass begins one edge after its token, or behind the addresses of the pass before. An address an
// edge while fewer than Outstanding bursts are under way, counted up to the edge after their last
// beat. Data takes no cycle of its own: an element beat is a slice of the R beat in front, which is
// taken with its last slice. `valid_o` depends combinationally on `m_axi_rvalid_i`, and
// `m_axi_rready_o` on `ready_i`; nothing else does, and no channel waits for the ready of another.
// Model: models/axi_reader.h.
module qnn_axi_reader #(
  /// Width of the bus [bits].
  parameter integer BusBits = 64,
  /// Elements of a stream beat, width of one [bits], and of the container that it stands in in
  /// memory [bits].
  parameter integer Lanes = 8,
  parameter integer Width = 8,
  parameter integer ContainerBits = 8,
  /// Stream beats of a pass.
  parameter integer StreamBeats = 1,
  /// Beats of a burst at most, and bursts under way at most.
  parameter integer MaxBurst = 16,
  parameter integer Outstanding = 4,
  /// Address of the first pass, and from a pass to the next [bus beats].
  parameter [31:0] Base = 0,
  parameter [31:0] Stride = 0,
  /// Passes until the address returns to Base.
  parameter integer Buffers = 1,
  /// Identifier of every burst.
  parameter integer IdWidth = 1,
  parameter [IdWidth-1:0] Id = 0,
  /// Width of an address [bits].
  parameter integer AddressWidth = 32 + $clog2(BusBits / 8)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,           // synchronous, active low
  input  logic                    start_valid_i,    // a token: read a pass
  output logic                    start_ready_o,
  output logic                    valid_o,
  input  logic                    ready_i,
  output logic [Lanes*Width-1:0]  data_o,
  output logic                    error_o,          // a response was not OKAY since reset

  output logic                    m_axi_arvalid_o,
  input  logic                    m_axi_arready_i,
  output logic [AddressWidth-1:0] m_axi_araddr_o,
  output logic [7:0]              m_axi_arlen_o,
  output logic [2:0]              m_axi_arsize_o,
  output logic [1:0]              m_axi_arburst_o,
  output logic [IdWidth-1:0]      m_axi_arid_o,
  output logic [3:0]              m_axi_arcache_o,
  output logic [2:0]              m_axi_arprot_o,

  input  logic                    m_axi_rvalid_i,
  output logic                    m_axi_rready_o,
  input  logic [BusBits-1:0]      m_axi_rdata_i,
  input  logic                    m_axi_rlast_i,
  input  logic [1:0]              m_axi_rresp_i,
  // One identifier: what comes back can be no other.
  // verilator lint_off UNUSEDSIGNAL
  input  logic [IdWidth-1:0]      m_axi_rid_i
  // verilator lint_on UNUSEDSIGNAL
);
  localparam integer SizeBits   = $clog2(BusBits / 8);
  localparam integer SliceBits  = Lanes * ContainerBits;
  localparam integer Slices     = BusBits / SliceBits;
  localparam integer SliceWidth = Slices > 1 ? $clog2(Slices) : 1;
  localparam integer LastSlice  = Slices - 1;
  localparam integer PassBeats  = (StreamBeats + Slices - 1) / Slices;
  localparam integer SentWidth  = StreamBeats > 1 ? $clog2(StreamBeats) : 1;
  localparam integer CountWidth = $clog2(Outstanding + 1);
  localparam [CountWidth-1:0] Most = Outstanding[CountWidth-1:0];

  logic [1:0]            passes_q;       // begun, their addresses not all sent
  logic [CountWidth-1:0] outstanding_q;  // [bursts]
  logic [SliceWidth-1:0] slice_q;        // of the R beat in front
  logic [31:0]           beat;
  logic                  start, address, last_burst, give, ends_beat, ends_pass, ends_burst;
  logic [SentWidth-1:0]  unused_sent;

  // Addresses.
  assign start_ready_o   = !passes_q[1];
  assign start           = start_valid_i && start_ready_o;
  assign m_axi_arvalid_o = passes_q != '0 && outstanding_q != Most;
  assign address         = m_axi_arvalid_o && m_axi_arready_i;
  assign m_axi_araddr_o  = {beat, {SizeBits{1'b0}}};
  assign m_axi_arsize_o  = SizeBits[2:0];
  assign m_axi_arburst_o = 2'b01;    // ascending addresses
  assign m_axi_arid_o    = Id;
  assign m_axi_arcache_o = 4'b0011;  // may be split or merged, not cached
  assign m_axi_arprot_o  = 3'b000;

  qnn_burst_walk #(
    .BusBits(BusBits), .PassBeats(PassBeats), .MaxBurst(MaxBurst), .Base(Base), .Stride(Stride),
    .Buffers(Buffers)
  ) u_addresses (
    .clk_i, .rst_ni, .step_i(address), .beat_o(beat), .len_o(m_axi_arlen_o), .last_o(last_burst)
  );

  // Data.
  assign valid_o        = m_axi_rvalid_i;
  assign give           = valid_o && ready_i;
  assign ends_beat      = slice_q == LastSlice[SliceWidth-1:0] || ends_pass;
  assign m_axi_rready_o = ready_i && ends_beat;
  assign ends_burst     = m_axi_rvalid_i && m_axi_rready_o && m_axi_rlast_i;

  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    assign data_o[i*Width +: Width] =
        m_axi_rdata_i[SliceBits*slice_q + i*ContainerBits +: Width];
  end

  qnn_counter #(.Count(StreamBeats), .Width(SentWidth)) u_sent (
    .clk_i, .rst_ni, .step_i(give), .value_o(unused_sent), .last_o(ends_pass)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      passes_q      <= '0;
      outstanding_q <= '0;
      slice_q       <= '0;
      error_o       <= 1'b0;
    end else begin
      passes_q <= passes_q + {1'b0, start} - {1'b0, address && last_burst};
      if (address && !ends_burst) outstanding_q <= outstanding_q + 1'b1;
      else if (ends_burst && !address) outstanding_q <= outstanding_q - 1'b1;
      if (give) slice_q <= ends_beat ? '0 : slice_q + 1'b1;
      if (m_axi_rvalid_i && m_axi_rresp_i != 2'b00) error_o <= 1'b1;
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (Lanes < 1 || Width < 1 || Width > ContainerBits) begin
      $fatal(1, "qnn_axi_reader: Lanes %0d or Width %0d in ContainerBits %0d cannot be", Lanes,
             Width, ContainerBits);
    end
    if (Slices * SliceBits != BusBits) begin
      $fatal(1, "qnn_axi_reader: Lanes %0d x ContainerBits %0d does not divide BusBits %0d", Lanes,
             ContainerBits, BusBits);
    end
    if (StreamBeats < 1) $fatal(1, "qnn_axi_reader: StreamBeats %0d is less than 1", StreamBeats);
    if (Outstanding < 1) $fatal(1, "qnn_axi_reader: Outstanding %0d is less than 1", Outstanding);
  end
  NoOverflow: assert property (@(posedge clk_i) disable iff (!rst_ni) outstanding_q <= Most);
  NoUnderflow: assert property (@(posedge clk_i) disable iff (!rst_ni)
      m_axi_rvalid_i |-> outstanding_q != '0);
  PassEndsWithABurst: assert property (@(posedge clk_i) disable iff (!rst_ni)
      give && ends_pass |-> m_axi_rlast_i);
`endif
endmodule
