// SPDX-License-Identifier: Apache-2.0
//
// Reads the header of a packet of pixels or weights: collects its beats and tells its fields.
//
// The fields are valid with the last beat, on which they depend combinationally.
// Model: kraken_header in models/kraken/kraken_params.h.
module qnn_kraken_header #(
  /// Width of a beat [bits].
  parameter integer AxiBits = 64,
  /// Widths of the fields [bits].
  parameter integer KernelBits = 1,
  parameter integer ChannelBits = 1,
  parameter integer ColumnBits = 1,
  parameter integer BlockBits = 1,
  parameter integer ImageBits = 1,
  parameter integer WordBits = 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,        // synchronous, active low
  input  logic                   take_i,        // a beat of the header is taken at this edge
  input  logic [AxiBits-1:0]     data_i,
  output logic                   last_o,        // the beat is its last one
  output logic [KernelBits-1:0]  half_h_o,      // kernel height / 2
  output logic [KernelBits-1:0]  half_w_o,      // kernel width / 2
  output logic [ChannelBits-1:0] channels_o,    // less one, as all that follow
  output logic [ColumnBits-1:0]  columns_o,     // of pixels: width of the map
  output logic [BlockBits-1:0]   blocks_o,
  output logic [ImageBits-1:0]   images_o,
  output logic [WordBits-1:0]    words_o
);
  localparam integer Bits  = 2 * KernelBits + ChannelBits + ColumnBits + BlockBits + ImageBits +
                             WordBits;
  localparam integer Beats = (Bits + AxiBits - 1) / AxiBits;
  localparam integer Width = Beats * AxiBits;

  logic [Width-1:0]    whole;
  logic [Width-Bits:0] unused_padding;

  assign {unused_padding, words_o, images_o, blocks_o, columns_o, channels_o, half_w_o, half_h_o} =
      {1'b0, whole};

  if (Beats == 1) begin : gen_one
    logic unused_one;

    assign unused_one = clk_i && rst_ni && take_i;
    assign last_o     = 1'b1;
    assign whole      = data_i;
  end else begin : gen_several
    localparam integer CountBits = $clog2(Beats);

    logic [Width-AxiBits-1:0] earlier_q;  // the newest in the most significant bits
    logic [CountBits-1:0]     unused_beat;

    assign whole = {data_i, earlier_q};
    qnn_counter #(.Count(Beats), .Width(CountBits)) u_beat (
      .clk_i, .rst_ni, .step_i(take_i), .value_o(unused_beat), .last_o
    );
    always_ff @(posedge clk_i) begin
      if (take_i) earlier_q <= whole[Width-1:AxiBits];
    end
  end
endmodule
