// SPDX-License-Identifier: Apache-2.0
//
// Streams the weight tiles of a matrix unit, over and over, from reset on.
//
// One tile a cycle, latency 2 (memory, output queue). No path from `ready_i` to `valid_o`.
// Model: models/weight_memory.h.
module qnn_weight_memory #(
  /// Width of a tile [bits].
  parameter integer Width = 8,
  /// Tiles until the memory wraps around.
  parameter integer Tiles = 16,
  /// What it is made of: "auto", "lut", "bram" or "uram".
  parameter [31:0] Style = "auto",
  /// File of the tiles, as $readmemh reads it.
  parameter TileFile = ""
) (
  input  logic             clk_i,
  input  logic             rst_ni,  // synchronous, active low
  output logic             valid_o,
  input  logic             ready_i,
  output logic [Width-1:0] data_o
);
  localparam integer AddressWidth = Tiles > 1 ? $clog2(Tiles) : 1;

  logic                    issue, unused_last;
  logic [AddressWidth-1:0] address;
  logic [Width-1:0]        tile;

  qnn_counter #(.Count(Tiles), .Width(AddressWidth)) u_address (
    .clk_i, .rst_ni, .step_i(issue), .value_o(address), .last_o(unused_last)
  );

  qnn_rom #(.Width(Width), .Depth(Tiles), .Style(Style), .File(TileFile)) u_tiles (
    .clk_i, .address_i(address), .data_o(tile)
  );

  // A tile is issued wherever there is room.
  qnn_output_queue #(
    .Width (Width),
    .Depth (2)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .room_o  (issue),
    .issue_i (issue),
    .data_i  (tile),
    .valid_o,
    .ready_i,
    .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Width < 1 || Tiles < 1) begin
      $fatal(1, "qnn_weight_memory: Width %0d or Tiles %0d is less than 1", Width, Tiles);
    end
  end
`endif
endmodule
