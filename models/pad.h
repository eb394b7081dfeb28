// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kernel.h"
#include "models/pipeline.h"

namespace qnnsim {

struct PadParams {
  int height = 1;    ///< [pixels] of the unpadded map
  int width = 1;     ///< [pixels] of the unpadded map
  int channels = 1;  ///< [channels]
  int simd = 1;      ///< [channels per beat], divides `channels`
  int top = 0;       ///< [pixels]
  int left = 0;      ///< [pixels]
  int bottom = 0;    ///< [pixels]
  int right = 0;     ///< [pixels]
  Value value = 0;   ///< of a padding element
  DataType type = DataType::bipolar();

  int padded_height() const { return height + top + bottom; }
  int padded_width() const { return width + left + right; }
};

/// Surrounds a feature map with constant pixels.
///
/// One output beat a cycle, latency 1. A padding beat needs no input, so the top rows of a frame
/// leave before the frame arrives, from reset on. Schedule: Xilinx/finn, finn-rtllib/fmpadding
/// (facts: frame period (H+pt+pb)(W+pl+pr)C/SIMD, measured). RTL: rtl/qnn_pad.sv.
class Pad final : public Kernel {
 public:
  explicit Pad(PadParams params);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return outputs().front().beats; }
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "pad"; }
  Traits traits() const override;
  std::optional<Schedule> schedule() const override;
  void carry_data() override { pipeline_.carry_data(params_.simd); }

 private:
  /// Is this pixel of the padded map one of the input's?
  bool is_inside(int y, int x) const {
    return y >= params_.top && y < params_.top + params_.height && x >= params_.left &&
           x < params_.left + params_.width;
  }
  void step_position();

  const PadParams params_;
  const int folds_;  ///< [beats per pixel]
  Pipeline pipeline_{1};
  int y_ = 0;
  int x_ = 0;
  int fold_ = 0;
};

}  // namespace qnnsim
