// SPDX-License-Identifier: Apache-2.0
//
// The DSP primitives as far as rtl/qnn_dsp*.sv use them under QNN_VENDOR_DSP: registers of A, B,
// AD, M, P and OPMODE, pre-adder, INT8 mode, accumulation and cascade. What is not modelled is X.
// Sources: UG479 (DSP48E1), UG579 (DSP48E2), AM004 (DSP58).

/// What the three have in common.
module dsp_primitive #(
  parameter integer AWidth = 30,
  parameter integer AdWidth = 27,
  parameter integer BWidth = 18,
  parameter integer PWidth = 48,
  parameter integer AREG = 1,
  parameter integer BREG = 1,
  parameter integer ADREG = 1,
  parameter integer MREG = 1,
  parameter integer PREG = 1,
  parameter integer OPMODEREG = 1,
  parameter integer PreAdder = 1,
  parameter integer Int8 = 0
) (
  input  logic               CLK,
  input  logic [AWidth-1:0]  A,
  input  logic [BWidth-1:0]  B,
  input  logic [AdWidth-1:0] D,
  input  logic [4:0]         INMODE,
  input  logic [8:0]         OPMODE,
  input  logic [3:0]         ALUMODE,
  input  logic [PWidth-1:0]  PCIN,
  input  logic               CEA1, CEA2, CEB1, CEB2, CEAD, CEM, CECTRL, CEP,
  output logic [PWidth-1:0]  P
);
  logic [AWidth-1:0]         a1_q, a2_q;
  logic [BWidth-1:0]         b1_q, b2_q;
  logic [AdWidth-1:0]        ad_q;
  logic signed [PWidth-1:0]  m_q;
  logic [PWidth-1:0]         p_q;
  logic [8:0]                opmode_q;

  logic [AdWidth-1:0]        a, d, ad;
  logic signed [AdWidth-1:0] factor;
  logic signed [BWidth-1:0]  b;
  logic signed [PWidth-1:0]  m, product;
  logic [PWidth-1:0]         w, xy, z, sum;
  logic [8:0]                opmode;

  assign a       = INMODE[1] ? '0 : INMODE[0] ? a1_q[AdWidth-1:0] :
                   AREG != 0 ? a2_q[AdWidth-1:0] : A[AdWidth-1:0];
  assign b       = INMODE[4] ? b1_q : BREG != 0 ? b2_q : B;
  assign d       = INMODE[2] ? D : '0;
  assign ad      = INMODE[3] ? d - a : d + a;
  assign factor  = PreAdder == 0 ? a : ADREG != 0 ? ad_q : ad;
  if (Int8 != 0) begin : gen_int8
    assign m = $signed(factor[8:0]) * $signed(b[7:0]) + $signed(factor[17:9]) * $signed(b[15:8]) +
               $signed(factor[26:18]) * $signed(b[23:16]);
  end else begin : gen_multiply
    assign m = factor * b;
  end
  assign product = MREG != 0 ? m_q : m;
  assign opmode  = OPMODEREG != 0 ? opmode_q : OPMODE;
  assign w       = opmode[8:7] == 2'b00 ? '0 : opmode[8:7] == 2'b01 ? p_q : 'x;
  assign xy      = opmode[3:0] == 4'b0101 ? product : 'x;
  assign z       = opmode[6:4] == 3'b000 ? '0 : opmode[6:4] == 3'b001 ? PCIN :
                   opmode[6:4] == 3'b010 ? p_q : 'x;
  assign sum     = ALUMODE == 4'b0000 ? w + xy + z : 'x;
  assign P       = PREG != 0 ? p_q : sum;

  always_ff @(posedge CLK) begin
    if (CEA1) a1_q <= A;
    if (CEA2) a2_q <= AREG == 2 ? a1_q : A;
    if (CEB1) b1_q <= B;
    if (CEB2) b2_q <= BREG == 2 ? b1_q : B;
    if (CEAD) ad_q <= ad;
    if (CEM) m_q <= m;
    if (CECTRL) opmode_q <= OPMODE;
    if (CEP && PREG != 0) p_q <= sum;
  end
endmodule

module DSP48E1 #(
  parameter USE_DPORT = "FALSE", USE_MULT = "MULTIPLY", USE_SIMD = "ONE48",
  parameter integer AREG = 1, ACASCREG = 1, DREG = 1, ADREG = 1, BREG = 1, BCASCREG = 1, CREG = 1,
  parameter integer MREG = 1, PREG = 1, OPMODEREG = 1, INMODEREG = 1, ALUMODEREG = 1,
  parameter integer CARRYINREG = 1, CARRYINSELREG = 1
) (
  input  logic        CLK,
  input  logic [24:0] D,
  input  logic [29:0] A, ACIN,
  input  logic [17:0] B, BCIN,
  input  logic [47:0] C, PCIN,
  input  logic [4:0]  INMODE,
  input  logic [6:0]  OPMODE,
  input  logic [3:0]  ALUMODE,
  input  logic [2:0]  CARRYINSEL,
  input  logic        CARRYIN, CARRYCASCIN, MULTSIGNIN,
  input  logic        CEP, CEA1, CEA2, CEAD, CEALUMODE, CEB1, CEB2, CEC, CECARRYIN, CECTRL, CED,
  input  logic        CEINMODE, CEM,
  input  logic        RSTA, RSTALLCARRYIN, RSTALUMODE, RSTB, RSTC, RSTCTRL, RSTD, RSTINMODE, RSTM,
  input  logic        RSTP,
  output logic [47:0] P, PCOUT,
  output logic [29:0] ACOUT,
  output logic [17:0] BCOUT,
  output logic [3:0]  CARRYOUT,
  output logic        CARRYCASCOUT, MULTSIGNOUT, OVERFLOW, UNDERFLOW, PATTERNDETECT, PATTERNBDETECT
);
  assign PCOUT = P;
  dsp_primitive #(
    .AdWidth(25), .AREG(AREG), .BREG(BREG), .ADREG(ADREG), .MREG(MREG), .PREG(PREG),
    .OPMODEREG(OPMODEREG), .PreAdder(USE_DPORT == "TRUE" ? 1 : 0)
  ) u_dsp (
    .CLK, .A, .B, .D, .INMODE, .OPMODE({2'b00, OPMODE}), .ALUMODE, .PCIN, .CEA1, .CEA2, .CEB1,
    .CEB2, .CEAD, .CEM, .CECTRL, .CEP, .P
  );
endmodule

module DSP48E2 #(
  parameter AMULTSEL = "A", BMULTSEL = "B", PREADDINSEL = "A", USE_MULT = "MULTIPLY",
  parameter USE_SIMD = "ONE48",
  parameter integer AREG = 1, ACASCREG = 1, DREG = 1, ADREG = 1, BREG = 1, BCASCREG = 1, CREG = 1,
  parameter integer MREG = 1, PREG = 1, OPMODEREG = 1, INMODEREG = 1, ALUMODEREG = 1,
  parameter integer CARRYINREG = 1, CARRYINSELREG = 1
) (
  input  logic        CLK,
  input  logic [26:0] D,
  input  logic [29:0] A, ACIN,
  input  logic [17:0] B, BCIN,
  input  logic [47:0] C, PCIN,
  input  logic [4:0]  INMODE,
  input  logic [8:0]  OPMODE,
  input  logic [3:0]  ALUMODE,
  input  logic [2:0]  CARRYINSEL,
  input  logic        CARRYIN, CARRYCASCIN, MULTSIGNIN,
  input  logic        CEP, CEA1, CEA2, CEAD, CEALUMODE, CEB1, CEB2, CEC, CECARRYIN, CECTRL, CED,
  input  logic        CEINMODE, CEM,
  input  logic        RSTA, RSTALLCARRYIN, RSTALUMODE, RSTB, RSTC, RSTCTRL, RSTD, RSTINMODE, RSTM,
  input  logic        RSTP,
  output logic [47:0] P, PCOUT,
  output logic [29:0] ACOUT,
  output logic [17:0] BCOUT,
  output logic [7:0]  XOROUT,
  output logic [3:0]  CARRYOUT,
  output logic        CARRYCASCOUT, MULTSIGNOUT, OVERFLOW, UNDERFLOW, PATTERNDETECT, PATTERNBDETECT
);
  assign PCOUT = P;
  dsp_primitive #(
    .AREG(AREG), .BREG(BREG), .ADREG(ADREG), .MREG(MREG), .PREG(PREG), .OPMODEREG(OPMODEREG),
    .PreAdder(AMULTSEL == "AD" ? 1 : 0)
  ) u_dsp (
    .CLK, .A, .B, .D, .INMODE, .OPMODE, .ALUMODE, .PCIN, .CEA1, .CEA2, .CEB1, .CEB2, .CEAD, .CEM,
    .CECTRL, .CEP, .P
  );
endmodule

module DSP58 #(
  parameter DSP_MODE = "INT24", AMULTSEL = "A", BMULTSEL = "B", PREADDINSEL = "A",
  parameter USE_MULT = "MULTIPLY", USE_SIMD = "ONE58", RESET_MODE = "SYNC",
  parameter integer AREG = 1, ACASCREG = 1, DREG = 1, ADREG = 1, BREG = 1, BCASCREG = 1, CREG = 1,
  parameter integer MREG = 1, PREG = 1, OPMODEREG = 1, INMODEREG = 1, ALUMODEREG = 1,
  parameter integer CARRYINREG = 1, CARRYINSELREG = 1
) (
  input  logic        CLK,
  input  logic [26:0] D,
  input  logic [33:0] A, ACIN,
  input  logic [23:0] B, BCIN,
  input  logic [57:0] C, PCIN,
  input  logic [4:0]  INMODE,
  input  logic [2:0]  NEGATE,
  input  logic [8:0]  OPMODE,
  input  logic [3:0]  ALUMODE,
  input  logic [2:0]  CARRYINSEL,
  input  logic        CARRYIN, CARRYCASCIN, MULTSIGNIN, ASYNC_RST,
  input  logic        CEP, CEA1, CEA2, CEAD, CEALUMODE, CEB1, CEB2, CEC, CECARRYIN, CECTRL, CED,
  input  logic        CEINMODE, CEM,
  input  logic        RSTA, RSTALLCARRYIN, RSTALUMODE, RSTB, RSTC, RSTCTRL, RSTD, RSTINMODE, RSTM,
  input  logic        RSTP,
  output logic [57:0] P, PCOUT,
  output logic [33:0] ACOUT,
  output logic [23:0] BCOUT,
  output logic [7:0]  XOROUT,
  output logic [3:0]  CARRYOUT,
  output logic        CARRYCASCOUT, MULTSIGNOUT, OVERFLOW, UNDERFLOW, PATTERNDETECT, PATTERNBDETECT
);
  assign PCOUT = P;
  dsp_primitive #(
    .AWidth(34), .BWidth(24), .PWidth(58), .AREG(AREG), .BREG(BREG), .ADREG(ADREG), .MREG(MREG),
    .PREG(PREG), .OPMODEREG(OPMODEREG), .PreAdder(AMULTSEL == "AD" ? 1 : 0),
    .Int8(DSP_MODE == "INT8" ? 1 : 0)
  ) u_dsp (
    .CLK, .A, .B, .D, .INMODE, .OPMODE, .ALUMODE, .PCIN, .CEA1, .CEA2, .CEB1, .CEB2, .CEAD, .CEM,
    .CECTRL, .CEP, .P
  );
endmodule
