// SPDX-License-Identifier: Apache-2.0
//
// Matrix-vector unit with a stream of weights: y = W x, PE x SIMD products a cycle. The vector is
// kept while the rows of W pass, SF beats for each of the NF folds; weights come as [PE][SIMD].
//
// An input beat is taken together with its weights, so each ready waits for the other's valid.
module mvu_axi #(
  parameter int MW = 4,
  parameter int MH = 4,
  parameter int PE = 1,
  parameter int SIMD = 1,
  parameter int ACTIVATION_WIDTH = 4,
  parameter int WEIGHT_WIDTH = 4,
  parameter int ACCU_WIDTH = 16,
  parameter bit SIGNED_ACTIVATIONS = 0,
  localparam int INPUT_BYTES = (SIMD*ACTIVATION_WIDTH + 7) / 8,
  localparam int WEIGHT_BYTES = (PE*SIMD*WEIGHT_WIDTH + 7) / 8,
  localparam int OUTPUT_BYTES = (PE*ACCU_WIDTH + 7) / 8
) (
  input  logic ap_clk,
  input  logic ap_clk2x,
  input  logic ap_rst_n,

  input  logic [8*WEIGHT_BYTES-1:0] s_axis_weights_tdata,
  input  logic                      s_axis_weights_tvalid,
  output logic                      s_axis_weights_tready,

  input  logic [8*INPUT_BYTES-1:0]  s_axis_input_tdata,
  input  logic                      s_axis_input_tvalid,
  output logic                      s_axis_input_tready,

  output logic [8*OUTPUT_BYTES-1:0] m_axis_output_tdata,
  output logic                      m_axis_output_tvalid,
  input  logic                      m_axis_output_tready
);
  localparam int SF = MW / SIMD;
  localparam int NF = MH / PE;

  logic [SIMD-1:0][ACTIVATION_WIDTH-1:0] vector [SF];
  int sf = 0;
  int nf = 0;
  wire first = nf == 0;
  wire last = sf == SF - 1;

  // A result needs room; everything else goes on.
  wire room = !last || !m_axis_output_tvalid || m_axis_output_tready;
  wire step = room && s_axis_weights_tvalid && (!first || s_axis_input_tvalid);
  assign s_axis_weights_tready = room && (!first || s_axis_input_tvalid);
  assign s_axis_input_tready = room && first && s_axis_weights_tvalid;

  wire [SIMD-1:0][ACTIVATION_WIDTH-1:0] x =
      first ? s_axis_input_tdata[SIMD*ACTIVATION_WIDTH-1:0] : vector[sf];
  wire [PE-1:0][SIMD-1:0][WEIGHT_WIDTH-1:0] w = s_axis_weights_tdata[PE*SIMD*WEIGHT_WIDTH-1:0];

  logic signed [ACCU_WIDTH-1:0] sums [PE];
  logic signed [ACCU_WIDTH-1:0] next [PE];
  always_comb begin
    for (int pe = 0; pe < PE; pe++) begin
      next[pe] = sf == 0 ? 0 : sums[pe];
      for (int i = 0; i < SIMD; i++) begin
        automatic logic signed [ACTIVATION_WIDTH:0] a =
            {SIGNED_ACTIVATIONS && x[i][ACTIVATION_WIDTH-1], x[i]};
        automatic logic signed [WEIGHT_WIDTH-1:0] b = w[pe][i];
        next[pe] += ACCU_WIDTH'(a) * ACCU_WIDTH'(b);
      end
    end
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      sf <= 0;
      nf <= 0;
      m_axis_output_tvalid <= 0;
    end else begin
      if (m_axis_output_tready) m_axis_output_tvalid <= 0;
      if (step) begin
        sf <= last ? 0 : sf + 1;
        if (last) nf <= nf == NF - 1 ? 0 : nf + 1;
        if (last) m_axis_output_tvalid <= 1;
      end
    end
    if (step && first) vector[sf] <= x;
    if (step) sums <= next;
    if (step && last) begin
      m_axis_output_tdata <= 0;
      for (int pe = 0; pe < PE; pe++) m_axis_output_tdata[pe*ACCU_WIDTH +: ACCU_WIDTH] <= next[pe];
    end
  end

  wire unused_clk2x = ap_clk2x;
endmodule
