// SPDX-License-Identifier: Apache-2.0
//
// Delays a stream of beats by Length beats: a line buffer.
//
// With `shift_i` a beat enters and the oldest leaves: `data_o` is the beat that entered Length
// shifts ago. No combinational path.
module qnn_delay_line #(
  /// Width of a beat [bits].
  parameter integer Width = 8,
  /// Delay [beats].
  parameter integer Length = 16,
  /// What it is made of: "auto", "lut", "bram" or "uram".
  parameter [31:0] Style = "auto"
) (
  input  logic             clk_i,
  input  logic             rst_ni,  // synchronous, active low
  input  logic             shift_i,
  input  logic [Width-1:0] data_i,
  output logic [Width-1:0] data_o
);
  if (Length == 1) begin : gen_register
    logic unused_rst;
    assign unused_rst = rst_ni;
    always_ff @(posedge clk_i) if (shift_i) data_o <= data_i;
  end else begin : gen_ring
    // The beat to leave next is read a shift ahead, from the slot that is written next.
    localparam integer SlotWidth = $clog2(Length);
    logic [SlotWidth-1:0] slot, next_slot;
    logic                 last_slot;

    qnn_counter #(.Count(Length), .Width(SlotWidth)) u_slot (
      .clk_i, .rst_ni, .step_i(shift_i), .value_o(slot), .last_o(last_slot)
    );
    assign next_slot = last_slot ? '0 : slot + 1'b1;

    qnn_ram #(
      .Width (Width),
      .Depth (Length),
      .Style (Style)
    ) u_ram (
      .clk_i,
      .write_i         (shift_i),
      .write_address_i (slot),
      .data_i,
      .read_i          (shift_i),
      .read_address_i  (next_slot),
      .data_o
    );
  end

`ifndef SYNTHESIS
  initial begin
    if (Width < 1 || Length < 1) begin
      $fatal(1, "qnn_delay_line: Width %0d or Length %0d is less than 1", Width, Length);
    end
  end
`endif
endmodule
