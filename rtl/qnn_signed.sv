// SPDX-License-Identifier: Apache-2.0
//
// Elements of any kind as two's complement numbers. Wires, and an inverter for bipolar ones.
module qnn_signed #(
  /// Number of elements, and the width of one [bits].
  parameter integer Lanes = 1,
  parameter integer Width = 1,
  /// 0: unsigned, 1: two's complement, 2: bipolar (0 is -1, 1 is +1).
  parameter integer Kind = 2,
  /// Width of a number [bits]: above Width, unless elements are two's complement.
  parameter integer OutWidth = 2
) (
  input  logic [Lanes*Width-1:0]    data_i,
  output logic [Lanes*OutWidth-1:0] data_o
);
  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    logic [Width-1:0]    element;
    logic [OutWidth-1:0] number;

    assign element = data_i[i*Width +: Width];
    if (Kind == 2) begin : gen_bipolar
      assign number = {{(OutWidth - 1){!element[0]}}, 1'b1};
    end else if (OutWidth == Width) begin : gen_same
      assign number = element;
    end else begin : gen_extend
      assign number = {{(OutWidth - Width){Kind == 1 && element[Width-1]}}, element};
    end
    assign data_o[i*OutWidth +: OutWidth] = number;
  end

`ifndef SYNTHESIS
  initial begin
    if (Kind < 0 || Kind > 2 || (Kind == 2 && Width != 1)) begin
      $fatal(1, "qnn_signed: Kind %0d of Width %0d is none", Kind, Width);
    end
    if (OutWidth < Width + (Kind == 1 ? 0 : 1)) begin
      $fatal(1, "qnn_signed: OutWidth %0d does not hold Kind %0d of Width %0d", OutWidth, Kind,
             Width);
    end
  end
`endif
endmodule
