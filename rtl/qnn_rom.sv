// SPDX-License-Identifier: Apache-2.0
//
// Memory of constants with a registered read: LUTs, block RAM or UltraRAM.
//
// A word a cycle; `data_o` bears the word of the `address_i` of the previous edge. No combinational
// path.
module qnn_rom #(
  /// Width of a word [bits].
  parameter integer Width = 8,
  /// Number of words.
  parameter integer Depth = 16,
  /// Width of an address [bits].
  parameter integer AddressWidth = Depth > 1 ? $clog2(Depth) : 1,
  /// What it is made of: "auto", "lut", "bram" or "uram" (only Versal's can be initialised).
  parameter [31:0] Style = "auto",
  /// File of the words, as $readmemh reads it.
  parameter File = ""
) (
  input  logic                    clk_i,
  input  logic [AddressWidth-1:0] address_i,
  output logic [Width-1:0]        data_o
);
  localparam [31:0] Lut = "lut";
`ifdef YOSYS
  localparam Lookup = "logic";
`else
  localparam Lookup = "distributed";
`endif
  // Only the attribute reads it.
  // verilator lint_off UNUSEDPARAM
  localparam RomStyle = Style == Lut    ? Lookup
                      : Style == "bram" ? "block"
                      : Style == "uram" ? "ultra" : "auto";
  // verilator lint_on UNUSEDPARAM

  (* rom_style = RomStyle *) logic [Width-1:0] words [0:Depth-1];

  initial begin
    if (File != "") $readmemh(File, words);
  end

  always_ff @(posedge clk_i) data_o <= words[address_i];

`ifndef SYNTHESIS
  initial begin
    if (Width < 1 || Depth < 1) begin
      $fatal(1, "qnn_rom: Width %0d or Depth %0d is less than 1", Width, Depth);
    end
    if (Style != "auto" && Style != Lut && Style != "bram" && Style != "uram") begin
      $fatal(1, "qnn_rom: Style '%s' is not auto, lut, bram or uram", Style);
    end
  end
`endif
endmodule
