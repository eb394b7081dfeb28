// SPDX-License-Identifier: Apache-2.0
//
// The pixel shifter of the Kraken engine, with the width adapter in front of it.
//
// A packet is a header and vectors of Rows pixels (and, where the kernel is higher than 1, the
// MaxKernel / 2 rows below them). A vector is loaded together with the rows above it, which the
// edge RAM keeps from the row block before (0 above the map), and gives a beat a cycle for each row
// of the kernel. The next one is loaded as the last beat leaves. The first vector may be loaded
// Reconfigure + 1 cycles after the last beat of a header. `ready_o` depends combinationally on
// `ready_i` and, where the adapter keeps nothing, on `valid_i`; `valid_o` on nothing.
// Model: models/kraken/kraken_pixels.h.
module qnn_kraken_pixels #(
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
  /// Cycles from a header until its packet may begin.
  parameter integer Reconfigure = 4
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,  // synchronous, active low
  input  logic                      valid_i,
  output logic                      ready_o,
  input  logic [AxiBits-1:0]        data_i,
  output logic                      valid_o,
  input  logic                      ready_i,
  output logic [Rows*PixelBits-1:0] data_o
);
  localparam integer Edges         = MaxKernel / 2;
  localparam integer Blocks        = (MaxWidth + Rows - 1) / Rows;
  localparam integer KernelBits    = MaxKernel > 3 ? $clog2(Edges + 1) : 1;
  localparam integer ChannelBits   = MaxChannels > 1 ? $clog2(MaxChannels) : 1;
  localparam integer ColumnBits    = MaxWidth > 1 ? $clog2(MaxWidth) : 1;
  localparam integer BlockBits     = Blocks > 1 ? $clog2(Blocks) : 1;
  localparam integer ImageBits     = MaxImages > 1 ? $clog2(MaxImages) : 1;
  localparam integer WordBits      = WeightDepth > 1 ? $clog2(WeightDepth) : 1;
  localparam integer RowBits       = KernelBits + 1;
  localparam integer PixelsABeat   = AxiBits / PixelBits;
  localparam integer HighRows      = Rows + Edges;          // of a vector
  localparam integer WindowRows    = Rows + 2 * Edges;
  localparam integer VectorBits    = HighRows * PixelBits;
  localparam integer WindowBits    = WindowRows * PixelBits;
  // Of products of sizes.
  localparam integer PlaceBits     = ChannelBits + ColumnBits + 1;
  localparam integer MapBits       = BlockBits + ImageBits + 1;
  localparam integer CountBits     = ChannelBits + ColumnBits + BlockBits + ImageBits + 1;
  localparam integer BeatBits      = CountBits + $clog2(HighRows + 1);
  localparam integer BeatShift     = $clog2(PixelsABeat);
  localparam integer SpareLanes    = PixelsABeat - 1;
  localparam integer WaitBits      = $clog2(Reconfigure + 1);
  localparam [CountBits-1:0] One   = 1;
  localparam [BeatBits-1:0]  Low   = BeatBits'(Rows);
  localparam [BeatBits-1:0]  High  = BeatBits'(HighRows);
  localparam [BeatBits-1:0]  Spare = BeatBits'(SpareLanes);
  localparam [WaitBits-1:0]  Wait  = Reconfigure[WaitBits-1:0];

  // The header.
  logic                   in_header_q;  // it comes next
  logic                   take_header, header_ends;
  logic [KernelBits-1:0]  half_h, half_q, unused_half_w;
  logic [ChannelBits-1:0] channels, channels_q;
  logic [ColumnBits-1:0]  columns, columns_q;
  logic [BlockBits-1:0]   blocks, blocks_q;
  logic [ImageBits-1:0]   images, images_q;
  logic [WordBits-1:0]    unused_words;

  assign take_header = in_header_q && valid_i;

  qnn_kraken_header #(
    .AxiBits(AxiBits), .KernelBits(KernelBits), .ChannelBits(ChannelBits),
    .ColumnBits(ColumnBits), .BlockBits(BlockBits), .ImageBits(ImageBits), .WordBits(WordBits)
  ) u_header (
    .clk_i, .rst_ni, .take_i(take_header), .data_i, .last_o(header_ends), .half_h_o(half_h),
    .half_w_o(unused_half_w), .channels_o(channels), .columns_o(columns), .blocks_o(blocks),
    .images_o(images), .words_o(unused_words)
  );

  // What follows from it, one product a cycle: vectors and beats of the packet.
  logic [WaitBits-1:0]  wait_q;
  logic                 configured, is_low;
  logic [PlaceBits-1:0] places_q, wide_columns, wide_channels;
  logic [MapBits-1:0]   maps_q, wide_blocks, wide_images;
  logic [CountBits-1:0] vectors_q;
  logic [BeatBits-1:0]  beats_q;

  assign configured    = wait_q == {{(WaitBits - 1){1'b0}}, 1'b1};
  assign is_low        = half_q == '0;
  assign wide_channels = {{(PlaceBits - ChannelBits){1'b0}}, channels_q} + 1'b1;
  assign wide_columns  = {{(PlaceBits - ColumnBits){1'b0}}, columns_q} + 1'b1;
  assign wide_blocks   = {{(MapBits - BlockBits){1'b0}}, blocks_q} + 1'b1;
  assign wide_images   = {{(MapBits - ImageBits){1'b0}}, images_q} + 1'b1;

  always_ff @(posedge clk_i) begin
    places_q  <= wide_channels * wide_columns;
    maps_q    <= wide_blocks * wide_images;
    vectors_q <= {{(CountBits - PlaceBits){1'b0}}, places_q} *
                 {{(CountBits - MapBits){1'b0}}, maps_q};
    beats_q   <= ({{(BeatBits - CountBits){1'b0}}, vectors_q} * (is_low ? Low : High) + Spare) >>
                 BeatShift;
  end

  // The adapters: one for a kernel of height 1, one for every other.
  logic                      in_vectors_q;  // neither header nor configuration
  logic                      load, give, take;
  logic                      low_ready, low_valid, unused_low_through;
  logic                      vector_valid, adapter_ready;
  logic [Rows*PixelBits-1:0] low_vector;
  logic [VectorBits-1:0]     vector;
  logic [WindowBits-1:0]     window;

  qnn_kraken_gearbox #(
    .InLanes(PixelsABeat), .OutLanes(Rows), .LaneWidth(PixelBits), .InBits(BeatBits),
    .OutBits(CountBits)
  ) u_low (
    .clk_i, .rst_ni, .begin_i(configured && is_low), .beats_in_i(beats_q),
    .beats_out_i(vectors_q), .through_o(unused_low_through), .valid_i(take && is_low),
    .ready_o(low_ready), .data_i, .valid_o(low_valid), .ready_i(load && is_low),
    .data_o(low_vector)
  );

  // Only so that the adapters see a beat where it is theirs.
  assign take    = in_vectors_q && valid_i;
  assign ready_o = in_header_q || (in_vectors_q && adapter_ready);

  // Where a vector is in its packet.
  logic [CountBits-1:0]   vectors_left_q, vectors_left;
  logic [ChannelBits-1:0] channel_q;
  logic [ColumnBits-1:0]  column_q;
  logic [BlockBits-1:0]   block_q;
  logic                   last_channel, last_column;
  logic                   loaded_q, last_row, stays_loaded, ends;
  logic [RowBits-1:0]     row_q;  // of the kernel, of the next beat
  logic [WindowBits-1:0]  window_q;

  assign valid_o      = loaded_q;
  assign give         = loaded_q && ready_i;
  assign last_row     = row_q == {half_q, 1'b0};
  assign load         = in_vectors_q && (!loaded_q || (give && last_row)) &&
                        vectors_left_q != '0 && vector_valid;
  assign stays_loaded = load || (loaded_q && !(give && last_row));
  assign vectors_left = load ? vectors_left_q - One : vectors_left_q;
  assign ends         = in_vectors_q && !stays_loaded && vectors_left == '0;
  assign last_channel = channel_q == channels_q;
  assign last_column  = column_q == columns_q;
  assign data_o       = window_q[Rows*PixelBits-1:0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      in_header_q    <= 1'b1;
      in_vectors_q   <= 1'b0;
      wait_q         <= '0;
      loaded_q       <= 1'b0;
      vectors_left_q <= '0;
      channel_q      <= '0;
      column_q       <= '0;
      block_q        <= '0;
    end else begin
      if (take_header && header_ends) in_header_q <= 1'b0;
      else if (ends) in_header_q <= 1'b1;
      if (take_header && header_ends) wait_q <= Wait;
      else if (wait_q != '0) wait_q <= wait_q - 1'b1;
      if (configured) in_vectors_q <= 1'b1;
      else if (ends) in_vectors_q <= 1'b0;
      loaded_q       <= stays_loaded;
      vectors_left_q <= configured ? vectors_q : vectors_left;
      if (load) channel_q <= last_channel ? '0 : channel_q + 1'b1;
      if (load && last_channel) column_q <= last_column ? '0 : column_q + 1'b1;
      if (load && last_channel && last_column) begin
        block_q <= block_q == blocks_q ? '0 : block_q + 1'b1;
      end
    end
    if (take_header && header_ends) begin
      half_q     <= half_h;
      channels_q <= channels;
      columns_q  <= columns;
      blocks_q   <= blocks;
      images_q   <= images;
    end
    if (load) row_q <= '0;
    else if (give) row_q <= row_q + 1'b1;
    if (load) window_q <= window;
    else if (give) window_q <= window_q >> PixelBits;
  end

  if (Edges == 0) begin : gen_low
    assign vector_valid  = low_valid;
    assign adapter_ready = low_ready;
    assign vector        = low_vector;
    assign window        = vector;
  end else begin : gen_edges
    localparam integer EdgeBits    = Edges * PixelBits;
    localparam integer AddressBits = EdgeDepth > 1 ? $clog2(EdgeDepth) : 1;

    logic                   high_ready, high_valid, unused_high_through;
    logic [VectorBits-1:0]  high_vector;
    logic                   read_q;   // the edges of the next vector, a cycle after a load
    logic [AddressBits-1:0] place_q;  // of the next vector
    logic [EdgeBits-1:0]    kept, edges, edges_d;
    logic [31:0]            shift;

    qnn_kraken_gearbox #(
      .InLanes(PixelsABeat), .OutLanes(HighRows), .LaneWidth(PixelBits), .InBits(BeatBits),
      .OutBits(CountBits)
    ) u_high (
      .clk_i, .rst_ni, .begin_i(configured && !is_low), .beats_in_i(beats_q),
      .beats_out_i(vectors_q), .through_o(unused_high_through), .valid_i(take && !is_low),
      .ready_o(high_ready), .data_i, .valid_o(high_valid), .ready_i(load && !is_low),
      .data_o(high_vector)
    );
    assign vector_valid  = is_low ? low_valid : high_valid;
    assign adapter_ready = is_low ? low_ready : high_ready;
    assign vector        = is_low ? {{EdgeBits{1'b0}}, low_vector} : high_vector;

    // A vector stays for 3 cycles at least where it has edges: they are read while it does.
    qnn_ram #(.Width(EdgeBits), .Depth(EdgeDepth)) u_edges (
      .clk_i,
      .write_i         (load && !is_low),
      .write_address_i (place_q),
      .data_i          (edges_d),
      .read_i          (read_q),
      .read_address_i  (place_q),
      .data_o          (kept)
    );
    assign edges  = block_q == '0 ? '0 : kept;
    assign shift  = PixelBits * (Edges - {{(32 - KernelBits){1'b0}}, half_q});
    assign window = WindowBits'({vector, edges} >> shift);

    // The last rows of the edges and the block together.
    logic [Rows*PixelBits-1:0] unused_above;

    assign {edges_d, unused_above} = {vector[Rows*PixelBits-1:0], edges};

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        read_q  <= 1'b0;
        place_q <= '0;
      end else begin
        read_q <= load;
        if (load) place_q <= last_channel && last_column ? '0 : place_q + 1'b1;
      end
    end

`ifndef SYNTHESIS
    initial begin
      if (EdgeDepth < 1) $fatal(1, "qnn_kraken_pixels: EdgeDepth %0d is less than 1", EdgeDepth);
    end
    EdgesFit: assert property (@(posedge clk_i) disable iff (!rst_ni)
        load && !is_low |-> {{(32 - AddressBits){1'b0}}, place_q} < EdgeDepth);
    EdgesAreThere: assert property (@(posedge clk_i) disable iff (!rst_ni)
        load && !is_low |-> !read_q);
`endif
  end

`ifndef SYNTHESIS
  initial begin
    if (Rows < 1 || Columns < 1 || PixelBits < 1) begin
      $fatal(1, "qnn_kraken_pixels: Rows %0d, Columns %0d or PixelBits %0d is less than 1", Rows,
             Columns, PixelBits);
    end
    if (PixelsABeat * PixelBits != AxiBits || 1 << BeatShift != PixelsABeat) begin
      $fatal(1, "qnn_kraken_pixels: AxiBits %0d / PixelBits %0d is no power of two", AxiBits,
             PixelBits);
    end
    if (MaxKernel % 2 != 1) $fatal(1, "qnn_kraken_pixels: MaxKernel %0d is even", MaxKernel);
    // The products take three cycles.
    if (Reconfigure < 4) begin
      $fatal(1, "qnn_kraken_pixels: Reconfigure %0d is less than 4", Reconfigure);
    end
  end
  OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif
endmodule
