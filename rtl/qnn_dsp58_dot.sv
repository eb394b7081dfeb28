// SPDX-License-Identifier: Apache-2.0
//
// A DSP58 slice in INT8 mode: three products of 9 x 8 bits in a sum, P <- sum [+ PCIN] [+ P].
//
// Registers: InputRegisters for the operands, M for the sum of products, and P. `enable_i` belongs
// to P, `accumulate_i` to OPMODE, a register that is loaded together with M. Without OutputRegister
// P depends combinationally on `cascade_i`, and nothing is accumulated. P wraps round. With
// QNN_VENDOR_DSP the slice is the vendor's primitive, otherwise what it does.
// Source: AM004, INT8 mode, and the tables of OPMODE and ALUMODE: Z + W + X + Y is ALUMODE 0000,
// with X and Y taking the product (OPMODE 01, 01), Z taking 0 (000) or PCIN (001), and W taking 0
// (00) or P (01).
// Model: models/dsp_slice.h.
module qnn_dsp58_dot #(
  /// Registers in front of the multipliers: 1 or 2.
  parameter integer InputRegisters = 1,
  /// 1: PCIN joins the sum.
  parameter integer Cascade = 0,
  /// 0: P is no register.
  parameter integer OutputRegister = 1
) (
  input  logic        clk_i,
  input  logic [26:0] a_i,        // three elements of 9 bits, the first in the lowest
  input  logic [23:0] b_i,        // three elements of 8 bits
  input  logic [57:0] cascade_i,  // PCIN
  input  logic        accumulate_i,
  input  logic        enable_i,
  output logic [57:0] cascade_o,  // PCOUT
  output logic [57:0] p_o
);
`ifndef QNN_VENDOR_DSP
  logic [26:0]        a_q;
  logic [23:0]        b_q;
  logic signed [16:0] product_0, product_1, product_2;
  logic signed [18:0] m_q;
  logic [57:0]        sum;
  logic [57:0]        p;

  qnn_delay #(.Width(51), .Cycles(InputRegisters)) u_operands (
    .clk_i, .data_i({a_i, b_i}), .data_o({a_q, b_q})
  );
  assign product_0 = $signed(a_q[8:0]) * $signed(b_q[7:0]);
  assign product_1 = $signed(a_q[17:9]) * $signed(b_q[15:8]);
  assign product_2 = $signed(a_q[26:18]) * $signed(b_q[23:16]);
  always_ff @(posedge clk_i) begin
    m_q <= {{2{product_0[16]}}, product_0} + {{2{product_1[16]}}, product_1} +
           {{2{product_2[16]}}, product_2};
  end
  assign sum = {{39{m_q[18]}}, m_q} + (Cascade != 0 ? cascade_i : 58'd0);

  if (OutputRegister != 0) begin : gen_p
    logic        accumulate_q;
    logic [57:0] p_q;

    always_ff @(posedge clk_i) begin
      accumulate_q <= accumulate_i;
      if (enable_i) p_q <= (accumulate_q ? p_q : 58'd0) + sum;
    end
    assign p = p_q;
  end else begin : gen_no_p
    logic unused_control;
    assign unused_control = accumulate_i ^ enable_i;
    assign p = sum;
  end
  if (Cascade == 0) begin : gen_first
    logic unused_cascade;
    assign unused_cascade = ^cascade_i;
  end
  assign p_o       = p;
  assign cascade_o = p;
`else
  DSP58 #(
    .DSP_MODE       ("INT8"),
    .AMULTSEL       ("A"),
    .BMULTSEL       ("B"),
    .PREADDINSEL    ("A"),
    .USE_MULT       ("MULTIPLY"),
    .USE_SIMD       ("ONE58"),
    .AREG           (InputRegisters),
    .ACASCREG       (InputRegisters),
    .DREG           (0),
    .ADREG          (0),
    .BREG           (InputRegisters),
    .BCASCREG       (InputRegisters),
    .CREG           (0),
    .MREG           (1),
    .PREG           (OutputRegister),
    .OPMODEREG      (1),
    .INMODEREG      (0),
    .ALUMODEREG     (0),
    .CARRYINREG     (0),
    .CARRYINSELREG  (0),
    .RESET_MODE     ("SYNC")
  ) u_dsp (
    .CLK            (clk_i),
    .D              ('0),
    .A              ({{7{a_i[26]}}, a_i}),
    .B              (b_i),
    .C              ('0),
    .INMODE         (5'b00000),  // A
    .NEGATE         (3'b000),
    // W: P or 0; Z: PCIN or 0; Y, X: M
    .OPMODE         ({1'b0, accumulate_i && OutputRegister != 0, 2'b00, Cascade != 0, 4'b0101}),
    .ALUMODE        (4'b0000),  // Z + W + X + Y
    .CARRYIN        (1'b0),
    .CARRYINSEL     (3'b000),
    .CEP            (enable_i && OutputRegister != 0),
    .CEA1           (InputRegisters == 2),
    .CEA2           (1'b1),
    .CEAD           (1'b0),
    .CEALUMODE      (1'b0),
    .CEB1           (InputRegisters == 2),
    .CEB2           (1'b1),
    .CEC            (1'b0),
    .CECARRYIN      (1'b0),
    .CECTRL         (1'b1),
    .CED            (1'b0),
    .CEINMODE       (1'b0),
    .CEM            (1'b1),
    .ASYNC_RST      (1'b0),
    .RSTA           (1'b0),
    .RSTALLCARRYIN  (1'b0),
    .RSTALUMODE     (1'b0),
    .RSTB           (1'b0),
    .RSTC           (1'b0),
    .RSTCTRL        (1'b0),
    .RSTD           (1'b0),
    .RSTINMODE      (1'b0),
    .RSTM           (1'b0),
    .RSTP           (1'b0),
    .PCIN           (cascade_i),
    .ACIN           ('0),
    .BCIN           ('0),
    .CARRYCASCIN    (1'b0),
    .MULTSIGNIN     (1'b0),
    .P              (p_o),
    .PCOUT          (cascade_o),
    .ACOUT          (),
    .BCOUT          (),
    .CARRYCASCOUT   (),
    .CARRYOUT       (),
    .MULTSIGNOUT    (),
    .OVERFLOW       (),
    .UNDERFLOW      (),
    .PATTERNDETECT  (),
    .PATTERNBDETECT (),
    .XOROUT         ()
  );
`endif

`ifndef SYNTHESIS
  initial begin
    if (InputRegisters < 1 || InputRegisters > 2) begin
      $fatal(1, "qnn_dsp58_dot: InputRegisters %0d is neither 1 nor 2", InputRegisters);
    end
  end
`endif
endmodule
