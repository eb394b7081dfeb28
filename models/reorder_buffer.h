// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/kernel.h"
#include "models/pipeline.h"

namespace qnnsim {

/// For every block of beats: for a < outer, for b < inner: beat a * outer_stride + b *
/// inner_stride.
struct ReorderBufferParams {
  int lanes = 1;  ///< [elements per beat]
  DataType type = DataType::bipolar();
  std::uint64_t beats = 1;  ///< [input beats per frame]; a frame is made of blocks or a block of
                            ///< frames
  int block = 1;            ///< [input beats]
  int outer = 1;
  int outer_stride = 0;  ///< [beats]
  int inner = 1;
  int inner_stride = 1;         ///< [beats]; the nest ends with the last beat of the block
  std::string memory = "auto";  ///< auto, lut, bram or uram

  /// Every block of `block` beats `times` times over.
  static ReorderBufferParams repetition(int block, int times);
  /// Every block of `rows` x `columns` beats, which come row by row, column by column.
  static ReorderBufferParams transposition(int rows, int columns);

  /// [output beats] of a block
  std::int64_t results() const { return std::int64_t{outer} * inner; }
  std::uint64_t output_beats() const { return beats * std::uint64_t(results()) / block; }
};

/// Gives the beats of a block in another order, or several times.
///
/// A memory of two blocks: while one leaves, the next one enters. At most one beat enters and one
/// leaves a cycle, without a gap between blocks: max(input beats, output beats) cycles. A beat that
/// entered at edge t may be issued at t+1, whether the rest of its block is there or not; it stands
/// in the output register (latency 1) and may be pushed at t+2. The places of a block are free from
/// the edge after the last issue of the block on, all at once.
/// RTL: rtl/qnn_reorder_buffer.sv.
class ReorderBuffer final : public Kernel {
 public:
  explicit ReorderBuffer(ReorderBufferParams params);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override;
  std::string memory_style() const override { return params_.memory; }
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "reorder_buffer"; }
  Traits traits() const override;
  std::vector<KernelMemory> memories() const override;
  std::optional<Schedule> schedule() const override;
  void carry_data() override;

 private:
  std::int64_t capacity() const { return 2 * std::int64_t{params_.block}; }
  /// The beat to be issued next, as its place in the block.
  std::int64_t place() const {
    return std::int64_t{outer_} * params_.outer_stride +
           std::int64_t{inner_} * params_.inner_stride;
  }
  Value* slot(std::int64_t beat) { return &slots_[beat % capacity() * params_.lanes]; }
  void step_position();

  const ReorderBufferParams params_;
  Pipeline pipeline_{1};
  std::int64_t received_ = 0;  ///< [beats]
  std::int64_t block_start_ = 0;
  int outer_ = 0;
  int inner_ = 0;
  std::vector<Value> slots_;
};

}  // namespace qnnsim
