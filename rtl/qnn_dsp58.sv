// SPDX-License-Identifier: Apache-2.0
//
// A DSP58 slice as a multiply-accumulator behind its pre-adder: P <- (D - A) * B [+ P].
//
// Three registers: the operands of edge t are in AD and B after it, their product in M after t + 1,
// and in P after t + 2. `enable_i` belongs to P, `accumulate_i` to OPMODE, a register that is
// loaded together with M. AD and P wrap round. With QNN_VENDOR_DSP the slice is the vendor's
// primitive, otherwise what it does.
// Source: AM004, the tables of INMODE, OPMODE and ALUMODE: D - A is INMODE 01100; Z + W + X + Y is
// ALUMODE 0000, with X and Y taking the product (OPMODE 01, 01) and W taking 0 (00) or P (01).
// Model: models/dsp_slice.h.
module qnn_dsp58 (
  input  logic        clk_i,
  input  logic [26:0] d_i,
  input  logic [26:0] a_i,
  input  logic [23:0] b_i,
  input  logic        accumulate_i,
  input  logic        enable_i,
  output logic [57:0] p_o
);
`ifndef QNN_VENDOR_DSP
  logic signed [26:0] ad_q;
  logic signed [23:0] b_q;
  logic signed [50:0] m_q;
  logic               accumulate_q;
  logic [57:0]        p_q;

  always_ff @(posedge clk_i) begin
    ad_q         <= d_i - a_i;
    b_q          <= b_i;
    m_q          <= ad_q * b_q;
    accumulate_q <= accumulate_i;
    if (enable_i) p_q <= (accumulate_q ? p_q : 58'd0) + {{7{m_q[50]}}, m_q};
  end
  assign p_o = p_q;
`else
  DSP58 #(
    .DSP_MODE       ("INT24"),
    .AMULTSEL       ("AD"),
    .BMULTSEL       ("B"),
    .PREADDINSEL    ("A"),
    .USE_MULT       ("MULTIPLY"),
    .USE_SIMD       ("ONE58"),
    .AREG           (0),
    .ACASCREG       (0),
    .DREG           (0),
    .ADREG          (1),
    .BREG           (1),
    .BCASCREG       (1),
    .CREG           (0),
    .MREG           (1),
    .PREG           (1),
    .OPMODEREG      (1),
    .INMODEREG      (0),
    .ALUMODEREG     (0),
    .CARRYINREG     (0),
    .CARRYINSELREG  (0),
    .RESET_MODE     ("SYNC")
  ) u_dsp (
    .CLK            (clk_i),
    .D              (d_i),
    .A              ({{7{a_i[26]}}, a_i}),
    .B              (b_i),
    .C              ('0),
    .INMODE         (5'b01100),  // D - A
    .NEGATE         (3'b000),
    .OPMODE         ({1'b0, accumulate_i, 3'b000, 4'b0101}),  // W: P or 0; Z: 0; Y, X: M
    .ALUMODE        (4'b0000),  // Z + W + X + Y
    .CARRYIN        (1'b0),
    .CARRYINSEL     (3'b000),
    .CEP            (enable_i),
    .CEA1           (1'b0),
    .CEA2           (1'b0),
    .CEAD           (1'b1),
    .CEALUMODE      (1'b0),
    .CEB1           (1'b0),
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
    .PCIN           ('0),
    .ACIN           ('0),
    .BCIN           ('0),
    .CARRYCASCIN    (1'b0),
    .MULTSIGNIN     (1'b0),
    .P              (p_o),
    .PCOUT          (),
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
endmodule
