// SPDX-License-Identifier: Apache-2.0
//
// A memory behind an AXI4 master, for testbenches: answers one burst at a time.
//
// A burst is answered Latency edges after its address; data moves a beat an edge. It holds Words
// words from Base on; an access beyond them is an error of the master.
module qnn_bench_memory #(
  parameter integer BusBits = 64,
  parameter integer AddressWidth = 35,
  /// Address of the first word [bytes].
  parameter [AddressWidth-1:0] Base = 0,
  parameter integer Words = 1,
  parameter integer Latency = 20,
  /// Contents for $readmemh; empty: zeros.
  parameter File = ""
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,  // synchronous, active low

  input  logic                    arvalid_i,
  output logic                    arready_o,
  input  logic [AddressWidth-1:0] araddr_i,
  input  logic [7:0]              arlen_i,
  output logic                    rvalid_o,
  input  logic                    rready_i,
  output logic [BusBits-1:0]      rdata_o,
  output logic                    rlast_o,

  input  logic                    awvalid_i,
  output logic                    awready_o,
  input  logic [AddressWidth-1:0] awaddr_i,
  input  logic [7:0]              awlen_i,
  input  logic                    wvalid_i,
  output logic                    wready_o,
  input  logic [BusBits-1:0]      wdata_i,
  input  logic [BusBits/8-1:0]    wstrb_i,
  input  logic                    wlast_i,
  output logic                    bvalid_o,
  input  logic                    bready_i
);
  localparam integer SizeBits = $clog2(BusBits / 8);

  logic [BusBits-1:0] words [0:Words-1];
  initial begin
    for (integer i = 0; i < Words; i++) words[i] = '0;
    if (File != "") $readmemh(File, words);
  end

  // Reads.
  logic        reading_q;
  logic [31:0] read_word_q, read_wait_q;
  logic [7:0]  read_left_q;

  assign arready_o = !reading_q;
  assign rvalid_o  = reading_q && read_wait_q == 0;
  assign rdata_o   = words[read_word_q];
  assign rlast_o   = read_left_q == 0;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      reading_q <= 1'b0;
    end else if (!reading_q) begin
      if (arvalid_i) begin
        reading_q   <= 1'b1;
        read_word_q <= 32'((araddr_i - Base) >> SizeBits);
        read_left_q <= arlen_i;
        read_wait_q <= Latency;
      end
    end else if (read_wait_q != 0) begin
      read_wait_q <= read_wait_q - 1;
    end else if (rready_i) begin
      if (read_word_q >= Words) $fatal(1, "qnn_bench_memory: word %0d is not there", read_word_q);
      read_word_q <= read_word_q + 1;
      read_left_q <= read_left_q - 1'b1;
      if (rlast_o) reading_q <= 1'b0;
    end
  end

  // Writes.
  logic        writing_q;
  logic [31:0] write_word_q, write_wait_q;
  logic [7:0]  write_left_q;
  logic        answering_q;

  assign awready_o = !writing_q && !answering_q;
  assign wready_o  = writing_q;
  assign bvalid_o  = answering_q && write_wait_q == 0;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      writing_q   <= 1'b0;
      answering_q <= 1'b0;
    end else if (awvalid_i && awready_o) begin
      writing_q    <= 1'b1;
      write_word_q <= 32'((awaddr_i - Base) >> SizeBits);
      write_left_q <= awlen_i;
    end else if (writing_q && wvalid_i) begin
      if (write_word_q >= Words) $fatal(1, "qnn_bench_memory: word %0d is not there", write_word_q);
      if (wlast_i != (write_left_q == 0)) $fatal(1, "qnn_bench_memory: WLAST is not at the end");
      for (integer i = 0; i < BusBits / 8; i++) begin
        if (wstrb_i[i]) words[write_word_q][8*i +: 8] <= wdata_i[8*i +: 8];
      end
      write_word_q <= write_word_q + 1;
      write_left_q <= write_left_q - 1'b1;
      if (wlast_i) begin
        writing_q    <= 1'b0;
        answering_q  <= 1'b1;
        write_wait_q <= Latency;
      end
    end else if (answering_q) begin
      if (write_wait_q != 0) write_wait_q <= write_wait_q - 1;
      else if (bready_i) answering_q <= 1'b0;
    end
  end
endmodule
