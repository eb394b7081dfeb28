// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/kernel.h"
#include "models/mac_style.h"
#include "models/pipeline.h"

namespace qnnsim {

struct VvuParams {
  int channels = 1;          ///< [channels]
  int window = 1;            ///< [kernel positions]: kernel_h * kernel_w
  int pe = 1;                ///< [channels per cycle], divides `channels`
  int simd = 1;              ///< [kernel positions per cycle], divides `window`
  std::uint64_t pixels = 1;  ///< [output pixels per frame]
  DataType input_type = DataType::bipolar();
  DataType weight_type = DataType::bipolar();
  DataType output_type = DataType::signed_integer(32);
  bool weight_stream = false;   ///< weights arrive on input 1, [simd][pe] a beat
  std::string memory = "auto";  ///< of the weights: auto, lut, bram or uram
  MacStyle mac = MacStyle::kLut;
  bool narrow_weights = false;  ///< no weight is the least value of `weight_type`

  int folds_in() const { return window / simd; }   ///< SF [beats per output beat]
  int folds_out() const { return channels / pe; }  ///< NF [beats per pixel]
  std::uint64_t tiles() const { return std::uint64_t(folds_in()) * folds_out(); }
  MacArray mac_array() const;
};

/// `weights` [channels][window] in the order in which they are used: tiles [simd][pe].
std::vector<Value> weight_tiles(const VvuParams& params, const std::vector<Value>& weights);

/// Vector-vector unit: the depthwise convolution, pe x simd multiply-accumulates a cycle.
///
/// Takes depthwise windows (channel fold outermost), a beat being [simd kernel positions][pe
/// channels]; one beat a cycle, an output beat mac_pipeline_depth(simd) cycles after the last of
/// its window. Cycles: FINN, C/vectorvectoractivation.py:389, (channels kernel_h kernel_w / PE /
/// SIMD) a pixel. RTL: rtl/qnn_vvu.sv.
class Vvu final : public Kernel {
 public:
  /// `weights` [channels][window]; needed by `carry_data` and `rtl` unless they are a stream.
  explicit Vvu(VvuParams params, std::vector<Value> weights = {});
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return inputs().front().beats; }
  std::uint64_t macs() const override;
  std::uint64_t dsps() const override { return params_.mac_array().dsps(); }
  std::string idle_lanes() const override;
  std::string memory_style() const override { return params_.memory; }
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "vvu"; }
  Traits traits() const override;
  std::vector<KernelMemory> memories() const override;
  std::optional<Schedule> schedule() const override;
  void carry_data() override;

 private:
  void require_weights() const;
  void accumulate();

  const VvuParams params_;
  Pipeline pipeline_;
  int fold_in_ = 0;
  int fold_out_ = 0;
  const std::vector<Value> weights_;
  std::vector<Value> sums_;  ///< [pe]
};

}  // namespace qnnsim
