// SPDX-License-Identifier: Apache-2.0
//
// The binary search of one lane: how many of Steps ascending levels are no greater than the value?
//
// Stage n finds bit Stages - 1 - n of the count: count and bit are passed if level number count +
// bit (counted from 1) exists and is no greater than the value. Its levels are a memory of its own
// with registered reads; it reads both levels that the bit before it chooses from, so an address
// comes from registers and is known a cycle ahead.
//
// Rate 1 a cycle, latency Stages - 1 cycles: the last stage ends combinationally. No reset and no
// enable.
module qnn_threshold_lane #(
  /// Levels of a channel, and bits of their count.
  parameter integer Steps = 1,
  parameter integer Stages = $clog2(Steps + 1),
  /// Channels of the lane, and width of their number [bits].
  parameter integer Folds = 1,
  parameter integer FoldWidth = Folds > 1 ? $clog2(Folds) : 1,
  /// Width of the value [bits], two's complement.
  parameter integer ValueWidth = 8,
  /// Width [bits] and kind of a level.
  parameter integer LevelWidth = 8,
  parameter integer LevelKind = 1,
  /// What the levels are made of: "auto", "lut", "bram" or "uram".
  parameter [31:0] Style = "auto",
  /// Files of the levels, as $readmemh reads them: for stage 1 of lane 12
  /// "<LevelFile>_0001_0012.hex".
  parameter LevelFile = "",
  parameter integer Lane = 0
) (
  input  logic                        clk_i,
  input  logic [FoldWidth-1:0]        next_fold_i,  // the fold of the coming cycle
  input  logic [Stages*FoldWidth-1:0] folds_i,      // entry n: that of the value in stage n
  input  logic [ValueWidth-1:0]       value_i,
  output logic [Stages-1:0]           count_o
);
  localparam integer LevelNumber  = LevelKind == 1 ? LevelWidth : LevelWidth + 1;
  localparam integer CompareWidth = LevelNumber > ValueWidth ? LevelNumber : ValueWidth;
  localparam [Stages-1:0] LastStep = Steps[Stages-1:0];

  function automatic [31:0] four_digits(input [31:0] number);
    four_digits = "0000" + number % 10 + ((number / 10 % 10) << 8) +
                  ((number / 100 % 10) << 16) + ((number / 1000 % 10) << 24);
  endfunction

  logic [FoldWidth-1:0] unused_fold;
  assign unused_fold = folds_i[(Stages-1)*FoldWidth +: FoldWidth];

  for (genvar n = 0; n < Stages; n++) begin : gen_stage
    // One level, or below and above it the two that the bit before chooses from.
    localparam integer Levels       = n == 0 ? 1 : 2;
    localparam integer Depth        = n == 0 ? Folds : Folds << (n - 1);
    localparam integer AddressWidth = Depth > 1 ? $clog2(Depth) : 1;
    localparam [Stages-1:0] Bit     = 1 << (Stages - 1 - n);

    logic                           exists;
    logic [AddressWidth-1:0]        address;
    logic [Levels*LevelWidth-1:0]   word;
    logic [LevelWidth-1:0]          level;
    logic signed [CompareWidth-1:0] bound, operand;
    logic [ValueWidth-1:0]          value;
    logic [Stages-1:0]              count, tested, next;

    qnn_rom #(
      .Width (Levels * LevelWidth),
      .Depth (Depth),
      .Style (Style),
      .File  (LevelFile == "" ? ""
              : {LevelFile, "_", four_digits(n), "_", four_digits(Lane), ".hex"})
    ) u_levels (
      .clk_i,
      .address_i (address),
      .data_o    (word)
    );

    if (n == 0) begin : gen_first
      assign address = next_fold_i;
      assign value   = value_i;
      assign count   = '0;
      assign level   = word;
    end else begin : gen_later
      logic [FoldWidth+Stages-AddressWidth-1:0] unused_above;
      logic [Stages-1:0]                        count_q;
      logic [ValueWidth-1:0]                    value_q;

      // The fold and the bits that are known a stage before.
      assign {unused_above, address} =
          {folds_i[(n-1)*FoldWidth +: FoldWidth], gen_stage[n-1].count} >> (Stages - n + 1);

      always_ff @(posedge clk_i) begin
        count_q <= gen_stage[n-1].next;
        value_q <= gen_stage[n-1].value;
      end
      assign value = value_q;
      assign count = count_q;
      assign level = count_q[Stages-n] ? word[LevelWidth +: LevelWidth] : word[0 +: LevelWidth];
    end

    qnn_signed #(.Width(LevelWidth), .Kind(LevelKind), .OutWidth(CompareWidth)) u_bound (
      .data_i(level), .data_o(bound)
    );
    qnn_signed #(.Width(ValueWidth), .Kind(1), .OutWidth(CompareWidth)) u_operand (
      .data_i(value), .data_o(operand)
    );
    assign tested = count | Bit;
    if (Steps == (1 << Stages) - 1) begin : gen_all_exist
      assign exists = 1'b1;
    end else begin : gen_some_exist
      assign exists = tested <= LastStep;
    end
    assign next = exists && bound <= operand ? tested : count;
  end

  assign count_o = gen_stage[Stages-1].next;

`ifndef SYNTHESIS
  initial begin
    if (Steps < 1 || Folds < 1 || ValueWidth < 1) begin
      $fatal(1, "qnn_threshold_lane: Steps %0d, Folds %0d, ValueWidth %0d: less than 1", Steps,
             Folds, ValueWidth);
    end
    if (Stages != $clog2(Steps + 1)) begin
      $fatal(1, "qnn_threshold_lane: Stages %0d do not count %0d Steps", Stages, Steps);
    end
  end
`endif
endmodule
