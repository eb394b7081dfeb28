// SPDX-License-Identifier: Apache-2.0
//
// One DSP slice multiplies several weights with one activation, and sums each product up in a lane.
//
// Weight l stands at bit o_l of the packed operand, sum of w_l 2^o_l = D - A: D has the weights'
// low bits, A their sign bits. Lane l of P begins at o_l too. Lanes are narrower than the sums in
// them, so each step may carry -1, 0 or +1 into lane l: what the two lowest bits of the lane (bits
// of P) gained beyond those of w_l * a (the canary, a small multiplication in fabric).
// Three registers: the operands of edge t are in P after edge t + 2, and so are the carries.
// `enable_i` belongs to P, `accumulate_i` is sampled one edge before. No reset.
// Model: models/packed_mac.h.
module qnn_packed_dsp #(
  /// 1: DSP48E1, 2: DSP48E2, 3: DSP58.
  parameter integer Slice = 2,
  /// Number of lanes; lane l begins at bit l * Stride + min(l, Longer).
  parameter integer Lanes = 4,
  parameter integer Stride = 7,
  parameter integer Longer = 1,
  /// Width of a weight, and of the activation [bits], both two's complement.
  parameter integer WeightWidth = 4,
  parameter integer InWidth = 5,
  /// Width of P [bits].
  parameter integer PWidth = Slice == 3 ? 58 : 48
) (
  input  logic                         clk_i,
  input  logic                         accumulate_i,
  input  logic                         enable_i,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  input  logic [InWidth-1:0]           activation_i,
  output logic [PWidth-1:0]            p_o,
  output logic [Lanes*2-1:0]           carries_o  // into each lane in the last step, -1..1
);
  localparam integer Width  = Slice == 1 ? 25 : 27;
  localparam integer BWidth = Slice == 3 ? 24 : 18;

  logic [Width-1:0]  low_bits, sign_bits;
  logic [BWidth-1:0] activation;

  if (BWidth == InWidth) begin : gen_whole
    assign activation = activation_i;
  end else begin : gen_extend
    assign activation = {{(BWidth - InWidth){activation_i[InWidth-1]}}, activation_i};
  end

  always_comb begin
    low_bits  = '0;
    sign_bits = '0;
    for (int l = 0; l < Lanes; l++) begin
      low_bits[l*Stride + (l < Longer ? l : Longer) +: WeightWidth-1] =
          weights_i[l*WeightWidth +: WeightWidth-1];
      sign_bits[l*Stride + (l < Longer ? l : Longer) + WeightWidth - 1] =
          weights_i[(l+1)*WeightWidth-1];
    end
  end

  if (Slice == 3) begin : gen_dsp58
    qnn_dsp58 u_dsp (
      .clk_i, .d_i(low_bits), .a_i(sign_bits), .b_i(activation), .accumulate_i, .enable_i, .p_o
    );
  end else begin : gen_dsp48
    qnn_dsp48 #(.Slice(Slice)) u_dsp (
      .clk_i, .d_i(low_bits), .a_i(sign_bits), .b_i(activation), .accumulate_i, .enable_i, .p_o
    );
  end

  assign carries_o[1:0] = 2'b00;
  if (Lanes > 1) begin : gen_canaries
    logic accumulate_q;
    always_ff @(posedge clk_i) accumulate_q <= accumulate_i;

    for (genvar l = 1; l < Lanes; l++) begin : gen_canary
      localparam integer Offset = l * Stride + (l < Longer ? l : Longer);
      logic [1:0] product_1q, product_2q;  // of the two lowest bits, beside AD and beside M
      logic [1:0] expected_q;              // low bits of the lane without a carry, beside P

      always_ff @(posedge clk_i) begin
        product_1q <= weights_i[l*WeightWidth +: 2] * activation_i[1:0];
        product_2q <= product_1q;
        if (enable_i) expected_q <= (accumulate_q ? p_o[Offset +: 2] : 2'b00) + product_2q;
      end
      assign carries_o[l*2 +: 2] = p_o[Offset +: 2] - expected_q;
    end
  end

`ifndef SYNTHESIS
  localparam integer TopOffset =
      (Lanes - 1) * Stride + (Lanes - 1 < Longer ? Lanes - 1 : Longer);
  initial begin
    if (Lanes < 1 || WeightWidth < 2 || InWidth < 2 || InWidth > BWidth || Stride < 2) begin
      $fatal(1, "qnn_packed_dsp: Lanes %0d, WeightWidth %0d, InWidth %0d, Stride %0d, Slice %0d",
             Lanes, WeightWidth, InWidth, Stride, Slice);
    end
    if (TopOffset + WeightWidth > Width) begin
      $fatal(1, "qnn_packed_dsp: %0d lanes of Stride %0d exceed %0d bits", Lanes, Stride, Width);
    end
  end
`endif
endmodule
