// SPDX-License-Identifier: Apache-2.0
//
// Dot products of Lanes rows of weights with Simd shared activations: one packed DSP a column.
//
// Lane l of P holds F_l: its sum S_l, plus the carries C_l into it, without the carries C_(l+1) out
// of it. So S_l = F_l + 2^f_l C_(l+1) - C_l, with f_l the width of the lane. Two adder trees add up
// the columns: of F_l, which matters in the last fold only, and of the carries of every step, which
// are accumulated behind the tree.
// Registers: 3 and ceil(log2 Simd) in the trees; `result_o` is combinational behind the last. The
// operands of edge t are in it after edge t + 2 + ceil(log2 Simd). `enable_i` and `accumulate_i`
// are those of the slices; `sum_enable_i` belongs to the accumulated carries, one edge behind the
// tree, and `sum_accumulate_i` tells in the same cycle whether carries of earlier folds count.
// Model: models/packed_mac.h.
module qnn_packed_rows #(
  /// Of the slices: qnn_packed_dsp.
  parameter integer Slice = 2,
  parameter integer Lanes = 4,
  parameter integer Stride = 7,
  parameter integer Longer = 1,
  parameter integer WeightWidth = 4,
  parameter integer InWidth = 5,
  /// Columns.
  parameter integer Simd = 4,
  /// Width of the accumulated carries [bits].
  parameter integer CarryWidth = 8,
  /// Width of a result [bits]; results are exact modulo 2^OutWidth.
  parameter integer OutWidth = 16
) (
  input  logic                              clk_i,
  input  logic                              accumulate_i,
  input  logic                              enable_i,
  input  logic                              sum_accumulate_i,
  input  logic                              sum_enable_i,
  input  logic [Lanes*Simd*WeightWidth-1:0] weights_i,      // [Lanes][Simd]
  input  logic [Simd*InWidth-1:0]           activations_i,
  output logic [Lanes*OutWidth-1:0]         result_o
);
  localparam integer PWidth = Slice == 3 ? 58 : 48;

  logic [Simd*PWidth-1:0]  p;
  logic [Simd*Lanes*2-1:0] carries;

  for (genvar s = 0; s < Simd; s++) begin : gen_column
    logic [Lanes*WeightWidth-1:0] weights;
    for (genvar l = 0; l < Lanes; l++) begin : gen_weight
      assign weights[l*WeightWidth +: WeightWidth] =
          weights_i[(l*Simd+s)*WeightWidth +: WeightWidth];
    end
    qnn_packed_dsp #(
      .Slice       (Slice),
      .Lanes       (Lanes),
      .Stride      (Stride),
      .Longer      (Longer),
      .WeightWidth (WeightWidth),
      .InWidth     (InWidth)
    ) u_slice (
      .clk_i,
      .accumulate_i,
      .enable_i,
      .weights_i    (weights),
      .activation_i (activations_i[s*InWidth +: InWidth]),
      .p_o          (p[s*PWidth +: PWidth]),
      .carries_o    (carries[s*Lanes*2 +: Lanes*2])
    );
  end

  // C_l of all folds so far, from lane 0, into which nothing is carried, to behind the top lane.
  logic [(Lanes+1)*OutWidth-1:0] carried;
  assign carried[OutWidth-1:0]                 = '0;
  assign carried[Lanes*OutWidth +: OutWidth]   = '0;

  for (genvar l = 1; l < Lanes; l++) begin : gen_carry
    logic [Simd*2-1:0]     steps;
    logic [CarryWidth-1:0] step;
    logic [CarryWidth-1:0] total;
    logic [CarryWidth-1:0] total_q;

    for (genvar s = 0; s < Simd; s++) begin : gen_column
      assign steps[s*2 +: 2] = carries[(s*Lanes+l)*2 +: 2];
    end
    qnn_adder_tree #(
      .Inputs(Simd), .InWidth(2), .Signed(1), .OutWidth(CarryWidth)
    ) u_tree (
      .clk_i, .data_i(steps), .sum_o(step)
    );
    assign total = (sum_accumulate_i ? total_q : '0) + step;
    always_ff @(posedge clk_i) if (sum_enable_i) total_q <= total;

    if (CarryWidth == OutWidth) begin : gen_whole
      assign carried[l*OutWidth +: OutWidth] = total;
    end else begin : gen_extend
      assign carried[l*OutWidth +: OutWidth] =
          {{(OutWidth - CarryWidth){total[CarryWidth-1]}}, total};
    end
  end

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    localparam integer Offset = l * Stride + (l < Longer ? l : Longer);
    localparam integer Width  = l == Lanes - 1 ? PWidth - Offset : Stride + (l < Longer ? 1 : 0);
    logic [Simd*Width-1:0] fields;
    logic [OutWidth-1:0]   field;

    for (genvar s = 0; s < Simd; s++) begin : gen_column
      assign fields[s*Width +: Width] = p[s*PWidth+Offset +: Width];
    end
    qnn_adder_tree #(
      .Inputs(Simd), .InWidth(Width), .Signed(l == Lanes - 1 ? 1 : 0), .OutWidth(OutWidth)
    ) u_tree (
      .clk_i, .data_i(fields), .sum_o(field)
    );
    assign result_o[l*OutWidth +: OutWidth] =
        field + (carried[(l+1)*OutWidth +: OutWidth] << Width) - carried[l*OutWidth +: OutWidth];
  end

  if (Lanes == 1) begin : gen_no_carries
    logic unused_carries;
    assign unused_carries = ^carries ^ sum_accumulate_i ^ sum_enable_i;
  end else begin : gen_no_carries_into_lane_0
    for (genvar s = 0; s < Simd; s++) begin : gen_column
      logic unused_carries;
      assign unused_carries = ^carries[s*Lanes*2 +: 2];
    end
  end

`ifndef SYNTHESIS
  // Without a carry out of P its two highest bits do not step from 01 to 10, nor back.
  localparam integer TopWidth =
      PWidth - (Lanes - 1) * Stride - (Lanes - 1 < Longer ? Lanes - 1 : Longer);
  if (OutWidth > TopWidth) begin : gen_top_lane
    for (genvar s = 0; s < Simd; s++) begin : gen_column
      logic [1:0] top;
      assign top = p[(s+1)*PWidth-2 +: 2];
      TopLaneHoldsItsSum: assert property (@(posedge clk_i)
          top[0] != top[1] |=> $past(top) != ~top);
    end
  end
  initial begin
    if (Simd < 1 || CarryWidth < 1 || CarryWidth > OutWidth) begin
      $fatal(1, "qnn_packed_rows: Simd %0d, CarryWidth %0d, OutWidth %0d", Simd, CarryWidth,
             OutWidth);
    end
  end
`endif
endmodule
