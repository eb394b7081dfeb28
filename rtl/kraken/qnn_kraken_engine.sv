// SPDX-License-Identifier: Apache-2.0
//
// The Kraken engine: a convolution of stride 1 for every packet of pixels and weights.
//
// Pixel shifter, weights rotator and array, with a FIFO of 2 beats between each two. Packets begin
// with a header (qnn_kraken_header) that says what is to be done. `pixels_ready_o` may depend
// combinationally on `pixels_valid_i` (qnn_kraken_pixels), nothing else on anything.
// Models: models/kraken/kraken_pixels.h, kraken_weights.h and kraken_array.h, between FIFOs.
module qnn_kraken_engine #(
  /// Processing elements.
  parameter integer Rows = 8,
  parameter integer Columns = 24,
  /// Widths of a pixel, a weight, an accumulator and a sum that leaves, all signed [bits].
  parameter integer PixelBits = 8,
  parameter integer WeightBits = 8,
  parameter integer SumBits = 32,
  parameter integer OutputBits = 32,
  /// The greatest that a packet may ask for; of a map, width and height.
  parameter integer MaxImages = 512,
  parameter integer MaxChannels = 512,
  parameter integer MaxKernel = 13,
  parameter integer MaxWidth = 512,
  /// Words of a RAM of weights, and of the edge RAM.
  parameter integer WeightDepth = 512,
  parameter integer EdgeDepth = 288,
  /// Width of a beat from and to memory [bits].
  parameter integer AxiBits = 64,
  /// Cycles: from a header until its packet of pixels may begin, from a full RAM of weights until
  /// it is read, and from a beat to the sums.
  parameter integer Reconfigure = 4,
  parameter integer Switch = 3,
  parameter integer Multiply = 3
) (
  input  logic               clk_i,
  input  logic               rst_ni,  // synchronous, active low
  input  logic               pixels_valid_i,
  output logic               pixels_ready_o,
  input  logic [AxiBits-1:0] pixels_data_i,
  input  logic               weights_valid_i,
  output logic               weights_ready_o,
  input  logic [AxiBits-1:0] weights_data_i,
  output logic               sums_valid_o,
  input  logic               sums_ready_i,
  output logic [AxiBits-1:0] sums_data_o
);
  localparam integer ControlBits = 4 + (MaxKernel > 3 ? $clog2(MaxKernel / 2 + 1) : 1);
  localparam integer PixelWidth  = Rows * PixelBits;
  localparam integer WeightWidth = Columns * WeightBits;

  // From a part (`s_`) and to the array (`m_`).
  logic                   s_pixels_valid, s_pixels_ready, m_pixels_valid, m_pixels_ready;
  logic                   s_weights_valid, s_weights_ready, m_weights_valid, m_weights_ready;
  logic                   s_control_valid, s_control_ready, m_control_valid, m_control_ready;
  logic [PixelWidth-1:0]  s_pixels, m_pixels;
  logic [WeightWidth-1:0] s_weights, m_weights;
  logic [ControlBits-1:0] s_control, m_control;
  logic [1:0]             unused_pixels, unused_weights, unused_control;

  qnn_kraken_pixels #(
    .Rows(Rows), .Columns(Columns), .PixelBits(PixelBits), .WeightBits(WeightBits),
    .SumBits(SumBits), .OutputBits(OutputBits), .MaxImages(MaxImages), .MaxChannels(MaxChannels),
    .MaxKernel(MaxKernel), .MaxWidth(MaxWidth), .WeightDepth(WeightDepth), .EdgeDepth(EdgeDepth),
    .AxiBits(AxiBits),
    .Reconfigure(Reconfigure)
  ) u_pixels (
    .clk_i, .rst_ni, .valid_i(pixels_valid_i), .ready_o(pixels_ready_o), .data_i(pixels_data_i),
    .valid_o(s_pixels_valid), .ready_i(s_pixels_ready), .data_o(s_pixels)
  );
  qnn_kraken_weights #(
    .Rows(Rows), .Columns(Columns), .PixelBits(PixelBits), .WeightBits(WeightBits),
    .SumBits(SumBits), .OutputBits(OutputBits), .MaxImages(MaxImages), .MaxChannels(MaxChannels),
    .MaxKernel(MaxKernel), .MaxWidth(MaxWidth), .WeightDepth(WeightDepth), .EdgeDepth(EdgeDepth),
    .AxiBits(AxiBits),
    .Switch(Switch)
  ) u_weights (
    .clk_i, .rst_ni, .valid_i(weights_valid_i), .ready_o(weights_ready_o),
    .data_i(weights_data_i), .weights_valid_o(s_weights_valid),
    .weights_ready_i(s_weights_ready), .weights_data_o(s_weights),
    .control_valid_o(s_control_valid), .control_ready_i(s_control_ready),
    .control_data_o(s_control)
  );

  qnn_fifo #(.Width(PixelWidth), .Depth(2)) u_pixels_fifo (
    .clk_i, .rst_ni, .valid_i(s_pixels_valid), .ready_o(s_pixels_ready), .data_i(s_pixels),
    .valid_o(m_pixels_valid), .ready_i(m_pixels_ready), .data_o(m_pixels), .count_o(unused_pixels)
  );
  qnn_fifo #(.Width(WeightWidth), .Depth(2)) u_weights_fifo (
    .clk_i, .rst_ni, .valid_i(s_weights_valid), .ready_o(s_weights_ready), .data_i(s_weights),
    .valid_o(m_weights_valid), .ready_i(m_weights_ready), .data_o(m_weights),
    .count_o(unused_weights)
  );
  qnn_fifo #(.Width(ControlBits), .Depth(2)) u_control_fifo (
    .clk_i, .rst_ni, .valid_i(s_control_valid), .ready_o(s_control_ready), .data_i(s_control),
    .valid_o(m_control_valid), .ready_i(m_control_ready), .data_o(m_control),
    .count_o(unused_control)
  );

  qnn_kraken_array #(
    .Rows(Rows), .Columns(Columns), .PixelBits(PixelBits), .WeightBits(WeightBits),
    .SumBits(SumBits), .OutputBits(OutputBits), .MaxImages(MaxImages), .MaxChannels(MaxChannels),
    .MaxKernel(MaxKernel), .MaxWidth(MaxWidth), .WeightDepth(WeightDepth), .EdgeDepth(EdgeDepth),
    .AxiBits(AxiBits),
    .Multiply(Multiply)
  ) u_array (
    .clk_i, .rst_ni, .pixels_valid_i(m_pixels_valid), .pixels_ready_o(m_pixels_ready),
    .pixels_data_i(m_pixels), .weights_valid_i(m_weights_valid),
    .weights_ready_o(m_weights_ready), .weights_data_i(m_weights),
    .control_valid_i(m_control_valid), .control_ready_o(m_control_ready),
    .control_data_i(m_control), .valid_o(sums_valid_o), .ready_i(sums_ready_i),
    .data_o(sums_data_o)
  );
endmodule
