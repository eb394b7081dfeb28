// SPDX-License-Identifier: Apache-2.0
//
// Counts, per channel, the thresholds that an input reaches. A pipeline that never stalls, with a
// credit a beat in front and a queue behind; one stage a bit of the count.
//
// THRESHOLDS_PATH: a word for each fold of PE channels, [PE][STEPS][WI], entry 0 in the least
// significant bits.
module threshold_core #(
  parameter int WI = 8,
  parameter int WO = 1,
  parameter int C = 1,
  parameter int PE = 1,
  parameter int STEPS = 1,
  parameter bit SIGNED = 1,
  parameter int BIAS = 0,
  parameter THRESHOLDS_PATH = ""
) (
  input  logic                  clk,
  input  logic                  rst_n,
  input  logic [PE-1:0][WI-1:0] idat,
  input  logic                  ivld,
  output logic                  irdy,
  output logic [PE-1:0][WO-1:0] odat,
  output logic                  ovld,
  input  logic                  ordy
);
  localparam int CF = C / PE;
  localparam int STAGES = STEPS > 1 ? $clog2(STEPS + 1) : 1;
  localparam int COUNT_BITS = $clog2(STAGES + 1);
  localparam int SLOT_BITS = STAGES > 1 ? $clog2(STAGES) : 1;
  localparam int FOLD_BITS = CF > 1 ? $clog2(CF) : 1;

  logic [PE-1:0][STEPS-1:0][WI-1:0] thresholds [CF];
  initial $readmemh(THRESHOLDS_PATH, thresholds);

  // Credits: beats on their way or queued.
  logic [COUNT_BITS-1:0] pending = 0;
  wire pop  = ovld && ordy;
  wire push = ivld && irdy;
  assign irdy = pending != COUNT_BITS'(STAGES) || pop;

  logic [FOLD_BITS-1:0] fold = 0;
  always_ff @(posedge clk) begin
    if (!rst_n) begin
      pending <= 0;
      fold <= 0;
    end else begin
      pending <= pending + COUNT_BITS'(push) - COUNT_BITS'(pop);
      if (push) fold <= fold == FOLD_BITS'(CF - 1) ? 0 : fold + 1;
    end
  end

  logic [PE-1:0][WO-1:0] counts;
  always_comb begin
    for (int pe = 0; pe < PE; pe++) begin
      counts[pe] = WO'(BIAS);
      for (int step = 0; step < STEPS; step++) begin
        automatic logic [WI-1:0] level = thresholds[fold][pe][step];
        // The sign bit turned over orders two's complement as unsigned.
        automatic logic [WI-1:0] offset = WI'(SIGNED) << (WI - 1);
        if ((level ^ offset) <= (idat[pe] ^ offset)) counts[pe] += 1;
      end
    end
  end

  // Stage 0 is the input; the last one enters the queue.
  for (genvar i = 0; i < STAGES; i++) begin : gen_stage
    logic valid;
    logic [PE-1:0][WO-1:0] data;
    if (i == 0) begin : gen_input
      assign valid = push;
      assign data = counts;
    end else begin : gen_register
      always_ff @(posedge clk) begin
        valid <= rst_n && gen_stage[i-1].valid;
        data <= gen_stage[i-1].data;
      end
    end
  end
  wire enters = gen_stage[STAGES-1].valid;

  logic [PE-1:0][WO-1:0] queue [STAGES];
  logic [SLOT_BITS-1:0] read = 0;
  logic [SLOT_BITS-1:0] write = 0;
  logic [COUNT_BITS-1:0] queued = 0;
  assign ovld = queued != 0;
  assign odat = queue[read];
  always_ff @(posedge clk) begin
    if (!rst_n) begin
      read <= 0;
      write <= 0;
      queued <= 0;
    end else begin
      queued <= queued + COUNT_BITS'(enters) - COUNT_BITS'(pop);
      if (enters) write <= write == SLOT_BITS'(STAGES - 1) ? 0 : write + 1;
      if (pop) read <= read == SLOT_BITS'(STAGES - 1) ? 0 : read + 1;
    end
    if (enters) queue[write] <= gen_stage[STAGES-1].data;
  end
endmodule
