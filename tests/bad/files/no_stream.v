// SPDX-License-Identifier: Apache-2.0
module no_stream(input clk, input [7:0] pixel, input pixel_ok, output reg [7:0] q);
  always @(posedge clk) if (pixel_ok) q <= pixel;
endmodule
