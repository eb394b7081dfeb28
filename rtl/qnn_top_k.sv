// SPDX-License-Identifier: Apache-2.0
//
// The indices of the K largest channels of every pixel, largest first; the lower index wins a tie.
//
// Takes a beat a cycle and gives one index a beat; the next pixel enters while the indices of this
// one leave. Latency 2 from the last beat of a pixel. All comparisons of a beat are made side by
// side: how many entries go before each one is its new place in the sorted list. `ready_o` depends
// combinationally on `ready_i`, `valid_o` on nothing; the FIFOs around every kernel cut the path.
// Model: models/top_k.h.
module qnn_top_k #(
  /// Beats of a pixel, and elements of a beat: Folds x Lanes channels.
  parameter integer Folds = 1,
  parameter integer Lanes = 1,
  /// Number of indices.
  parameter integer K = 1,
  /// Width [bits] and kind of an element.
  parameter integer InWidth = 8,
  parameter integer InKind = 1,
  /// Width of an index [bits].
  parameter integer IndexWidth = Folds * Lanes > 1 ? $clog2(Folds * Lanes) : 1
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,  // synchronous, active low
  input  logic                     valid_i,
  output logic                     ready_o,
  input  logic [Lanes*InWidth-1:0] data_i,
  output logic                     valid_o,
  input  logic                     ready_i,
  output logic [IndexWidth-1:0]    data_o
);
  // An entry of the list is {key, index}. A key is larger if its element is, as an unsigned number;
  // that of an empty entry is 0.
  localparam integer KeyWidth   = InWidth + 1;
  localparam integer EntryWidth = KeyWidth + IndexWidth;
  localparam integer Entries    = K + Lanes;
  localparam integer PlaceWidth = $clog2(Entries);
  localparam [KeyWidth-1:0] KeySign = InKind == 1 ? {2'b11, {(KeyWidth - 2){1'b0}}}
                                                  : {1'b1, {(KeyWidth - 1){1'b0}}};

  logic take, first, hand_over, give;

  qnn_gearbox #(.GroupIn(Folds), .GroupOut(K)) u_gearbox (
    .clk_i, .rst_ni, .valid_i, .ready_o, .valid_o, .ready_i, .take_o(take), .first_o(first),
    .hand_over_o(hand_over), .give_o(give)
  );

  logic [IndexWidth-1:0] first_index, next_index_q;  // of the beat

  assign first_index = first ? '0 : next_index_q;
  always_ff @(posedge clk_i) begin
    if (take) next_index_q <= first_index + Lanes[IndexWidth-1:0];
  end

  // The sorted list of this pixel, and behind it the elements of the beat.
  logic [K*EntryWidth-1:0]       best_q, best_d;
  logic [Entries*EntryWidth-1:0] entries;

  for (genvar i = 0; i < K; i++) begin : gen_best
    assign entries[i*EntryWidth +: EntryWidth] = first ? '0 : best_q[i*EntryWidth +: EntryWidth];
  end
  for (genvar i = 0; i < Lanes; i++) begin : gen_candidate
    assign entries[(K+i)*EntryWidth +: EntryWidth] = {
      KeySign ^ {1'b0, data_i[i*InWidth +: InWidth]}, first_index + i[IndexWidth-1:0]
    };
  end

  // passes[i*Lanes+lane]: the element of the lane stands behind entry i and goes before it. So an
  // entry's new place is its old one, plus those that pass it, less those that it passes.
  logic [Entries*Lanes-1:0]      passes;
  logic [Entries*PlaceWidth-1:0] places;

  for (genvar i = 0; i < Entries; i++) begin : gen_passes
    for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
      assign passes[i*Lanes+lane] = i < K + lane &&
          entries[(K+lane)*EntryWidth+IndexWidth +: KeyWidth] >
          entries[i*EntryWidth+IndexWidth +: KeyWidth];
    end
  end

  // Functions, not blocks: Icarus takes a block that reads what it writes to be sensitive to it.
  function automatic [PlaceWidth-1:0] place_of(input integer i, input [Entries*Lanes-1:0] who);
    place_of = i[PlaceWidth-1:0];
    for (integer lane = 0; lane < Lanes; lane++) begin
      if (who[i*Lanes+lane]) place_of = place_of + 1'b1;
    end
    for (integer earlier = 0; earlier < (i < K ? 0 : i); earlier++) begin
      if (who[earlier*Lanes+i-K]) place_of = place_of - 1'b1;
    end
  endfunction

  // The list moves down by Lanes places at most.
  function automatic [EntryWidth-1:0] entry_at(
    input integer i, input [Entries*PlaceWidth-1:0] where, input [Entries*EntryWidth-1:0] all
  );
    entry_at = '0;
    for (integer from = i > Lanes ? i - Lanes : 0; from < Entries; from++) begin
      if ((from <= i || from >= K) &&
          where[from*PlaceWidth +: PlaceWidth] == i[PlaceWidth-1:0]) begin
        entry_at = entry_at | all[from*EntryWidth +: EntryWidth];
      end
    end
  endfunction

  for (genvar i = 0; i < Entries; i++) begin : gen_place
    assign places[i*PlaceWidth +: PlaceWidth] = place_of(i, passes);
  end
  for (genvar i = 0; i < K; i++) begin : gen_sorted
    assign best_d[i*EntryWidth +: EntryWidth] = entry_at(i, places, entries);
  end

  logic [K*IndexWidth-1:0] found, holding_q;

  for (genvar i = 0; i < K; i++) begin : gen_found
    assign found[i*IndexWidth +: IndexWidth] = best_q[i*EntryWidth +: IndexWidth];
  end

  always_ff @(posedge clk_i) begin
    if (take) best_q <= best_d;
    if (hand_over) holding_q <= found;
    else if (give) holding_q <= holding_q >> IndexWidth;
  end
  assign data_o = holding_q[IndexWidth-1:0];

`ifndef SYNTHESIS
  initial begin
    if (Folds < 1 || Lanes < 1 || InWidth < 1) begin
      $fatal(1, "qnn_top_k: Folds %0d, Lanes %0d, InWidth %0d: less than 1", Folds, Lanes, InWidth);
    end
    if (K < 1 || K > Folds * Lanes) begin
      $fatal(1, "qnn_top_k: K %0d is not in 1..%0d", K, Folds * Lanes);
    end
  end
  OutputStable: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif
endmodule
