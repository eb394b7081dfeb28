// SPDX-License-Identifier: Apache-2.0
//
// Memory with a write port and a read port; the read register keeps its word until the next read.
//
// One write and one read a cycle; a word can be read from the edge after its write on. Not at the
// edge of its write: what comes then depends on what the memory is made of. No combinational path.
module qnn_ram #(
  /// Width of a word [bits].
  parameter integer Width = 8,
  /// Number of words.
  parameter integer Depth = 16,
  /// Width of an address [bits].
  parameter integer AddressWidth = Depth > 1 ? $clog2(Depth) : 1,
  /// What it is made of: "auto", "lut", "bram" or "uram".
  parameter [31:0] Style = "auto"
) (
  input  logic                    clk_i,
  input  logic                    write_i,
  input  logic [AddressWidth-1:0] write_address_i,
  input  logic [Width-1:0]        data_i,
  input  logic                    read_i,
  input  logic [AddressWidth-1:0] read_address_i,
  output logic [Width-1:0]        data_o
);
  localparam [31:0] Lut = "lut";
  // Only the attribute reads it.
  // verilator lint_off UNUSEDPARAM
  localparam RamStyle = Style == Lut    ? "distributed"
                      : Style == "bram" ? "block"
                      : Style == "uram" ? "ultra" : "auto";
  // verilator lint_on UNUSEDPARAM

  (* ram_style = RamStyle *) logic [Width-1:0] words_q [0:Depth-1];

  always_ff @(posedge clk_i) begin
    if (write_i) words_q[write_address_i] <= data_i;
    if (read_i) data_o <= words_q[read_address_i];
  end

`ifndef SYNTHESIS
  initial begin
    if (Width < 1 || Depth < 1) begin
      $fatal(1, "qnn_ram: Width %0d or Depth %0d is less than 1", Width, Depth);
    end
    if (Style != "auto" && Style != Lut && Style != "bram" && Style != "uram") begin
      $fatal(1, "qnn_ram: Style '%s' is not auto, lut, bram or uram", Style);
    end
  end
`endif
endmodule
