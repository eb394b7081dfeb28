// SPDX-License-Identifier: Apache-2.0
//
// The array of processing elements of the Kraken engine, with its output pipe.
//
// Takes a beat of pixels, of weights and their control word (qnn_kraken_weights) at the same edge
// and multiplies every pixel with every weight; products reach the sums Multiply edges later.
// Columns work in groups as wide as the kernel, the first from column 0 on. When a column of pixels
// has ended, a shift cycle moves every sum to the next column of its group (none where the kernel
// is 1 wide) while the products wait. All of the array waits while sums are ready and the output
// pipe is busy. The readys of the inputs depend combinationally on each other's valids and on
// `ready_i`; the FIFOs around cut the path.
// Model: models/kraken/kraken_array.h.
module qnn_kraken_array #(
  // Every module of the engine has all of its parameters.
  // verilator lint_off UNUSEDPARAM
  /// Processing elements.
  parameter integer Rows = 8,
  parameter integer Columns = 24,
  /// Widths of a pixel, a weight, an accumulator and a sum that leaves, all signed [bits].
  parameter integer PixelBits = 8,
  parameter integer WeightBits = 8,
  parameter integer SumBits = 32,
  parameter integer OutputBits = 32,
  /// The greatest that a packet may ask for; of a map, width and height.
  parameter integer MaxImages = 512,
  parameter integer MaxChannels = 512,
  parameter integer MaxKernel = 13,
  parameter integer MaxWidth = 512,
  /// Words of a RAM of weights, and of the edge RAM.
  parameter integer WeightDepth = 512,
  parameter integer EdgeDepth = 288,
  /// Width of a beat from and to memory [bits].
  parameter integer AxiBits = 64,
  // verilator lint_on UNUSEDPARAM
  /// Registers of a product: operands, and the product itself.
  parameter integer Multiply = 3,
  /// Width of the control word [bits].
  parameter integer ControlBits = 4 + (MaxKernel > 3 ? $clog2(MaxKernel / 2 + 1) : 1)
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,  // synchronous, active low
  input  logic                          pixels_valid_i,
  output logic                          pixels_ready_o,
  input  logic [Rows*PixelBits-1:0]     pixels_data_i,
  input  logic                          weights_valid_i,
  output logic                          weights_ready_o,
  input  logic [Columns*WeightBits-1:0] weights_data_i,
  input  logic                          control_valid_i,
  output logic                          control_ready_o,
  input  logic [ControlBits-1:0]        control_data_i,
  output logic                          valid_o,
  input  logic                          ready_i,
  output logic [AxiBits-1:0]            data_o
);
  localparam integer KernelBits = ControlBits - 4;
  localparam integer Entries    = 1 << KernelBits;

  // Operands and control words on their way, the newest lowest.
  logic [Multiply-1:0]                          valid_q;
  logic [Multiply*ControlBits-1:0]              controls_q;
  logic [(Multiply-1)*Rows*PixelBits-1:0]       pixels_q;
  logic [(Multiply-1)*Columns*WeightBits-1:0]   weights_q;
  logic [Rows*PixelBits-1:0]                    pixels;
  logic [Columns*WeightBits-1:0]                weights;
  logic                                         advance, take;
  // Of the product that is added next.
  logic                                         add, bypass, column_ends, masked, row_ends;
  logic [KernelBits-1:0]                        half;
  // A column of pixels has ended, and what its last control word was.
  logic                                         ended_q, masked_q, row_ends_q;
  logic [KernelBits-1:0]                        half_q;
  logic                                         stall, capture, shift, output_idle;
  logic [Columns*Rows*SumBits-1:0]              sums;

  assign stall   = ended_q && !masked_q && !output_idle;
  assign capture = ended_q && !masked_q && output_idle;
  assign shift   = ended_q && !stall && half_q != '0;
  assign advance = !stall && !shift;
  assign take    = advance && pixels_valid_i && weights_valid_i && control_valid_i;
  assign pixels_ready_o  = advance && weights_valid_i && control_valid_i;
  assign weights_ready_o = advance && pixels_valid_i && control_valid_i;
  assign control_ready_o = advance && pixels_valid_i && weights_valid_i;

  assign pixels  = pixels_q[(Multiply-2)*Rows*PixelBits +: Rows*PixelBits];
  assign weights = weights_q[(Multiply-2)*Columns*WeightBits +: Columns*WeightBits];
  assign {half, row_ends, masked, column_ends, bypass} =
      controls_q[(Multiply-1)*ControlBits +: ControlBits];
  assign add     = advance && valid_q[Multiply-1];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= '0;
      ended_q <= 1'b0;
    end else begin
      if (advance) valid_q <= (valid_q << 1) | {{(Multiply - 1){1'b0}}, take};
      if (!stall) ended_q <= add && column_ends;
    end
    if (advance) begin
      controls_q <= (controls_q << ControlBits) |
                    {{((Multiply - 1) * ControlBits){1'b0}}, control_data_i};
      pixels_q   <= (pixels_q << Rows * PixelBits) |
                    {{((Multiply - 2) * Rows * PixelBits){1'b0}}, pixels_data_i};
      weights_q  <= (weights_q << Columns * WeightBits) |
                    {{((Multiply - 2) * Columns * WeightBits){1'b0}}, weights_data_i};
    end
    if (add) begin
      masked_q   <= masked;
      row_ends_q <= row_ends;
      half_q     <= half;
    end
  end

  for (genvar c = 0; c < Columns; c = c + 1) begin : gen_column
    logic [Entries-1:0] starts_table;  // by kernel: a group begins here
    logic               starts;

    for (genvar i = 0; i < Entries; i = i + 1) begin : gen_kernel
      assign starts_table[i] = c % (2 * i + 1) == 0;
    end
    assign starts = starts_table[half_q];

    for (genvar r = 0; r < Rows; r = r + 1) begin : gen_row
      logic [SumBits-1:0] left;  // the sum of the column before

      if (c == 0) begin : gen_first
        assign left = '0;
      end else begin : gen_other
        assign left = sums[((c-1)*Rows+r)*SumBits +: SumBits];
      end
      qnn_kraken_element #(
        .PixelBits(PixelBits), .WeightBits(WeightBits), .SumBits(SumBits)
      ) u_element (
        .clk_i, .multiply_i(advance), .pixel_i(pixels[r*PixelBits +: PixelBits]),
        .weight_i(weights[c*WeightBits +: WeightBits]), .add_i(add), .bypass_i(bypass),
        .shift_i(shift), .left_i(starts ? '0 : left), .sum_o(sums[(c*Rows+r)*SumBits +: SumBits])
      );
    end
  end

  qnn_kraken_output #(
    .Rows(Rows), .Columns(Columns), .SumBits(SumBits), .OutputBits(OutputBits), .AxiBits(AxiBits),
    .KernelBits(KernelBits)
  ) u_output (
    .clk_i, .rst_ni, .idle_o(output_idle), .capture_i(capture), .half_i(half_q),
    .row_ends_i(row_ends_q), .sums_i(sums), .valid_o, .ready_i, .data_o
  );

`ifndef SYNTHESIS
  initial begin
    if (Rows < 1 || Columns < 1 || PixelBits < 1 || WeightBits < 1) begin
      $fatal(1, "qnn_kraken_array: Rows %0d, Columns %0d, PixelBits %0d, WeightBits %0d", Rows,
             Columns, PixelBits, WeightBits);
    end
    if (Multiply < 2) $fatal(1, "qnn_kraken_array: Multiply %0d is less than 2", Multiply);
    if (MaxKernel % 2 != 1 || MaxKernel > Columns) begin
      $fatal(1, "qnn_kraken_array: MaxKernel %0d is even or more than Columns %0d", MaxKernel,
             Columns);
    end
    if (ControlBits != 4 + (MaxKernel > 3 ? $clog2(MaxKernel / 2 + 1) : 1)) begin
      $fatal(1, "qnn_kraken_array: ControlBits %0d does not follow from MaxKernel %0d",
             ControlBits, MaxKernel);
    end
  end
  KernelFits: assert property (@(posedge clk_i) disable iff (!rst_ni)
      add |-> {{(32 - KernelBits){1'b0}}, half} <= MaxKernel / 2);
`endif
endmodule
