// SPDX-License-Identifier: Apache-2.0
//
// Multiply-accumulate core of DSP58 slices: result[pe] = sum over folds and simd of w * a.
//
// Three columns of a row share a slice in INT8 mode (weights up to 8 bits, activations up to 9,
// both signed), and a row is a chain of slices that ends in the accumulator. Wider operands, and
// rows of which so many fit a packed slice that this takes fewer slices, go to qnn_mac_dsp48.
// A chain is cut into segments with a register behind each: as short as the latency allows, but not
// below three slices, which no fabric outruns. A segment of n slices takes 0.741 + 0.605 (n - 1) ns
// (FINN, C/rtl/matrixvectoractivation_rtl.py).
// Free-running, rate 1 issue a cycle; cycles without `valid_i` leave the sums alone. The operands
// stand at the inputs before edge t + 1; `result_o` of the last issue of a sum may be sampled at
// edge t + 4 + ceil(log2 Simd). No combinational path from input to output.
// Model: models/packed_mac.h.
module qnn_mac_dsp58 #(
  /// Rows, and columns, of an issue.
  parameter integer Pe = 2,
  parameter integer Simd = 9,
  /// Weights and activations: width [bits] and kind (0 unsigned, 1 signed, 2 bipolar).
  parameter integer WeightWidth = 8,
  parameter integer WeightKind = 1,
  parameter integer InWidth = 8,
  parameter integer InKind = 0,
  /// Width of a result [bits]; results are exact modulo 2^OutWidth.
  parameter integer OutWidth = 24,
  /// 0: activations [Simd], weights [Pe][Simd]; 1: activations [Simd][Pe], weights [Simd][Pe].
  parameter integer Depthwise = 0,
  /// 1: no weight is the most negative value.
  parameter integer Narrow = 0,
  /// Most issues of a sum; 0 where not known.
  parameter integer Folds = 0,
  /// Elements of the activations.
  parameter integer InLanes = Depthwise != 0 ? Pe * Simd : Simd
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,   // synchronous, active low
  input  logic                           valid_i,
  input  logic                           first_i,  // of a sum; with `valid_i`
  input  logic                           last_i,   // of a sum; with `valid_i`
  input  logic [Pe*Simd*WeightWidth-1:0] weights_i,
  input  logic [InLanes*InWidth-1:0]     activations_i,
  output logic [Pe*OutWidth-1:0]         result_o
);
  // Two's complement operands.
  localparam integer Weight     = WeightKind == 1 ? WeightWidth : WeightWidth + 1;
  localparam integer Activation = InKind == 1 ? InWidth : InWidth + 1;

  // Slices of packed rows, and of chains.
  localparam integer Full      = WeightKind == 1 && Narrow == 0 ? 1 : 0;
  localparam integer Magnitude = InKind == 2 ? 2 : InWidth;
  localparam integer Room      = 27 - Full - Weight;
  localparam integer Lanes =
      Depthwise != 0 || Room < 0 ? 1 : 1 + Room / (Weight + Magnitude - 1);
  localparam integer Chain = (Simd + 2) / 3;
  localparam integer Dot =
      Weight <= 8 && Activation <= 9 && Pe * Chain <= (Pe + Lanes - 1) / Lanes * Simd ? 1 : 0;

  if (Dot == 0) begin : gen_packed
    qnn_mac_dsp48 #(
      .Pe          (Pe),
      .Simd        (Simd),
      .WeightWidth (WeightWidth),
      .WeightKind  (WeightKind),
      .InWidth     (InWidth),
      .InKind      (InKind),
      .OutWidth    (OutWidth),
      .Depthwise   (Depthwise),
      .Narrow      (Narrow),
      .Slice       (3),
      .Folds       (Folds)
    ) u_core (
      .clk_i, .rst_ni, .valid_i, .first_i, .last_i, .weights_i, .activations_i, .result_o
    );
  end else begin : gen_chains
    localparam integer Tree          = $clog2(Simd);
    localparam integer Shortest      = (Chain + Tree) / (Tree + 1);
    localparam integer SegmentLength = Shortest > 3 ? Shortest : 3;
    localparam integer Segments      = (Chain + SegmentLength - 1) / SegmentLength;

    // Bit n: of the issue whose operands stood at the inputs n + 1 edges ago.
    logic [Segments:0] valid_q, first_q;
    logic              unused_last;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) valid_q <= '0;
      else valid_q <= {valid_q[Segments-1:0], valid_i};
      first_q <= {first_q[Segments-1:0], first_i};
    end
    assign unused_last = last_i ^ first_q[Segments];

    for (genvar r = 0; r < Pe; r++) begin : gen_row
      for (genvar k = 0; k < Chain; k++) begin : gen_slice
        localparam integer Segment = k / SegmentLength;
        localparam integer IsLast  = k == Chain - 1 ? 1 : 0;
        localparam integer EndsSegment =
            IsLast != 0 || k % SegmentLength == SegmentLength - 1 ? 1 : 0;
        logic [23:0] weights, weights_q;
        logic [26:0] activations, activations_q;
        logic [57:0] cascade_in, cascade;
        logic [57:0] p;

        for (genvar i = 0; i < 3; i++) begin : gen_element
          localparam integer Column = 3 * k + i;
          if (Column < Simd) begin : gen_used
            localparam integer W = Depthwise != 0 ? Column * Pe + r : r * Simd + Column;
            localparam integer A = Depthwise != 0 ? Column * Pe + r : Column;
            qnn_signed #(.Width(WeightWidth), .Kind(WeightKind), .OutWidth(8)) u_weight (
              .data_i(weights_i[W*WeightWidth +: WeightWidth]), .data_o(weights[i*8 +: 8])
            );
            qnn_signed #(.Width(InWidth), .Kind(InKind), .OutWidth(9)) u_activation (
              .data_i(activations_i[A*InWidth +: InWidth]), .data_o(activations[i*9 +: 9])
            );
          end else begin : gen_zero
            assign weights[i*8 +: 8]     = '0;
            assign activations[i*9 +: 9] = '0;
          end
        end

        // A segment meets its operands a cycle after the one before it; the first of these cycles
        // is a register of the slice.
        qnn_delay #(.Width(51), .Cycles(Segment > 1 ? Segment - 1 : 0)) u_operands (
          .clk_i, .data_i({activations, weights}), .data_o({activations_q, weights_q})
        );
        if (k == 0) begin : gen_first
          assign cascade_in = '0;
        end else begin : gen_next
          assign cascade_in = gen_slice[k-1].cascade;
        end

        qnn_dsp58_dot #(
          .InputRegisters (Segment > 0 ? 2 : 1),
          .Cascade        (k > 0 ? 1 : 0),
          .OutputRegister (EndsSegment)
        ) u_slice (
          .clk_i,
          .a_i          (activations_q),
          .b_i          (weights_q),
          .cascade_i    (cascade_in),
          .accumulate_i (IsLast != 0 && !first_q[Segments-1]),
          .enable_i     (IsLast == 0 || valid_q[Segments]),
          .cascade_o    (cascade),
          .p_o          (p)
        );

        if (IsLast != 0) begin : gen_result
          logic unused_cascade;
          assign unused_cascade = ^cascade;
          qnn_delay #(.Width(OutWidth), .Cycles(Tree + 1 - Segments)) u_result (
            .clk_i, .data_i(p[OutWidth-1:0]), .data_o(result_o[r*OutWidth +: OutWidth])
          );
          if (OutWidth < 58) begin : gen_cut
            logic unused_p;
            assign unused_p = ^p[57:OutWidth];
          end
        end else begin : gen_cascade
          logic unused_p;
          assign unused_p = ^p;
        end
      end
    end

`ifndef SYNTHESIS
    initial begin
      if (Pe < 1 || Simd < 1 || OutWidth < 1 || OutWidth > 58) begin
        $fatal(1, "qnn_mac_dsp58: Pe %0d, Simd %0d or OutWidth %0d is out of range", Pe, Simd,
               OutWidth);
      end
    end
`endif
  end
endmodule
