// SPDX-License-Identifier: Apache-2.0
#include "models/mvu.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "models/block.h"
#include "models/dot_products.h"
#include "models/matrix_unit.h"

namespace qnnsim {
namespace {

MvuParams checked(MvuParams p) {
  require_positive("mvu", "rows", p.rows);
  require_positive("mvu", "columns", p.columns);
  require_positive("mvu", "vectors", p.vectors);
  require_divisor("mvu", "pe", p.pe, "rows", p.rows);
  require_divisor("mvu", "simd", p.simd, "columns", p.columns);
  require_divisor("mvu", "groups", p.groups, "vectors", p.vectors);
  require(p.mmv == 1 || (p.mmv > 1 && p.pe == p.rows && p.groups == 1),
          "mvu: mmv " + std::to_string(p.mmv) + " needs pe = rows and a single group");
  require_positive("mvu", "tile", p.tile);
  require(p.tile == 1 || (p.weight_stream && p.groups == 1),
          "mvu: tile " + std::to_string(p.tile) + " needs a weight stream and a single group");
  require(p.vectors % p.tile == 0 || p.tile % p.vectors == 0,
          "mvu: tile " + std::to_string(p.tile) + " neither divides vectors " +
              std::to_string(p.vectors) + " nor is a multiple of it");
  const std::string refusal = p.mac_array().refusal();
  require(refusal.empty(), "mvu: " + refusal);
  return p;
}

std::vector<Port> input_ports(const MvuParams& p) {
  std::vector<Port> ports = {{p.simd * p.mmv, p.input_type, p.vectors * p.folds_in()}};
  if (p.weight_stream) {
    ports.push_back({p.simd * p.pe, p.weight_type, p.vectors * p.folds_in() * p.folds_out()});
  }
  return ports;
}

bool fits(DataType type, int bits) {
  return type.min() >= -(std::int64_t{1} << (bits - 1)) &&
         type.max() < (std::int64_t{1} << (bits - 1));
}

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  MvuParams p;
  p.rows = a.count("rows");
  p.columns = a.count("columns");
  p.groups = a.count("groups", 1);
  p.mmv = a.count("mmv", 1);
  p.tile = a.count("tile", 1);
  p.vectors = static_cast<std::uint64_t>(a.count("vectors", p.groups));
  read_matrix_unit(a, p);
  return std::make_unique<Mvu>(p);
}

const BlockRegistration kBlock("mvu", create_block);

}  // namespace

int mac_pipeline_depth(int simd) { return 5 + clog2(simd); }

MacArray MvuParams::mac_array() const {
  MacArray array = matrix_unit_mac_array(*this);
  array.mmv = mmv;
  return array;
}

std::vector<Value> weight_tiles(const MvuParams& params, const std::vector<Value>& weights) {
  std::vector<Value> tiles;
  tiles.reserve(weights.size());
  for (int first_row = 0; first_row < params.groups * params.rows; first_row += params.pe) {
    for (int first = 0; first < params.columns; first += params.simd) {
      for (int pe = 0; pe < params.pe; ++pe) {
        const Value* row = &weights[std::int64_t(first_row + pe) * params.columns + first];
        tiles.insert(tiles.end(), row, row + params.simd);
      }
    }
  }
  return tiles;
}

Mvu::Mvu(MvuParams params, std::vector<Value> weights)
    : Kernel{input_ports(checked(params)),
             {{params.pe * params.mmv, params.output_type, params.vectors * params.folds_out()}}},
      params_(params),
      sf_(params.folds_in()),
      nf_(params.folds_out()),
      buffered_(nf_ > 1),
      pipeline_(mac_pipeline_depth(params.simd)),
      weights_(std::move(weights)) {}

Step Mvu::tick(Cycle) {
  Fifo& input = in();
  Fifo& output = out();
  const std::int64_t fold = vector_start_ + fold_in_;
  const bool operand = buffered_ ? received_ > fold : input.can_pop();
  const bool weights = !params_.weight_stream || in(1).can_pop();
  const bool starved = !operand || !weights;
  const bool completes = fold_in_ == sf_ - 1;
  const bool issues = !starved && (!completes || pipeline_.has_room(output));
  const bool still = pipeline_.is_still(output);

  bool accepts = issues;
  if (buffered_) {
    const std::int64_t tile_start = vector_start_ - std::int64_t{vector_} * sf_;
    const std::int64_t oldest = fold_out_ == nf_ - 1 ? fold : tile_start;
    accepts = input.can_pop() && received_ - oldest < 2 * tile_folds();
  }
  if (accepts) {
    if (data_) store(received_);
    input.pop();
    ++received_;
  }
  if (issues && params_.weight_stream) {
    if (data_) accumulate_tile();
    in(1).pop();
  }
  if (issues && completes && data_) compute(pipeline_.issue_slot());
  pipeline_.advance(output, issues && completes);
  if (issues) {
    step_position();
    return Step::busy();
  }
  return starved ? Step::starved(still && !accepts, operand) : Step::blocked(still && !accepts);
}

void Mvu::step_position() {
  if (++fold_in_ < sf_) return;
  fold_in_ = 0;
  vector_start_ += sf_;
  if (++vector_ < params_.tile) return;
  vector_ = 0;
  if (++fold_out_ < nf_) {
    vector_start_ -= tile_folds();
    return;
  }
  fold_out_ = 0;
  if (++group_ == params_.groups) group_ = 0;
}

std::uint64_t Mvu::frame_interval() const {
  return params_.vectors * std::uint64_t(sf_) * std::uint64_t(nf_);
}

std::string Mvu::idle_lanes() const {
  return params_.mac_array().idle_lanes(params_.rows, params_.columns);
}

std::uint64_t Mvu::macs() const {
  return params_.vectors * std::uint64_t(params_.mmv) * params_.rows * params_.columns;
}

void Mvu::require_weights() const {
  require(weights_.size() == std::size_t(params_.groups) * params_.rows * params_.columns,
          "mvu: as many weights as the matrices hold are needed");
}

std::optional<RtlModule> Mvu::rtl() const {
  RtlModule module("qnn_mvu");
  module.set("FoldsIn", sf_)
      .set("FoldsOut", nf_)
      .set("Groups", params_.groups)
      .set("Mmv", params_.mmv)
      .set("Tile", params_.tile);
  return matrix_unit_rtl(std::move(module), params_, [this] {
    require_weights();
    return weight_tiles(params_, weights_);
  });
}

void Mvu::carry_data() {
  data_ = std::make_unique<Data>();
  pipeline_.carry_data(outputs().front().lanes);
  const std::size_t elements = std::size_t(kept_vectors()) * params_.mmv * params_.columns;
  if (params_.weight_stream) {
    data_->vectors32.resize(elements);
    data_->sums.assign(outputs().front().lanes, 0);
    return;
  }
  require_weights();
  if (!fits(params_.input_type, 16) || !fits(params_.weight_type, 16)) {
    data_->weights32 = std::move(weights_);
    data_->vectors32.resize(elements);
    return;
  }
  data_->vectors16.resize(elements);
  if (fits(params_.weight_type, 8)) {
    data_->weights8.assign(weights_.begin(), weights_.end());
  } else {
    data_->weights16.assign(weights_.begin(), weights_.end());
  }
  weights_ = {};
}

std::int64_t Mvu::vector_place(std::int64_t fold, int m) const {
  return (fold / sf_ % kept_vectors() * params_.mmv + m) * params_.columns;
}

void Mvu::store(std::int64_t fold) {
  // A beat is mmv pieces of simd elements, one of each vector.
  const Value* piece = in().front();
  for (int m = 0; m < params_.mmv; ++m, piece += params_.simd) {
    const std::int64_t place = vector_place(fold, m) + fold % sf_ * params_.simd;
    if (data_->vectors16.empty()) {
      std::copy_n(piece, params_.simd, &data_->vectors32[place]);
    } else {
      std::transform(piece, piece + params_.simd, &data_->vectors16[place],
                     [](Value x) { return static_cast<std::int16_t>(x); });
    }
  }
}

void Mvu::accumulate_tile() {
  const Value* tile = in(1).front();
  if (fold_in_ == 0) std::fill(data_->sums.begin(), data_->sums.end(), 0);
  std::vector<Value> products(params_.pe);
  for (int m = 0; m < params_.mmv; ++m) {
    const Value* x = &data_->vectors32[vector_place(vector_start_, m) + fold_in_ * params_.simd];
    dot_products(tile, x, params_.pe, params_.simd, products.data());
    for (int pe = 0; pe < params_.pe; ++pe) data_->sums[m * params_.pe + pe] += products[pe];
  }
}

void Mvu::compute(Value* result) const {
  if (params_.weight_stream) {
    std::copy(data_->sums.begin(), data_->sums.end(), result);
    return;
  }
  const std::int64_t first =
      (std::int64_t{group_} * params_.rows + fold_out_ * params_.pe) * params_.columns;
  for (int m = 0; m < params_.mmv; ++m, result += params_.pe) {
    const std::int64_t x = vector_place(vector_start_, m);
    if (!data_->weights8.empty()) {
      dot_products(&data_->weights8[first], &data_->vectors16[x], params_.pe, params_.columns,
                   result);
    } else if (!data_->weights16.empty()) {
      dot_products(&data_->weights16[first], &data_->vectors16[x], params_.pe, params_.columns,
                   result);
    } else {
      dot_products(&data_->weights32[first], &data_->vectors32[x], params_.pe, params_.columns,
                   result);
    }
  }
}

std::optional<Schedule> Mvu::schedule() const {
  Schedule schedule;
  schedule.latency = pipeline_.depth();
  // With a buffer, a period is a tile; without, a result.
  const std::int64_t folds = buffered_ ? tile_folds() : sf_;
  schedule.beats = buffered_ ? folds : 0;
  schedule.capacity = 2 * schedule.beats;
  const int taken = (buffered_ ? 0 : 1) + (params_.weight_stream ? 1 : 0);
  for (int row = 0; row < nf_; ++row) {
    // While a whole vector is replayed, nothing can be missing and nothing becomes free.
    const bool whole = row != 0 && row != nf_ - 1 && taken == 0;
    for (std::int64_t fold = 0; fold < folds; fold += whole ? folds : 1) {
      Issue issue;
      issue.newest = buffered_ ? static_cast<std::int32_t>(fold) : -1;
      issue.oldest = row == nf_ - 1 ? static_cast<std::int32_t>(fold) : 0;
      issue.first_input = buffered_ ? 1 : 0;
      issue.inputs = static_cast<std::uint16_t>(taken);
      issue.cycles = whole ? sf_ : 1;
      issue.emits = whole || fold % sf_ == sf_ - 1 ? 1 : 0;
      schedule.issues.push_back(issue);
    }
  }
  return schedule;
}

Traits Mvu::traits() const {
  return matrix_unit_traits(params_, {{"rows", params_.rows},
                                      {"columns", params_.columns},
                                      {"groups", params_.groups},
                                      {"mmv", params_.mmv},
                                      {"tile", params_.tile},
                                      {"vectors", static_cast<std::int64_t>(params_.vectors)}});
}

std::vector<KernelMemory> Mvu::memories() const {
  std::vector<KernelMemory> memories =
      matrix_unit_memories(params_, outputs().front(), pipeline_.depth());
  if (nf_ > 1) {
    // The replay buffer of two vectors: rtl/qnn_replay_buffer.sv.
    const auto slots = static_cast<std::uint64_t>(2 * params_.tile * sf_);
    memories.push_back({slots, inputs().front().width_bits()});
  }
  return memories;
}

}  // namespace qnnsim
