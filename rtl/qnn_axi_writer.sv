// SPDX-License-Identifier: Apache-2.0
//
// Writes a stream to memory over AXI4 and gives a token for every pass: an AXI master.
//
// A pass begins when its first element beat is there and the data of the pass before has been sent.
// Then an address an edge while fewer than Outstanding bursts are under way, counted up to the edge
// after their B. Slices are collected into a bus beat, which is sent with its last slice; data may
// follow at the edge at which the address of its burst is offered, not before, and never waits for
// `m_axi_awready_i`. The token leaves with the last B of a pass. `m_axi_awvalid_o` and
// `m_axi_wvalid_o` depend combinationally on `valid_i`, `ready_o` on that and on `m_axi_wready_i`,
// `done_valid_o` on `m_axi_bvalid_i`, `m_axi_bready_o` on `done_ready_i`.
// Model: models/axi_writer.h.
module qnn_axi_writer #(
  /// Width of the bus [bits].
  parameter integer BusBits = 64,
  /// Elements of a stream beat, width [bits] and kind of one (0: unsigned, 1: two's complement, 2:
  /// bipolar), and width of the container that it is extended to in memory [bits].
  parameter integer Lanes = 8,
  parameter integer Width = 8,
  parameter integer Kind = 1,
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
  input  logic                    valid_i,
  output logic                    ready_o,
  input  logic [Lanes*Width-1:0]  data_i,
  output logic                    done_valid_o,     // a token: a pass is in memory
  input  logic                    done_ready_i,
  output logic                    error_o,          // a response was not OKAY since reset

  output logic                    m_axi_awvalid_o,
  input  logic                    m_axi_awready_i,
  output logic [AddressWidth-1:0] m_axi_awaddr_o,
  output logic [7:0]              m_axi_awlen_o,
  output logic [2:0]              m_axi_awsize_o,
  output logic [1:0]              m_axi_awburst_o,
  output logic [IdWidth-1:0]      m_axi_awid_o,
  output logic [3:0]              m_axi_awcache_o,
  output logic [2:0]              m_axi_awprot_o,

  output logic                    m_axi_wvalid_o,
  input  logic                    m_axi_wready_i,
  output logic [BusBits-1:0]      m_axi_wdata_o,
  output logic [BusBits/8-1:0]    m_axi_wstrb_o,
  output logic                    m_axi_wlast_o,

  input  logic                    m_axi_bvalid_i,
  output logic                    m_axi_bready_o,
  input  logic [1:0]              m_axi_bresp_i,
  // One identifier: what comes back can be no other.
  // verilator lint_off UNUSEDSIGNAL
  input  logic [IdWidth-1:0]      m_axi_bid_i
  // verilator lint_on UNUSEDSIGNAL
);
  localparam integer BusBytes   = BusBits / 8;
  localparam integer SizeBits   = $clog2(BusBytes);
  localparam integer SliceBits  = Lanes * ContainerBits;
  localparam integer Slices     = BusBits / SliceBits;
  localparam integer SliceWidth = Slices > 1 ? $clog2(Slices) : 1;
  localparam integer LastSlice  = Slices - 1;
  localparam integer PassBeats  = (StreamBeats + Slices - 1) / Slices;
  localparam integer TakenWidth = StreamBeats > 1 ? $clog2(StreamBeats) : 1;
  localparam integer CountWidth = $clog2(Outstanding + 2);
  localparam [CountWidth-1:0] Most = Outstanding[CountWidth-1:0];
  // Only the low bits of an address matter to the length of its burst.
  localparam integer PageWidth  = BusBits < 64 ? 10 : 9;
  // Bytes of the last bus beat of a pass that are not padding.
  localparam integer LastBytes  = ((StreamBeats - (PassBeats - 1) * Slices) * SliceBits + 7) / 8;
  localparam [BusBytes-1:0] LastStrobe = {BusBytes{1'b1}} >> (BusBytes - LastBytes);
  localparam [CountWidth-1:0] Level = 1;

  logic                  active_q;       // the pass that has begun has addresses left
  logic                  begun_q;        // a pass has begun and its last beat has not been taken
  logic [CountWidth-1:0] outstanding_q;  // [bursts]
  // One more than bursts whose address has been sent and not all their data: 0 where the data of
  // the address that is still offered has all been sent.
  logic [CountWidth-1:0] ahead_q;
  logic [SliceWidth-1:0] slice_q;        // of the bus beat being collected
  logic [7:0]            burst_beat_q;   // of the present burst that have been sent
  logic [BusBits-1:0]    collected_q;
  logic                  begins, active, address, last_address;
  logic                  open, take, ends_beat, ends_pass, send, ends_burst;
  logic                  respond, last_response;
  logic [31:0]           beat;
  logic [7:0]            data_len;
  logic [SliceBits-1:0]  slice;
  logic [TakenWidth-1:0] unused_taken;
  logic [PageWidth-1:0]  unused_data_beat, unused_response_beat;
  logic                  unused_data_last;
  logic [7:0]            unused_response_len;

  // Addresses.
  assign begins          = !active_q && !begun_q && valid_i;
  assign active          = active_q || begins;
  assign m_axi_awvalid_o = active && outstanding_q != Most;
  assign address         = m_axi_awvalid_o && m_axi_awready_i;
  assign m_axi_awaddr_o  = {beat, {SizeBits{1'b0}}};
  assign m_axi_awsize_o  = SizeBits[2:0];
  assign m_axi_awburst_o = 2'b01;    // ascending addresses
  assign m_axi_awid_o    = Id;
  assign m_axi_awcache_o = 4'b0011;  // may be split or merged, not cached
  assign m_axi_awprot_o  = 3'b000;

  qnn_burst_walk #(
    .BusBits(BusBits), .PassBeats(PassBeats), .MaxBurst(MaxBurst), .Base(Base), .Stride(Stride),
    .Buffers(Buffers)
  ) u_addresses (
    .clk_i, .rst_ni, .step_i(address), .beat_o(beat), .len_o(m_axi_awlen_o), .last_o(last_address)
  );

  // Data.
  assign open           = ahead_q > Level || (ahead_q == Level && m_axi_awvalid_o);
  assign ends_beat      = slice_q == LastSlice[SliceWidth-1:0] || ends_pass;
  assign m_axi_wvalid_o = open && valid_i && ends_beat;
  assign ready_o        = open && (m_axi_wready_i || !ends_beat);
  assign take           = valid_i && ready_o;
  assign send           = m_axi_wvalid_o && m_axi_wready_i;
  assign m_axi_wlast_o  = burst_beat_q == data_len;
  assign ends_burst     = send && m_axi_wlast_o;
  assign m_axi_wstrb_o  = ends_pass ? LastStrobe : '1;

  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    if (Width == ContainerBits) begin : gen_same
      assign slice[i*Width +: Width] = data_i[i*Width +: Width];
    end else begin : gen_extend
      assign slice[i*ContainerBits +: ContainerBits] =
          {{(ContainerBits - Width){Kind == 1 && data_i[i*Width + Width - 1]}},
           data_i[i*Width +: Width]};
    end
  end
  for (genvar i = 0; i < Slices; i++) begin : gen_slice
    localparam integer Place = i;
    assign m_axi_wdata_o[i*SliceBits +: SliceBits] =
        slice_q == Place[SliceWidth-1:0] ? slice : collected_q[i*SliceBits +: SliceBits];
  end

  qnn_counter #(.Count(StreamBeats), .Width(TakenWidth)) u_taken (
    .clk_i, .rst_ni, .step_i(take), .value_o(unused_taken), .last_o(ends_pass)
  );
  qnn_burst_walk #(
    .BusBits(BusBits), .PassBeats(PassBeats), .MaxBurst(MaxBurst), .Base(Base), .Stride(Stride),
    .Buffers(Buffers), .AddressWidth(PageWidth)
  ) u_data (
    .clk_i, .rst_ni, .step_i(ends_burst), .beat_o(unused_data_beat), .len_o(data_len),
    .last_o(unused_data_last)
  );

  // Responses.
  assign done_valid_o   = m_axi_bvalid_i && last_response;
  assign m_axi_bready_o = done_ready_i || !last_response;
  assign respond        = m_axi_bvalid_i && m_axi_bready_o;

  qnn_burst_walk #(
    .BusBits(BusBits), .PassBeats(PassBeats), .MaxBurst(MaxBurst), .Base(Base), .Stride(Stride),
    .Buffers(Buffers), .AddressWidth(PageWidth)
  ) u_responses (
    .clk_i, .rst_ni, .step_i(respond), .beat_o(unused_response_beat),
    .len_o(unused_response_len), .last_o(last_response)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q      <= 1'b0;
      begun_q       <= 1'b0;
      outstanding_q <= '0;
      ahead_q       <= Level;
      slice_q       <= '0;
      burst_beat_q  <= '0;
      collected_q   <= '0;
      error_o       <= 1'b0;
    end else begin
      active_q <= active && !(address && last_address);
      begun_q  <= (begun_q || begins) && !(take && ends_pass);
      if (address && !respond) outstanding_q <= outstanding_q + 1'b1;
      else if (respond && !address) outstanding_q <= outstanding_q - 1'b1;
      if (address && !ends_burst) ahead_q <= ahead_q + 1'b1;
      else if (ends_burst && !address) ahead_q <= ahead_q - 1'b1;
      if (take) slice_q <= ends_beat ? '0 : slice_q + 1'b1;
      if (send) burst_beat_q <= m_axi_wlast_o ? '0 : burst_beat_q + 1'b1;
      if (take) collected_q <= ends_beat ? '0 : m_axi_wdata_o;
      if (m_axi_bvalid_i && m_axi_bresp_i != 2'b00) error_o <= 1'b1;
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (Lanes < 1 || Width < 1 || Width > ContainerBits || Kind < 0 || Kind > 2) begin
      $fatal(1, "qnn_axi_writer: Lanes %0d, Width %0d, Kind %0d, ContainerBits %0d cannot be",
             Lanes, Width, Kind, ContainerBits);
    end
    if (Slices * SliceBits != BusBits) begin
      $fatal(1, "qnn_axi_writer: Lanes %0d x ContainerBits %0d does not divide BusBits %0d", Lanes,
             ContainerBits, BusBits);
    end
    if (StreamBeats < 1) $fatal(1, "qnn_axi_writer: StreamBeats %0d is less than 1", StreamBeats);
    if (Outstanding < 1) $fatal(1, "qnn_axi_writer: Outstanding %0d is less than 1", Outstanding);
  end
  NoOverflow: assert property (@(posedge clk_i) disable iff (!rst_ni)
      outstanding_q <= Most && ahead_q <= Most + Level);
  NoUnderflow: assert property (@(posedge clk_i) disable iff (!rst_ni)
      m_axi_bvalid_i |-> outstanding_q != '0);
  PassEndsWithABurst: assert property (@(posedge clk_i) disable iff (!rst_ni)
      send && ends_pass |-> m_axi_wlast_o);
`endif
endmodule
