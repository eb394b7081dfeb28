// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/pipelined_kernel.h"
#include "models/tensor.h"

namespace qnnsim {

struct ThresholdingParams {
  int channels = 1;          ///< [channels] of the feature map
  int pe = 1;                ///< [channels per beat], divides `channels`
  int steps = 1;             ///< [thresholds per channel]
  std::uint64_t pixels = 1;  ///< [pixels per frame]
  DataType input_type = DataType::signed_integer(32);
  DataType output_type = DataType::bipolar();
  std::string memory = "auto";  ///< of the thresholds: auto, lut, bram or uram

  /// [cycles] of a binary search, one stage a bit of the count.
  int latency() const { return steps > 1 ? clog2(std::int64_t{steps} + 1) : 1; }
};

/// y = |{ i : T_i <= x }| per channel, mapped onto the values of the output type; one beat a cycle.
///
/// Equation: Xilinx/finn, finn-rtllib/thresholding, @description. Latency:
/// ThresholdingParams::latency. RTL: rtl/qnn_thresholding.sv.
class Thresholding final : public PipelinedKernel {
 public:
  /// `levels` [channels][steps], ascending along steps; used only after `carry_data`.
  explicit Thresholding(ThresholdingParams params, std::vector<Value> levels = {});
  std::string memory_style() const override { return params_.memory; }
  /// The RTL holds the levels: without them it throws ParameterError.
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "thresholding"; }
  Traits traits() const override;
  std::vector<KernelMemory> memories() const override;

 private:
  void issue(Value* result) override;
  void prepare_data() override { require_levels(); }
  void require_levels() const;
  /// The levels of `lane` that stage `stage` of the search reads, fold by fold.
  std::vector<Value> stage_levels(int lane, int stage) const;

  const ThresholdingParams params_;
  const Value lowest_;   ///< result where no threshold is passed
  const Value spacing_;  ///< between successive results
  const std::vector<Value> levels_;
  int fold_ = 0;
};

/// The whole-tensor form; `levels` [channels][steps].
Tensor apply_thresholds(const Tensor& x, const std::vector<Value>& levels, DataType output);

}  // namespace qnnsim
