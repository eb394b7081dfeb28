// SPDX-License-Identifier: Apache-2.0
//
// A stream edge with registered state: holds Depth beats.
//
// One beat a cycle on both sides (with Depth 1 every other cycle). A beat written at edge t can be
// read from t + 1 on, a slot freed at edge t can be written from t + 1 on: no combinational path
// from one side to the other, whatever it is made of.
// Model: models/fifo.h.
module qnn_fifo #(
  /// Width of a beat [bits].
  parameter integer Width = 8,
  /// Capacity [beats].
  parameter integer Depth = 2,
  /// What it is made of: "srl" (shift registers), "lut" (distributed RAM), "bram", "uram", or
  /// "auto": shift registers up to 32 beats, then RAM of any kind. Up to 2 beats are registers.
  parameter [31:0] Style = "auto",
  /// Width of an occupancy [bits].
  parameter integer CountWidth = $clog2(Depth + 1)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,      // synchronous, active low
  input  logic                  valid_i,
  output logic                  ready_o,
  input  logic [Width-1:0]      data_i,
  output logic                  valid_o,
  input  logic                  ready_i,
  output logic [Width-1:0]      data_o,
  output logic [CountWidth-1:0] count_o      // occupancy [beats]
);
  localparam [31:0] Srl = "srl";
  localparam [31:0] Lut = "lut";
  localparam [CountWidth-1:0] Full = Depth[CountWidth-1:0];

  logic                  push, pop;
  logic [CountWidth-1:0] count_q;

  assign ready_o = count_q != Full;
  assign valid_o = count_q != '0;
  assign push    = valid_i && ready_o;
  assign pop     = valid_o && ready_i;
  assign count_o = count_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) count_q <= '0;
    else if (push && !pop) count_q <= count_q + 1'b1;
    else if (pop && !push) count_q <= count_q - 1'b1;
  end

  if (Depth <= 2 || Style == Srl || (Style == "auto" && Depth <= 32)) begin : gen_shift
    localparam integer TapWidth = Depth > 1 ? $clog2(Depth) : 1;
    logic [TapWidth-1:0] oldest;

    assign oldest = count_q[TapWidth-1:0] - 1'b1;
    // Two loops: Verilator unrolls no more than 1024 turns of one.
    for (genvar first = 0; first < Width; first = first + 512) begin : gen_slice
      for (genvar i = first; i < first + 512 && i < Width; i++) begin : gen_bit
        logic [Depth-1:0] shift_q, shift_d;  // the newest in bit 0
        logic             unused_oldest;

        assign {unused_oldest, shift_d} = {shift_q, data_i[i]};
        assign data_o[i] = shift_q[oldest];
        always_ff @(posedge clk_i) begin
          if (push) shift_q <= shift_d;
        end
      end
    end
  end else begin : gen_ring
    localparam integer AddressWidth = $clog2(Depth);
    localparam integer Last = Depth - 1;
    localparam [AddressWidth-1:0] LastSlot = Last[AddressWidth-1:0];

    logic [AddressWidth-1:0] read_q, read_d, write_q;

    assign read_d = !pop ? read_q : read_q == LastSlot ? '0 : read_q + 1'b1;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        read_q  <= '0;
        write_q <= '0;
      end else begin
        read_q <= read_d;
        if (push) write_q <= write_q == LastSlot ? '0 : write_q + 1'b1;
      end
    end

    if (Style == Lut) begin : gen_lut
      (* ram_style = "distributed" *) logic [Width-1:0] words_q [0:Depth-1];

      assign data_o = words_q[read_q];
      always_ff @(posedge clk_i) begin
        if (push) words_q[write_q] <= data_i;
      end
    end else begin : gen_ram
      // The RAM reads the front ahead. A beat that becomes the front as it enters goes round it.
      logic             bypass, bypass_q;
      logic [Width-1:0] newest_q, word;

      assign bypass = push && count_q == {{(CountWidth - 1){1'b0}}, pop};
      assign data_o = bypass_q ? newest_q : word;
      always_ff @(posedge clk_i) begin
        bypass_q <= bypass;
        if (bypass) newest_q <= data_i;
      end

      qnn_ram #(.Width(Width), .Depth(Depth), .Style(Style)) u_ram (
        .clk_i,
        .write_i         (push),
        .write_address_i (write_q),
        .data_i,
        .read_i          (!bypass),
        .read_address_i  (read_d),
        .data_o          (word)
      );
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (Width < 1 || Depth < 1) begin
      $fatal(1, "qnn_fifo: Width %0d or Depth %0d is less than 1", Width, Depth);
    end
    if (Style != "auto" && Style != Srl && Style != Lut && Style != "bram" && Style != "uram") begin
      $fatal(1, "qnn_fifo: Style '%s' is not auto, srl, lut, bram or uram", Style);
    end
  end
  NoOverflow: assert property (@(posedge clk_i) disable iff (!rst_ni) count_q <= Full);
  OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif
endmodule
