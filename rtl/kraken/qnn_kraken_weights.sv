// SPDX-License-Identifier: Apache-2.0
//
// The weights rotator of the Kraken engine, with the width adapter in front of it.
//
// A packet is a header and words of Columns weights. It fills one of two RAMs while the other is
// read: all its words over and over, once for every column of pixels. Each word leaves with its
// control word, both at the same edge. A header is taken when the RAM to be filled is free. Switch
// cycles after a RAM is full and the other one has been read, its first word is read, a word a
// cycle; it leaves 2 cycles later. `weights_valid_o` depends combinationally on `control_ready_i`
// and `control_valid_o` on `weights_ready_i`; the FIFOs behind them cut the path.
//
// Control word, from the least significant bit on: the sums begin anew; the last word for this
// column of pixels; no sums leave for this column; the last column of the map; kernel width / 2.
// Model: models/kraken/kraken_weights.h.
module qnn_kraken_weights #(
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
  /// Cycles from a full RAM until its first word is read.
  parameter integer Switch = 3,
  /// Width of the control word [bits].
  parameter integer ControlBits = 4 + (MaxKernel > 3 ? $clog2(MaxKernel / 2 + 1) : 1)
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,  // synchronous, active low
  input  logic                          valid_i,
  output logic                          ready_o,
  input  logic [AxiBits-1:0]            data_i,
  output logic                          weights_valid_o,
  input  logic                          weights_ready_i,
  output logic [Columns*WeightBits-1:0] weights_data_o,
  output logic                          control_valid_o,
  input  logic                          control_ready_i,
  output logic [ControlBits-1:0]        control_data_o
);
  localparam integer Blocks       = (MaxWidth + Rows - 1) / Rows;
  localparam integer KernelBits   = ControlBits - 4;
  localparam integer ChannelBits  = MaxChannels > 1 ? $clog2(MaxChannels) : 1;
  localparam integer ColumnBits   = MaxWidth > 1 ? $clog2(MaxWidth) : 1;
  localparam integer BlockBits    = Blocks > 1 ? $clog2(Blocks) : 1;
  localparam integer ImageBits    = MaxImages > 1 ? $clog2(MaxImages) : 1;
  localparam integer WordBits     = WeightDepth > 1 ? $clog2(WeightDepth) : 1;
  localparam integer WeightsABeat = AxiBits / WeightBits;
  localparam integer WordWidth    = Columns * WeightBits;
  localparam integer BeatBits     = WordBits + 1 + $clog2(Columns + 1);
  localparam integer BeatShift    = $clog2(WeightsABeat);
  localparam integer SpareLanes   = WeightsABeat - 1;
  localparam integer SpareBits    = BeatBits > BeatShift ? BeatBits + 1 : BeatShift + 1;
  localparam integer SwitchBits   = $clog2(Switch + 1);
  localparam integer CompareBits  = ColumnBits > KernelBits ? ColumnBits : KernelBits;
  localparam integer ConfigBits   = KernelBits + ColumnBits + BlockBits + ImageBits + WordBits;
  localparam [SpareBits-1:0]  PerWord = Columns[SpareBits-1:0];
  localparam [SpareBits-1:0]  Spare   = SpareLanes[SpareBits-1:0];
  localparam [SwitchBits-1:0] Wait    = Switch[SwitchBits-1:0];

  logic [1:0]              full_q;  // by bank
  logic [1:0]              fills, frees;
  logic [2*WordWidth-1:0]  words;
  logic [2*ConfigBits-1:0] configs;

  // Filling: a header, then words.
  logic                   filling_q;  // words come next
  logic                   fill_bank_q, fill_bank_full;
  logic                   take_header, header_ends, begins;
  logic                   adapter_ready, write, last_write, unused_through;
  logic [KernelBits-1:0]  half, unused_half_h;
  logic [ChannelBits-1:0] unused_channels;
  logic [ColumnBits-1:0]  columns;
  logic [BlockBits-1:0]   blocks;
  logic [ImageBits-1:0]   images;
  logic [WordBits-1:0]    words_less_one, fill_last_q, fill_word_q;
  logic [WordBits:0]      word_count;
  logic [SpareBits-1:0]   beats;
  logic [WordWidth-1:0]   word;

  assign fill_bank_full = fill_bank_q ? full_q[1] : full_q[0];
  assign take_header    = valid_i && !filling_q && !fill_bank_full;
  assign begins         = take_header && header_ends;
  assign ready_o        = filling_q ? adapter_ready : !fill_bank_full;
  assign last_write     = write && fill_word_q == fill_last_q;
  assign fills          = {last_write && fill_bank_q, last_write && !fill_bank_q};
  assign word_count     = {1'b0, words_less_one} + 1'b1;
  assign beats          = ({{(SpareBits - WordBits - 1){1'b0}}, word_count} * PerWord + Spare) >>
                          BeatShift;

  qnn_kraken_header #(
    .AxiBits(AxiBits), .KernelBits(KernelBits), .ChannelBits(ChannelBits),
    .ColumnBits(ColumnBits), .BlockBits(BlockBits), .ImageBits(ImageBits), .WordBits(WordBits)
  ) u_header (
    .clk_i, .rst_ni, .take_i(take_header), .data_i, .last_o(header_ends),
    .half_h_o(unused_half_h), .half_w_o(half), .channels_o(unused_channels), .columns_o(columns),
    .blocks_o(blocks), .images_o(images), .words_o(words_less_one)
  );

  qnn_kraken_gearbox #(
    .InLanes(WeightsABeat), .OutLanes(Columns), .LaneWidth(WeightBits), .InBits(SpareBits),
    .OutBits(WordBits + 1)
  ) u_adapter (
    .clk_i, .rst_ni, .begin_i(begins), .beats_in_i(beats), .beats_out_i(word_count),
    .through_o(unused_through), .valid_i(valid_i && filling_q), .ready_o(adapter_ready), .data_i,
    .valid_o(write), .ready_i(1'b1), .data_o(word)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      filling_q   <= 1'b0;
      fill_bank_q <= 1'b0;
    end else begin
      if (begins) filling_q <= 1'b1;
      else if (last_write) filling_q <= 1'b0;
      if (last_write) fill_bank_q <= !fill_bank_q;
    end
    if (begins) fill_last_q <= words_less_one;
    if (begins) fill_word_q <= '0;
    else if (write) fill_word_q <= fill_word_q + 1'b1;
  end

  // Reading: images, row blocks, columns of pixels, and words, the innermost.
  logic                   reading_q, read_bank_q, read_bank_full;
  logic                   advance, read;
  logic [SwitchBits-1:0]  switch_q;
  logic [KernelBits-1:0]  read_half;
  logic [ColumnBits-1:0]  last_column, column_q;
  logic [BlockBits-1:0]   last_block, block_q;
  logic [ImageBits-1:0]   last_image, image_q;
  logic [WordBits-1:0]    last_word, word_q;
  logic                   ends_word, ends_column, ends_block, ends_image, ends_packet;
  logic                   bypass, masked;

  assign {read_half, last_column, last_block, last_image, last_word} =
      read_bank_q ? configs[ConfigBits +: ConfigBits] : configs[0 +: ConfigBits];
  assign read_bank_full = read_bank_q ? full_q[1] : full_q[0];
  assign read           = reading_q && advance;
  assign ends_word      = word_q == last_word;
  assign ends_column    = column_q == last_column;
  assign ends_block     = block_q == last_block;
  assign ends_image     = image_q == last_image;
  assign ends_packet    = read && ends_word && ends_column && ends_block && ends_image;
  assign frees          = {ends_packet && read_bank_q, ends_packet && !read_bank_q};
  assign bypass         = word_q == '0 && (column_q == '0 || read_half == '0);
  assign masked         = {{(CompareBits - ColumnBits){1'b0}}, column_q} <
                          {{(CompareBits - KernelBits){1'b0}}, read_half};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      full_q      <= 2'b00;
      reading_q   <= 1'b0;
      read_bank_q <= 1'b0;
      switch_q    <= Wait;
      word_q      <= '0;
      column_q    <= '0;
      block_q     <= '0;
      image_q     <= '0;
    end else begin
      full_q <= (full_q | fills) & ~frees;
      if (ends_packet) begin
        reading_q   <= 1'b0;
        read_bank_q <= !read_bank_q;
        switch_q    <= Wait;
      end else if (!reading_q && read_bank_full) begin
        reading_q <= switch_q == {{(SwitchBits - 1){1'b0}}, 1'b1};
        switch_q  <= switch_q - 1'b1;
      end
      if (read) word_q <= ends_word ? '0 : word_q + 1'b1;
      if (read && ends_word) column_q <= ends_column ? '0 : column_q + 1'b1;
      if (read && ends_word && ends_column) block_q <= ends_block ? '0 : block_q + 1'b1;
      if (read && ends_word && ends_column && ends_block) begin
        image_q <= ends_image ? '0 : image_q + 1'b1;
      end
    end
  end

  for (genvar i = 0; i < 2; i = i + 1) begin : gen_bank
    localparam integer Bank = i;
    logic [ConfigBits-1:0] config_q;

    assign configs[i*ConfigBits +: ConfigBits] = config_q;
    always_ff @(posedge clk_i) begin
      if (begins && fill_bank_q == Bank[0]) begin
        config_q <= {half, columns, blocks, images, words_less_one};
      end
    end

    qnn_ram #(.Width(WordWidth), .Depth(WeightDepth)) u_words (
      .clk_i,
      .write_i         (write && fill_bank_q == Bank[0]),
      .write_address_i (fill_word_q),
      .data_i          (word),
      .read_i          (read && read_bank_q == Bank[0]),
      .read_address_i  (word_q),
      .data_o          (words[i*WordWidth +: WordWidth])
    );
  end

  // The RAM's register, and one behind it.
  logic                   valid0_q, valid1_q, bank0_q;
  logic [ControlBits-1:0] control0_q;

  assign weights_valid_o = valid1_q && control_ready_i;
  assign control_valid_o = valid1_q && weights_ready_i;
  assign advance         = !valid1_q || (weights_ready_i && control_ready_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid0_q <= 1'b0;
      valid1_q <= 1'b0;
    end else if (advance) begin
      valid0_q <= read;
      valid1_q <= valid0_q;
    end
    if (advance) begin
      bank0_q        <= read_bank_q;
      control0_q     <= {read_half, ends_column, masked, ends_word, bypass};
      control_data_o <= control0_q;
      weights_data_o <= bank0_q ? words[WordWidth +: WordWidth] : words[0 +: WordWidth];
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (Columns < 1 || WeightBits < 1 || WeightDepth < 1 || Switch < 1) begin
      $fatal(1, "qnn_kraken_weights: Columns %0d, WeightBits %0d, WeightDepth %0d, Switch %0d: %s",
             Columns, WeightBits, WeightDepth, Switch, "less than 1");
    end
    if (WeightsABeat * WeightBits != AxiBits || 1 << BeatShift != WeightsABeat) begin
      $fatal(1, "qnn_kraken_weights: AxiBits %0d / WeightBits %0d is no power of two", AxiBits,
             WeightBits);
    end
    if (ControlBits != 4 + (MaxKernel > 3 ? $clog2(MaxKernel / 2 + 1) : 1)) begin
      $fatal(1, "qnn_kraken_weights: ControlBits %0d does not follow from MaxKernel %0d",
             ControlBits, MaxKernel);
    end
  end
  WordsFit: assert property (@(posedge clk_i) disable iff (!rst_ni)
      write |-> {{(32 - WordBits){1'b0}}, fill_word_q} < WeightDepth);
  NoOverflow: assert property (@(posedge clk_i) disable iff (!rst_ni) (full_q & fills) == 2'b00);
  OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid1_q && !advance |=> valid1_q && $stable(weights_data_o) && $stable(control_data_o));
`endif
endmodule
