// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/kernel.h"
#include "models/pipeline.h"
#include "models/tensor.h"

namespace qnnsim {

struct UpsampleParams {
  int height = 1;    ///< [pixels] of the input map
  int width = 1;     ///< [pixels] of the input map
  int channels = 1;  ///< [channels]
  int pe = 1;        ///< [channels per beat], divides `channels`
  int scale_h = 1;   ///< output rows per input row
  int scale_w = 1;   ///< output columns per input column
  DataType type = DataType::bipolar();

  int folds() const { return channels / pe; }  ///< [beats per pixel]
  /// [beats] of row buffer: one input row, and never less than the two that full rate takes.
  std::int64_t buffer_beats() const;
};

/// Nearest-neighbour upsampling.
///
/// One output beat a cycle. A beat that entered at edge t may be issued at t+1, which stands in the
/// output register (latency 1) and may be pushed at t+2. A row is held in a ring of one row; a slot
/// is free from the edge after its last use on, so the next row enters while this one leaves for
/// the last time. RTL: rtl/qnn_upsample.sv.
class Upsample final : public Kernel {
 public:
  explicit Upsample(UpsampleParams params);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return outputs().front().beats; }
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "upsample"; }
  Traits traits() const override;
  std::vector<KernelMemory> memories() const override;
  std::optional<Schedule> schedule() const override;
  void carry_data() override;

 private:
  /// The input beat that is to be emitted next.
  std::int64_t beat() const { return row_start_ + std::int64_t{x_} * params_.folds() + fold_; }
  /// The oldest input beat that is still to be emitted.
  std::int64_t oldest() const;
  void step_position();

  const UpsampleParams params_;
  const std::int64_t capacity_;
  Pipeline pipeline_{1};
  std::int64_t received_ = 0;
  std::int64_t row_start_ = 0;  ///< first beat of the row being emitted
  int row_copy_ = 0, x_ = 0, pixel_copy_ = 0, fold_ = 0;
  std::vector<Value> ring_;
};

/// The whole-tensor form.
Tensor upsample_nearest(const Tensor& x, int scale_h, int scale_w);

}  // namespace qnnsim
