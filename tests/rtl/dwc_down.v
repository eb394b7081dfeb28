// SPDX-License-Identifier: Apache-2.0
//
// Gives a wide beat as RATIO narrow ones, least significant first. The reset is active high, and
// ready waits for valid.
module dwc_down #(
  parameter OUT_WIDTH = 8,
  parameter RATIO = 2
) (
  input                                        clk,
  input                                        rst,
  input  [((OUT_WIDTH*RATIO + 7)/8)*8 - 1:0]   s_axis_tdata,
  input                                        s_axis_tvalid,
  output                                       s_axis_tready,
  output [((OUT_WIDTH + 7)/8)*8 - 1:0]         m_axis_tdata,
  output                                       m_axis_tvalid,
  input                                        m_axis_tready
);
  reg [OUT_WIDTH*RATIO - 1:0] held;
  integer left = 0;

  assign m_axis_tvalid = left != 0;
  assign m_axis_tdata = held[OUT_WIDTH - 1:0];
  assign s_axis_tready = s_axis_tvalid && (left == 0 || (left == 1 && m_axis_tready));

  always @(posedge clk) begin
    if (rst) begin
      left <= 0;
    end else if (s_axis_tready) begin
      held <= s_axis_tdata[OUT_WIDTH*RATIO - 1:0];
      left <= RATIO;
    end else if (m_axis_tvalid && m_axis_tready) begin
      held <= held >> OUT_WIDTH;
      left <= left - 1;
    end
  end
endmodule
