// SPDX-License-Identifier: Apache-2.0
//
// The registers of a design: starts a run of some frames and tells how far it is, over AXI4-Lite.
//
//   0x00  CONTROL     write 1: start, an error while busy. Read: bit 0 busy, bit 1 done (every
//                     frame of the last run has entered and left: the last beats of an input may
//                     be needed by no output), bit 2 a memory has answered with an error
//   0x04  FRAMES      of the next run; 0: without end
//   0x08  FRAMES_IN   of the present or last run that have entered
//   0x0c  FRAMES_OUT  of the present or last run that have left
//   0x10  CYCLES      of the present or last run, from the first edge on which a beat may enter to
//   0x14              that of the last beat out (upper 32 bits)
//   0x18  FIFOS       number of FIFOs whose peak is known
//   0x1c  IDENTITY    of the design: the first 32 bits of the digest in its manifest
//   0x1000 + 4 n      highest occupancy of FIFO n in all runs so far [beats]
//
// The core is held in reset until the first start: it leaves reset at the edge at which the start
// is written, and the cycle behind that edge is its cycle 0. Later runs go on where the one before
// stopped. Beats enter and leave while frames of the run are missing, without a cycle of delay: a
// core that pads may have beats of the next frame before it has seen any of it.
// Reads are answered one edge after their address, writes one edge after address and data are both
// there. `s_axi_awready_o` and `s_axi_wready_o` depend on the valids of both, `enter_o` on nothing.
module qnn_control #(
  /// Stream beats of a frame, in and out.
  parameter integer InBeats = 1,
  parameter integer OutBeats = 1,
  /// FIFOs whose peak can be read.
  parameter integer Fifos = 0,
  parameter [31:0] Identity = 0,
  /// Width of `peaks_i` [bits].
  parameter integer PeakBits = Fifos > 0 ? 32 * Fifos : 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,        // synchronous, active low

  output logic                core_rst_no,   // reset of everything else
  output logic                start_o,       // a run of `frames_o` frames begins with the next edge
  output logic [31:0]         frames_o,
  output logic                running_o,     // a beat may leave: a frame has not left
  output logic                enter_o,       // a beat may enter
  input  logic                in_beat_i,     // a beat enters
  input  logic                out_beat_i,    // a beat leaves
  output logic                out_last_o,    // the next beat out ends a frame
  input  logic                error_i,       // a memory has answered with an error
  // Without FIFOs there is nothing to see.
  // verilator lint_off UNUSEDSIGNAL
  input  logic [PeakBits-1:0] peaks_i,       // FIFO 0 in the least significant bits
  // verilator lint_on UNUSEDSIGNAL

  input  logic                s_axi_awvalid_i,
  output logic                s_axi_awready_o,
  input  logic [15:0]         s_axi_awaddr_i,
  input  logic                s_axi_wvalid_i,
  output logic                s_axi_wready_o,
  input  logic [31:0]         s_axi_wdata_i,
  input  logic [3:0]          s_axi_wstrb_i,
  output logic                s_axi_bvalid_o,
  input  logic                s_axi_bready_i,
  output logic [1:0]          s_axi_bresp_o,
  input  logic                s_axi_arvalid_i,
  output logic                s_axi_arready_o,
  input  logic [15:0]         s_axi_araddr_i,
  output logic                s_axi_rvalid_o,
  input  logic                s_axi_rready_i,
  output logic [31:0]         s_axi_rdata_o,
  output logic [1:0]          s_axi_rresp_o
);
  localparam integer InWidth  = InBeats > 1 ? $clog2(InBeats) : 1;
  localparam integer OutWidth = OutBeats > 1 ? $clog2(OutBeats) : 1;
  localparam [13:0] FirstPeak = 14'h400;
  localparam [1:0] Okay       = 2'b00;
  localparam [1:0] SlaveError = 2'b10;

  logic        write, read, writes_start, start, in_last;
  logic        busy, endless_q, done_q, entering_q;
  logic [31:0] frames_q;            // of the next run
  logic [31:0] run_q, in_q, out_q;  // of this one: in all, entered, left
  logic [63:0] cycles_q;
  logic [13:0] place;  // of the word that is read
  logic        is_peak;
  logic [31:0] word, peak;
  logic [InWidth-1:0]  unused_in;
  logic [OutWidth-1:0] unused_out;
  // Registers are words.
  // verilator lint_off UNUSEDSIGNAL
  logic [1:0]          unused_low;
  // verilator lint_on UNUSEDSIGNAL
  assign unused_low = s_axi_awaddr_i[1:0] | s_axi_araddr_i[1:0];

  // Writes.
  assign write           = s_axi_awvalid_i && s_axi_wvalid_i && !s_axi_bvalid_o;
  assign s_axi_awready_o = write;
  assign s_axi_wready_o  = write;
  assign writes_start    = write && s_axi_awaddr_i[15:2] == 14'h0 && s_axi_wstrb_i[0] &&
                           s_axi_wdata_i[0];
  assign busy            = running_o || entering_q;
  assign start           = writes_start && !busy;
  assign start_o         = start;
  assign frames_o        = frames_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      s_axi_bvalid_o <= 1'b0;
      s_axi_bresp_o  <= Okay;
      frames_q       <= 32'd1;
    end else begin
      if (write) begin
        s_axi_bvalid_o <= 1'b1;
        s_axi_bresp_o  <= writes_start && busy ? SlaveError : Okay;
        for (integer i = 0; i < 4; i++) begin
          if (s_axi_awaddr_i[15:2] == 14'h1 && s_axi_wstrb_i[i]) begin
            frames_q[8*i +: 8] <= s_axi_wdata_i[8*i +: 8];
          end
        end
      end else if (s_axi_bready_i) begin
        s_axi_bvalid_o <= 1'b0;
      end
    end
  end

  // Reads.
  assign s_axi_arready_o = !s_axi_rvalid_o;
  assign read            = s_axi_arvalid_i && s_axi_arready_o;
  assign s_axi_rresp_o   = Okay;

  assign place   = s_axi_araddr_i[15:2];
  assign is_peak = place >= FirstPeak;
  assign word    = is_peak        ? peak
                 : place == 14'h0 ? {29'd0, error_i, done_q && !busy, busy}
                 : place == 14'h1 ? frames_q
                 : place == 14'h2 ? in_q
                 : place == 14'h3 ? out_q
                 : place == 14'h4 ? cycles_q[31:0]
                 : place == 14'h5 ? cycles_q[63:32]
                 : place == 14'h6 ? Fifos
                 : place == 14'h7 ? Identity : '0;

  if (Fifos > 0) begin : gen_peaks
    logic [31:0] index;

    assign index = {18'd0, place - FirstPeak};
    assign peak  = index < Fifos ? peaks_i[32*index +: 32] : '0;
  end else begin : gen_no_peaks
    assign peak = '0;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) s_axi_rvalid_o <= 1'b0;
    else if (read) s_axi_rvalid_o <= 1'b1;
    else if (s_axi_rready_i) s_axi_rvalid_o <= 1'b0;
    if (read) s_axi_rdata_o <= word;
  end

  // The run.
  assign enter_o = entering_q;

  qnn_counter #(.Count(InBeats), .Width(InWidth)) u_in (
    .clk_i, .rst_ni, .step_i(in_beat_i), .value_o(unused_in), .last_o(in_last)
  );
  qnn_counter #(.Count(OutBeats), .Width(OutWidth)) u_out (
    .clk_i, .rst_ni, .step_i(out_beat_i), .value_o(unused_out), .last_o(out_last_o)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      core_rst_no <= 1'b0;
      running_o   <= 1'b0;
      done_q      <= 1'b0;
      endless_q   <= 1'b0;
      entering_q  <= 1'b0;
      run_q       <= '0;
      in_q        <= '0;
      out_q       <= '0;
      cycles_q    <= '0;
    end else if (start) begin
      run_q       <= frames_q;
      core_rst_no <= 1'b1;
      running_o   <= 1'b1;
      done_q      <= 1'b0;
      endless_q   <= frames_q == '0;
      entering_q  <= 1'b1;
      in_q        <= '0;
      out_q       <= '0;
      cycles_q    <= '0;
    end else begin
      if (running_o) cycles_q <= cycles_q + 1'b1;
      if (in_beat_i && in_last) begin
        in_q <= in_q + 1'b1;
        if (!endless_q && in_q + 1'b1 == run_q) entering_q <= 1'b0;
      end
      if (out_beat_i && out_last_o) begin
        out_q <= out_q + 1'b1;
        if (!endless_q && out_q + 1'b1 == run_q) begin
          running_o <= 1'b0;
          done_q    <= 1'b1;
        end
      end
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (InBeats < 1 || OutBeats < 1) begin
      $fatal(1, "qnn_control: InBeats %0d or OutBeats %0d is less than 1", InBeats, OutBeats);
    end
    if (Fifos > 14336) $fatal(1, "qnn_control: Fifos %0d is more than 14336", Fifos);
  end
  NothingEntersUnasked: assert property (@(posedge clk_i) disable iff (!rst_ni)
      in_beat_i |-> entering_q);
  NothingLeavesUnasked: assert property (@(posedge clk_i) disable iff (!rst_ni)
      out_beat_i |-> running_o);
  ResponseStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      s_axi_bvalid_o && !s_axi_bready_i |=> s_axi_bvalid_o && $stable(s_axi_bresp_o));
  ReadStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      s_axi_rvalid_o && !s_axi_rready_i |=> s_axi_rvalid_o && $stable(s_axi_rdata_o));
`endif
endmodule
