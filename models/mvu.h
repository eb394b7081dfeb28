// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/kernel.h"
#include "models/mac_style.h"
#include "models/pipeline.h"
#include "models/tensor.h"

namespace qnnsim {

/// The multiply-accumulate pipeline behind the operand fetch: pre-adder, multiplier, adder tree
/// over `simd`, accumulator, lane correction, and the operand register in front. [cycles] Deep
/// enough for the packed-DSP cores (facts, Xilinx/finn mvu_4sx4u: 5 stages and the tree).
int mac_pipeline_depth(int simd);

struct MvuParams {
  int rows = 1;     ///< matrix height of one group: output channels per group
  int columns = 1;  ///< matrix width of one group: kernel_h * kernel_w * input channels per group
  int pe = 1;       ///< [rows per cycle], divides `rows`
  int simd = 1;     ///< [columns per cycle], divides `columns`
  int groups = 1;   ///< successive vectors meet the groups' matrices in turn
  int mmv = 1;      ///< [vectors per beat], all meet the same weights
  int tile = 1;     ///< [vectors / mmv] that meet a row of weight tiles before the next row comes;
                    ///< more than one needs a weight stream. A frame is made of tiles or a tile of
                    ///< frames
  std::uint64_t vectors = 1;  ///< [vectors / mmv per frame], all groups counted
  DataType input_type = DataType::bipolar();
  DataType weight_type = DataType::bipolar();
  DataType output_type = DataType::signed_integer(32);
  bool weight_stream = false;   ///< weights arrive on input 1, one tile [pe][simd] a beat
  std::string memory = "auto";  ///< of the weights: auto, lut, bram or uram
  MacStyle mac = MacStyle::kLut;
  bool narrow_weights = false;  ///< no weight is the least value of `weight_type`

  int folds_in() const { return columns / simd; }  ///< SF [beats per vector]
  int folds_out() const { return rows / pe; }      ///< NF [beats per vector]
  std::uint64_t tiles() const {                    ///< [tiles of pe x simd weights] in all
    return std::uint64_t(folds_in()) * folds_out() * groups;
  }
  MacArray mac_array() const;
};

/// `weights` [groups * rows][columns] in the order in which they are used: tiles [pe][simd].
std::vector<Value> weight_tiles(const MvuParams& params, const std::vector<Value>& weights);

/// Matrix-vector unit: y = W x for a stream of vectors, pe x simd multiply-accumulates a cycle.
///
/// One (vector fold, weight tile) pair a cycle: SF x NF cycles a vector without a gap. A vector is
/// held in a replay buffer of two vectors, so the next one is fetched while this one is replayed; a
/// fold that entered at edge t is issued from t+1 on, and its slot is free from the edge after its
/// last replay on. With NF = 1 there is no buffer: the fold is issued as it is taken. A result
/// leaves mac_pipeline_depth(simd) cycles after the issue that completes it. A blocked output stops
/// the issue that would complete a result too many (Pipeline); the replay buffer goes on filling.
///
/// `tile` vectors are replayed as one: each of them meets the SF weight tiles of a row before the
/// first meets those of the next. Beats of results leave in that order, [NF][tile]; the weight
/// stream repeats each row `tile` times (ReorderBuffer). The replay buffer holds 2 x `tile`
/// vectors. Cycles: FINN, C/matrixvectoractivation.py, (MH/PE)(MW/SIMD) a vector. RTL:
/// rtl/qnn_mvu.sv.
class Mvu final : public Kernel {
 public:
  /// `weights` [groups * rows][columns]; needed by `carry_data` and `rtl` unless they are a stream.
  explicit Mvu(MvuParams params, std::vector<Value> weights = {});
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override;
  std::uint64_t macs() const override;
  std::uint64_t dsps() const override { return params_.mac_array().dsps(); }
  std::string idle_lanes() const override;
  std::string memory_style() const override { return params_.memory; }
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "mvu"; }
  Traits traits() const override;
  std::vector<KernelMemory> memories() const override;
  std::optional<Schedule> schedule() const override;
  void carry_data() override;

 private:
  /// What the arithmetic keeps; the schedule works without. While a vector is replayed for the last
  /// time, the second vector behind it may already enter: a result, computed from the whole vector
  /// when its last fold is issued, needs a third place.
  struct Data {
    // One pair is in use: the narrowest that holds weights and inputs.
    std::vector<std::int8_t> weights8;    ///< [groups * rows][columns]
    std::vector<std::int16_t> weights16;  ///< [groups * rows][columns]
    std::vector<Value> weights32;         ///< [groups * rows][columns]
    std::vector<std::int16_t> vectors16;  ///< [kept_vectors()][mmv][columns]
    std::vector<Value> vectors32;         ///< [kept_vectors()][mmv][columns]
    std::vector<Value> sums;              ///< [mmv][pe], where the weights are a stream
  };

  int kept_vectors() const { return 2 * params_.tile + 1; }
  /// [beats] that are replayed as one
  std::int64_t tile_folds() const { return std::int64_t{params_.tile} * sf_; }
  void require_weights() const;
  void store(std::int64_t fold);
  /// Where vector m of the mmv side by side begins whose fold `fold` is one of.
  std::int64_t vector_place(std::int64_t fold, int m) const;
  void compute(Value* result) const;
  void accumulate_tile();
  void step_position();

  const MvuParams params_;
  const int sf_;
  const int nf_;
  const bool buffered_;
  Pipeline pipeline_;
  std::int64_t received_ = 0;      ///< [folds] that have entered the replay buffer
  std::int64_t vector_start_ = 0;  ///< [folds] first of the present vector
  int fold_in_ = 0;
  int vector_ = 0;  ///< of the tile
  int fold_out_ = 0;
  int group_ = 0;
  std::unique_ptr<Data> data_;
  std::vector<Value> weights_;
};

}  // namespace qnnsim
