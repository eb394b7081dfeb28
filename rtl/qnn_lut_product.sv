// SPDX-License-Identifier: Apache-2.0
//
// Product of a weight and an activation, in LUTs.
//
// Rate 1 product a cycle, latency Stages: two stages halve the multiplier that both operands with
// three bits or more take. Two bipolar elements give 1 where they are equal, for the caller to
// count. No reset and no enable.
(* use_dsp = "no" *)
module qnn_lut_product #(
  /// Weight and activation: width [bits] and kind (0 unsigned, 1 signed, 2 bipolar).
  parameter integer WeightWidth = 4,
  parameter integer WeightKind = 1,
  parameter integer InWidth = 4,
  parameter integer InKind = 1,
  /// Pipeline stages, 1 or 2; 2 only with two integers of more than one bit.
  parameter integer Stages = 1,
  /// Width of the product [bits].
  parameter integer Width = 8
) (
  input  logic                   clk_i,
  input  logic [WeightWidth-1:0] weight_i,
  input  logic [InWidth-1:0]     activation_i,
  output logic [Width-1:0]       product_o
);
  if (WeightKind == 2 && InKind == 2) begin : gen_equal
    always_ff @(posedge clk_i) product_o <= weight_i ~^ activation_i;
  end else if (WeightKind == 2 || InKind == 2) begin : gen_negate
    logic             positive;
    logic [Width-1:0] value;

    if (WeightKind == 2) begin : gen_weight
      assign positive = weight_i[0];
      qnn_signed #(.Width(InWidth), .Kind(InKind), .OutWidth(Width)) u_value (
        .data_i(activation_i), .data_o(value)
      );
    end else begin : gen_activation
      assign positive = activation_i[0];
      qnn_signed #(.Width(WeightWidth), .Kind(WeightKind), .OutWidth(Width)) u_value (
        .data_i(weight_i), .data_o(value)
      );
    end
    always_ff @(posedge clk_i) product_o <= positive ? value : -value;
  end else begin : gen_multiply
    // The narrow operand counts the rows of the multiplier.
    localparam integer NarrowWeight = WeightWidth <= InWidth ? 1 : 0;
    localparam integer WideWidth    = NarrowWeight != 0 ? InWidth : WeightWidth;
    localparam integer WideKind     = NarrowWeight != 0 ? InKind : WeightKind;
    localparam integer NarrowWidth  = NarrowWeight != 0 ? WeightWidth : InWidth;
    localparam integer NarrowKind   = NarrowWeight != 0 ? WeightKind : InKind;

    logic [WideWidth-1:0]   wide;
    logic [NarrowWidth-1:0] narrow;
    if (NarrowWeight != 0) begin : gen_narrow_weight
      assign wide   = activation_i;
      assign narrow = weight_i;
    end else begin : gen_narrow_activation
      assign wide   = weight_i;
      assign narrow = activation_i;
    end

    if (Stages == 1) begin : gen_whole
      logic [Width-1:0] a, b;

      qnn_signed #(.Width(WideWidth), .Kind(WideKind), .OutWidth(Width)) u_a (
        .data_i(wide), .data_o(a)
      );
      qnn_signed #(.Width(NarrowWidth), .Kind(NarrowKind), .OutWidth(Width)) u_b (
        .data_i(narrow), .data_o(b)
      );
      always_ff @(posedge clk_i) product_o <= $signed(a) * $signed(b);
    end else begin : gen_halves
      localparam integer LowBits   = NarrowWidth / 2;
      localparam integer HighBits  = NarrowWidth - LowBits;
      localparam integer LowWidth  = WideWidth + LowBits;
      localparam integer HighWidth = WideWidth + HighBits;

      logic [LowWidth-1:0]  low_a, low_b, low_q;
      logic [HighWidth-1:0] high_a, high_b, high_q;
      logic [Width-1:0]     low;

      qnn_signed #(.Width(WideWidth), .Kind(WideKind), .OutWidth(LowWidth)) u_low_a (
        .data_i(wide), .data_o(low_a)
      );
      qnn_signed #(.Width(LowBits), .Kind(0), .OutWidth(LowWidth)) u_low_b (
        .data_i(narrow[LowBits-1:0]), .data_o(low_b)
      );
      qnn_signed #(.Width(WideWidth), .Kind(WideKind), .OutWidth(HighWidth)) u_high_a (
        .data_i(wide), .data_o(high_a)
      );
      qnn_signed #(.Width(HighBits), .Kind(NarrowKind), .OutWidth(HighWidth)) u_high_b (
        .data_i(narrow[NarrowWidth-1:LowBits]), .data_o(high_b)
      );
      qnn_signed #(.Width(LowWidth), .Kind(WideKind), .OutWidth(Width)) u_low (
        .data_i(low_q), .data_o(low)
      );
      always_ff @(posedge clk_i) begin
        low_q     <= $signed(low_a) * $signed(low_b);
        high_q    <= $signed(high_a) * $signed(high_b);
        product_o <= {high_q, {LowBits{1'b0}}} + low;
      end
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (WeightWidth < 1 || InWidth < 1 || Width < 1) begin
      $fatal(1, "qnn_lut_product: WeightWidth %0d, InWidth %0d, Width %0d: less than 1",
             WeightWidth, InWidth, Width);
    end
    if (Stages != 1 && (Stages != 2 || WeightKind == 2 || InKind == 2 || WeightWidth < 2 ||
                        InWidth < 2)) begin
      $fatal(1, "qnn_lut_product: Stages %0d for WeightKind %0d, InKind %0d, widths %0d and %0d",
             Stages, WeightKind, InKind, WeightWidth, InWidth);
    end
  end
`endif
endmodule
