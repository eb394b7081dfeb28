// SPDX-License-Identifier: Apache-2.0
//
// A kernel of which nothing matters but when it moves its beats: every FOLDS input beats make a
// result, LATENCY cycles after the last of them; the results are numbered.
//
// FROZEN = 0: at most QUEUE results are inside, on their way or queued. FROZEN = 1: the pipeline
// stands while the output is blocked. With DROP, a cycle is lost after every DROP input beats. With
// ENDS_HOLDING, the simulation ends when as many results are inside.
module calibrate_kernel #(
  parameter int FOLDS = 1,
  parameter int LATENCY = 1,
  parameter int QUEUE = 1,
  parameter bit FROZEN = 0,
  parameter int DROP = 0,
  parameter int REFUSED_LATENCY = 0,
  parameter int ENDS_HOLDING = 0
) (
  input  logic        aclk,
  input  logic        aresetn,
  input  logic [7:0]  s_axis_tdata,
  input  logic        s_axis_tvalid,
  output logic        s_axis_tready,
  output logic [15:0] m_axis_tdata,
  output logic        m_axis_tvalid,
  input  logic        m_axis_tready
);
  logic [LATENCY-1:0] stages;  // bit 0: issued at the last edge
  int fold, held, queued, dropped;
  wire completes = fold == FOLDS - 1;
  wire drops = DROP != 0 && dropped == DROP;
  wire leaves = m_axis_tvalid && m_axis_tready;
  wire take = s_axis_tvalid && s_axis_tready;
  wire unused = ^s_axis_tdata;

  wire moves;
  wire arrives;  // a result comes to the output at this edge
  if (FROZEN) begin : gen_frozen
    assign moves = !m_axis_tvalid || m_axis_tready;
    assign arrives = 1'b0;
    assign s_axis_tready = moves && !drops;
    assign m_axis_tvalid = stages[LATENCY-1];
  end else begin : gen_credits
    assign moves = 1'b1;
    assign arrives = LATENCY == 1 ? take && completes : stages[LATENCY > 1 ? LATENCY-2 : 0];
    assign s_axis_tready = (!completes || held < QUEUE || leaves) && !drops;
    assign m_axis_tvalid = queued != 0;
  end

  always_ff @(posedge aclk) begin
    if (!aresetn) begin
      stages <= '0;
      fold <= 0;
      held <= 0;
      queued <= 0;
      dropped <= 0;
      m_axis_tdata <= '0;
    end else begin
      if (moves) stages <= LATENCY'({stages, take && completes});
      if (take) fold <= completes ? 0 : fold + 1;
      if (take) dropped <= dropped + 1;
      else if (drops) dropped <= 0;
      held <= held + 32'(take && completes) - 32'(leaves);
      queued <= queued + 32'(arrives) - 32'(leaves);
      if (leaves) m_axis_tdata <= m_axis_tdata + 1;
      if (ENDS_HOLDING != 0 && held == ENDS_HOLDING) $finish;
    end
  end

  initial begin
    if (LATENCY == REFUSED_LATENCY) $fatal(1, "calibrate_kernel: LATENCY %0d is refused", LATENCY);
  end
endmodule
