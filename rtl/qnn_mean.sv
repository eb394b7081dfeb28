// SPDX-License-Identifier: Apache-2.0
//
// Sum / Count, rounded down or half to even, by a multiplication with a constant.
//
// Rate 1 a cycle, latency 2 cycles (magnitude, product). No reset and no enable.
//
// Rounded down: let n = sum where sum >= 0, else n = -sum - 1, the sum with all bits inverted: 0 <= n < N with
// N = 2^Bits, Bits = Width - 1. Rounded down, a negative sum / Count is floor(n / Count) with all
// bits inverted, as -floor(n / Count) - 1 = floor(-(n + 1) / Count). What remains is n / Count.
//
// Let Factor = ceil(2^Shift / Count) and e = Factor * Count - 2^Shift, so that
//   n * Factor / 2^Shift = n / Count + n * e / (Count * 2^Shift).
// n / Count lies at least 1 / Count below the next integer. So both sides have the same integer
// part if n * e < 2^Shift for every n, that is if (N - 1) * e < 2^Shift. Shift is the least that
// meets this; Bits + ceil(log2 Count) always does, as e < Count.
//
// Rounded half to even: the nearest integer is (sum + floor(Count / 2)) / Count, rounded down, and
// the upper one of two where it is a tie, which an odd result leaves by losing its lowest bit. Only
// an even Count has ties: where it divides what is rounded down, which is n or, of a negative one,
// n + 1. So n mod Count is 0 or Count - 1. The fraction of n * Factor / 2^Shift, times 2^Shift, lies
// in [r, r + 1) * 2^Shift / Count for n mod Count = r, by the bound above: r is 0 below Factor, and
// Count - 1 from 2^Shift - floor(2^Shift / Count) on.
module qnn_mean #(
  /// Width of a sum [bits], two's complement.
  parameter integer Width = 8,
  /// Divisor.
  parameter integer Count = 3,
  /// 0: rounded down, 1: half to even. Then Width is above ceil(log2 Count), and sum_i + Count / 2 has
  /// Width bits, as it has where sum_i is the sum of Count values of Width - ceil(log2 Count) bits.
  parameter integer HalfEven = 0
) (
  input  logic             clk_i,
  input  logic [Width-1:0] sum_i,
  output logic [Width-1:0] mean_o
);
  localparam integer Bits = Width - 1;

  /// ceil(2^shift / Count).
  function automatic [127:0] factor_of(input integer shift);
    factor_of = ((128'd1 << shift) + {96'd0, Count} - 128'd1) / {96'd0, Count};
  endfunction

  function automatic logic is_exact(input integer shift);
    is_exact = ((128'd1 << Bits) - 128'd1) * (factor_of(shift) * {96'd0, Count} - (128'd1 << shift))
               < (128'd1 << shift);
  endfunction

  function automatic integer least_shift(input integer most);
    integer shift;
    least_shift = most;
    for (shift = most - 1; shift >= 0; shift--) begin
      if (is_exact(shift)) least_shift = shift;
    end
  endfunction

  function automatic integer bits_of(input [127:0] value);
    integer i;
    bits_of = 1;
    for (i = 1; i < 128; i++) begin
      if (value[i]) bits_of = i + 1;
    end
  endfunction

  localparam integer Shift        = least_shift(Bits + $clog2(Count));
  localparam [127:0] WideFactor   = factor_of(Shift);
  localparam integer FactorWidth  = bits_of(WideFactor);
  localparam integer ProductWidth = Bits + FactorWidth;
  localparam [ProductWidth-1:0] Factor = WideFactor[ProductWidth-1:0];
  localparam [127:0] WideHalf    = HalfEven != 0 ? {96'd0, Count} / 128'd2 : 128'd0;

  logic                    sign, sign_q, product_sign_q;
  logic [Bits-1:0]         magnitude_q, quotient;
  logic [ProductWidth-1:0] product_q;
  logic [FactorWidth-1:0]  unused_above;
  logic [Width-1:0]        dividend;  // rounded down, its quotient is the nearest one

  assign dividend = sum_i + WideHalf[Width-1:0];
  assign sign     = dividend[Bits];

  always_ff @(posedge clk_i) begin
    sign_q         <= sign;
    magnitude_q    <= dividend[Bits-1:0] ^ {Bits{sign}};
    product_sign_q <= sign_q;
    product_q      <= {{FactorWidth{1'b0}}, magnitude_q} * Factor;
  end

  assign {unused_above, quotient} = product_q >> Shift;

  if (HalfEven != 0 && Count % 2 == 0) begin : gen_tie
    // From here on a fraction belongs to the greatest remainder.
    localparam [127:0] WideTop = (128'd1 << Shift) - (128'd1 << Shift) / {96'd0, Count};
    localparam [Shift:0] Top   = WideTop[Shift:0];

    logic [Shift:0] fraction;
    logic           tie;

    assign fraction = {1'b0, product_q[Shift-1:0]};
    assign tie      = product_sign_q ? fraction >= Top : fraction < Factor[Shift:0];
    assign mean_o   = {product_sign_q, quotient ^ {Bits{product_sign_q}}} & {{Bits{1'b1}}, !tie};
  end else begin : gen_no_tie
    assign mean_o = {product_sign_q, quotient ^ {Bits{product_sign_q}}};
  end

`ifndef SYNTHESIS
  initial begin
    if (Width < 2) $fatal(1, "qnn_mean: Width %0d is less than 2", Width);
    if (Count < 1) $fatal(1, "qnn_mean: Count %0d is less than 1", Count);
    if (HalfEven != 0 && Width <= $clog2(Count)) begin
      $fatal(1, "qnn_mean: Width %0d is too small for Count %0d", Width, Count);
    end
  end
`endif
endmodule
