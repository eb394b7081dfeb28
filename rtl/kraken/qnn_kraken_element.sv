// SPDX-License-Identifier: Apache-2.0
//
// A processing element of the Kraken array: a product, and a sum that adds it up or that the
// element in the column before hands on.
//
// The operands of edge t are in the sum after edge t + 1, if `multiply_i` and then `add_i` are
// high: the last two registers of a DSP slice. The sum wraps round. No combinational path.
module qnn_kraken_element #(
  /// Widths of the operands and of the sum, signed [bits].
  parameter integer PixelBits = 8,
  parameter integer WeightBits = 8,
  parameter integer SumBits = 32
) (
  input  logic                  clk_i,
  input  logic                  multiply_i,  // the product takes the operands
  input  logic [PixelBits-1:0]  pixel_i,
  input  logic [WeightBits-1:0] weight_i,
  input  logic                  add_i,       // the sum takes the product
  input  logic                  bypass_i,    // in place of its own: it begins anew
  input  logic                  shift_i,     // the sum takes that of the column before
  input  logic [SumBits-1:0]    left_i,
  output logic [SumBits-1:0]    sum_o
);
  localparam integer ProductBits = PixelBits + WeightBits;

  logic signed [PixelBits-1:0]   pixel;
  logic signed [WeightBits-1:0]  weight;
  logic signed [ProductBits-1:0] product_q;
  logic        [SumBits-1:0]     addend;

  assign pixel  = pixel_i;
  assign weight = weight_i;

  if (SumBits > ProductBits) begin : gen_extend
    assign addend = {{(SumBits - ProductBits){product_q[ProductBits-1]}}, product_q};
  end else if (SumBits == ProductBits) begin : gen_same
    assign addend = product_q;
  end else begin : gen_wrap
    logic [ProductBits-SumBits-1:0] unused_high;

    assign {unused_high, addend} = product_q;
  end

  always_ff @(posedge clk_i) begin
    if (multiply_i) product_q <= pixel * weight;
    if (shift_i) sum_o <= left_i;
    else if (add_i) sum_o <= (bypass_i ? '0 : sum_o) + addend;
  end
endmodule
