// SPDX-License-Identifier: Apache-2.0
//
// The output pipe of the Kraken engine: takes all sums at once, moves them one column a cycle,
// always all columns, and gives those that a kernel's group has finished to a width adapter.
//
// Sums may be captured at the edge after the last column has moved, if the adapter has handed over
// what it collected or does so at that edge: `idle_o` depends combinationally on `ready_i`. Where
// the adapter keeps nothing, `valid_o` and `data_o` come from the sums themselves. No path from
// `ready_i` to `valid_o`.
// Model: KrakenOutputPipe in models/kraken/kraken_array.h.
module qnn_kraken_output #(
  /// Processing elements.
  parameter integer Rows = 8,
  parameter integer Columns = 24,
  /// Widths of an accumulator and of a sum that leaves, signed [bits].
  parameter integer SumBits = 32,
  parameter integer OutputBits = 32,
  /// Width of a beat [bits].
  parameter integer AxiBits = 64,
  /// Width of half a kernel's width [bits].
  parameter integer KernelBits = 1
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,      // synchronous, active low
  output logic                            idle_o,
  input  logic                            capture_i,   // only with `idle_o`
  input  logic [KernelBits-1:0]           half_i,      // kernel width / 2
  input  logic                            row_ends_i,  // the sums are of a map's last column
  input  logic [Columns*Rows*SumBits-1:0] sums_i,
  output logic                            valid_o,
  input  logic                            ready_i,
  output logic [AxiBits-1:0]              data_o
);
  localparam integer SumsABeat  = AxiBits / OutputBits;
  localparam integer ColumnSums = Rows * SumBits;  // [bits] of a column
  localparam integer Entries    = 1 << KernelBits;
  localparam integer CountBits  = $clog2(Columns + 1);
  localparam integer MostBeats  = (Columns * Rows + SumsABeat - 1) / SumsABeat;
  localparam integer BeatBits   = $clog2(MostBeats + 1);
  localparam integer PlaceBits  = KernelBits + 1;
  localparam [CountBits-1:0] AllColumns = Columns[CountBits-1:0];

  // What follows from the kernel: groups, and what leaves of them.
  logic [CountBits-1:0] groups, columns_in;
  logic [BeatBits-1:0]  beats_out;
  logic [Entries*CountBits-1:0]   groups_table;
  logic [2*Entries*CountBits-1:0] columns_table;
  logic [2*Entries*BeatBits-1:0]  beats_table;

  for (genvar i = 0; i < Entries; i = i + 1) begin : gen_kernel
    localparam integer Groups    = Columns / (2 * i + 1);
    localparam integer LastIn    = Groups * (i + 1);
    localparam integer UsualOut  = (Groups * Rows + SumsABeat - 1) / SumsABeat;
    localparam integer LastOut   = (LastIn * Rows + SumsABeat - 1) / SumsABeat;

    assign groups_table[i*CountBits +: CountBits]            = Groups[CountBits-1:0];
    assign columns_table[2*i*CountBits +: 2*CountBits]       = {LastIn[CountBits-1:0],
                                                                Groups[CountBits-1:0]};
    assign beats_table[2*i*BeatBits +: 2*BeatBits]           = {LastOut[BeatBits-1:0],
                                                                UsualOut[BeatBits-1:0]};
  end
  assign groups     = groups_table[half_i*CountBits +: CountBits];
  assign columns_in = columns_table[{half_i, row_ends_i}*CountBits +: CountBits];
  assign beats_out  = beats_table[{half_i, row_ends_i}*BeatBits +: BeatBits];

  logic [CountBits-1:0]               columns_left_q;  // to be moved
  logic [CountBits-1:0]               groups_left_q;   // not all moved
  logic [PlaceBits-1:0]               place_q;         // of the column in its group
  logic [KernelBits-1:0]              half_q;
  logic                               row_ends_q;
  logic [Columns*Rows*SumBits-1:0]    sums_q;          // the column in front lowest
  logic                               last_place, offered, through, taken, moves;
  logic [SumsABeat*SumBits-1:0]       beat;

  assign idle_o     = columns_left_q == '0 && through;
  assign last_place = place_q == {half_q, 1'b0};
  assign offered    = groups_left_q != '0 && (row_ends_q ? place_q >= {1'b0, half_q} : last_place);
  assign moves      = columns_left_q != '0 && (!offered || taken);

  qnn_kraken_gearbox #(
    .InLanes(Rows), .OutLanes(SumsABeat), .LaneWidth(SumBits), .InBits(CountBits),
    .OutBits(BeatBits)
  ) u_adapter (
    .clk_i, .rst_ni, .begin_i(capture_i), .beats_in_i(columns_in), .beats_out_i(beats_out),
    .through_o(through), .valid_i(offered), .ready_o(taken), .data_i(sums_q[ColumnSums-1:0]),
    .valid_o, .ready_i, .data_o(beat)
  );
  if (SumBits == OutputBits) begin : gen_same
    assign data_o = beat;
  end else begin : gen_extend
    qnn_signed #(
      .Lanes(SumsABeat), .Width(SumBits), .Kind(1), .OutWidth(OutputBits)
    ) u_signed (
      .data_i(beat), .data_o
    );
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      columns_left_q <= '0;
      groups_left_q  <= '0;
    end else if (capture_i) begin
      columns_left_q <= AllColumns;
      groups_left_q  <= groups;
    end else if (moves) begin
      columns_left_q <= columns_left_q - 1'b1;
      if (last_place && groups_left_q != '0) groups_left_q <= groups_left_q - 1'b1;
    end
    if (capture_i) begin
      half_q     <= half_i;
      row_ends_q <= row_ends_i;
      place_q    <= '0;
      sums_q     <= sums_i;
    end else if (moves) begin
      place_q <= last_place ? '0 : place_q + 1'b1;
      sums_q  <= sums_q >> ColumnSums;
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (Rows < 1 || Columns < 1 || SumBits < 1 || SumBits > OutputBits) begin
      $fatal(1, "qnn_kraken_output: Rows %0d, Columns %0d, SumBits %0d or OutputBits %0d", Rows,
             Columns, SumBits, OutputBits);
    end
    if (SumsABeat * OutputBits != AxiBits) begin
      $fatal(1, "qnn_kraken_output: OutputBits %0d do not divide AxiBits %0d", OutputBits,
             AxiBits);
    end
  end
  CaptureOnlyWhenIdle: assert property (@(posedge clk_i) disable iff (!rst_ni)
      capture_i |-> idle_o);
  OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif
endmodule
