// SPDX-License-Identifier: Apache-2.0
//
// scale * x + bias, with a scale and a bias per channel.
//
// One beat a cycle, latency 3: the scales are read, multiplied while the biases are read, added.
// `ready_o` depends combinationally on `ready_i`, `valid_o` on nothing; the FIFOs around every
// kernel cut the path.
// Model: models/scale_bias.h.
module qnn_scale_bias #(
  /// Beats of a pixel.
  parameter integer Folds = 1,
  /// Elements of a beat.
  parameter integer Lanes = 1,
  /// Width [bits] and kind of an element of the input, of a scale and of a bias.
  parameter integer InWidth = 8,
  parameter integer InKind = 1,
  parameter integer ScaleWidth = 8,
  parameter integer ScaleKind = 1,
  parameter integer BiasWidth = 8,
  parameter integer BiasKind = 1,
  /// Width of a result, which is exact [bits].
  parameter integer OutWidth = 17,
  /// Files of Folds words of Lanes scales, and of biases, as $readmemh reads them.
  parameter ScaleFile = "",
  parameter BiasFile = ""
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,  // synchronous, active low
  input  logic                      valid_i,
  output logic                      ready_o,
  input  logic [Lanes*InWidth-1:0]  data_i,
  output logic                      valid_o,
  input  logic                      ready_i,
  output logic [Lanes*OutWidth-1:0] data_o
);
  localparam integer FoldWidth      = Folds > 1 ? $clog2(Folds) : 1;
  localparam integer NumberWidth    = InKind == 1 ? InWidth : InWidth + 1;
  localparam integer ScaleNumber    = ScaleKind == 1 ? ScaleWidth : ScaleWidth + 1;
  localparam integer BiasNumber     = BiasKind == 1 ? BiasWidth : BiasWidth + 1;
  localparam integer ProductWidth   = NumberWidth + ScaleNumber;

  logic                         issue, room, unused_last;
  logic [FoldWidth-1:0]         fold, fold_q;
  logic [Lanes*InWidth-1:0]     beat_q;
  logic [Lanes*ScaleWidth-1:0]  scale_bits;
  logic [Lanes*BiasWidth-1:0]   bias_bits;
  logic [Lanes*NumberWidth-1:0] numbers;
  logic [Lanes*ScaleNumber-1:0] scales;
  logic [Lanes*BiasNumber-1:0]  biases;
  logic [Lanes*OutWidth-1:0]    results;

  assign issue   = valid_i && room;
  assign ready_o = room;

  qnn_counter #(.Count(Folds), .Width(FoldWidth)) u_fold (
    .clk_i, .rst_ni, .step_i(issue), .value_o(fold), .last_o(unused_last)
  );
  always_ff @(posedge clk_i) begin
    beat_q <= data_i;
    fold_q <= fold;
  end

  qnn_rom #(.Width(Lanes * ScaleWidth), .Depth(Folds), .File(ScaleFile)) u_scale_rom (
    .clk_i, .address_i(fold), .data_o(scale_bits)
  );
  qnn_rom #(.Width(Lanes * BiasWidth), .Depth(Folds), .File(BiasFile)) u_bias_rom (
    .clk_i, .address_i(fold_q), .data_o(bias_bits)
  );
  qnn_signed #(.Lanes(Lanes), .Width(InWidth), .Kind(InKind), .OutWidth(NumberWidth)) u_numbers (
    .data_i(beat_q), .data_o(numbers)
  );
  qnn_signed #(
    .Lanes(Lanes), .Width(ScaleWidth), .Kind(ScaleKind), .OutWidth(ScaleNumber)
  ) u_scales (
    .data_i(scale_bits), .data_o(scales)
  );
  qnn_signed #(.Lanes(Lanes), .Width(BiasWidth), .Kind(BiasKind), .OutWidth(BiasNumber)) u_biases (
    .data_i(bias_bits), .data_o(biases)
  );

  for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
    logic signed [NumberWidth-1:0]  number;
    logic signed [ScaleNumber-1:0]  scale;
    logic signed [BiasNumber-1:0]   bias;
    logic signed [ProductWidth-1:0] product_q;
    logic [OutWidth-1:0]            product, addend;
    logic [ProductWidth-1:0]        unused_product;
    logic [BiasNumber-1:0]          unused_bias;

    assign number = numbers[lane*NumberWidth +: NumberWidth];
    assign scale  = scales[lane*ScaleNumber +: ScaleNumber];
    assign bias   = biases[lane*BiasNumber +: BiasNumber];
    always_ff @(posedge clk_i) product_q <= number * scale;

    assign {unused_product, product} = {{OutWidth{product_q[ProductWidth-1]}}, product_q};
    assign {unused_bias, addend}     = {{OutWidth{bias[BiasNumber-1]}}, bias};
    assign results[lane*OutWidth +: OutWidth] = product + addend;
  end

  qnn_output_queue #(
    .Width (Lanes * OutWidth),
    .Depth (3)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .room_o  (room),
    .issue_i (issue),
    .data_i  (results),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Folds < 1 || Lanes < 1 || OutWidth < 1) begin
      $fatal(1, "qnn_scale_bias: Folds %0d, Lanes %0d, OutWidth %0d: less than 1", Folds, Lanes,
             OutWidth);
    end
  end
`endif
endmodule
