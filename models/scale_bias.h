// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/pipelined_kernel.h"

namespace qnnsim {

struct ScaleBiasParams {
  int channels = 1;          ///< [channels]
  int pe = 1;                ///< [channels per beat], divides `channels`
  std::uint64_t pixels = 1;  ///< [pixels per frame]
  DataType input_type = DataType::signed_integer(8);
  DataType output_type = DataType::signed_integer(32);

  /// [cycles]: parameter read, multiplication, addition.
  static constexpr int kLatency = 3;
};

/// y = scale * x + bias per channel; one beat a cycle, latency ScaleBiasParams::kLatency.
/// RTL: rtl/qnn_scale_bias.sv.
class ScaleBias final : public PipelinedKernel {
 public:
  /// `scale` and `bias` [channels]; used only after `carry_data`.
  explicit ScaleBias(ScaleBiasParams params, std::vector<Value> scale = {},
                     std::vector<Value> bias = {});
  /// The RTL holds the constants: without them it throws ParameterError.
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "scale_bias"; }
  Traits traits() const override;
  std::vector<KernelMemory> memories() const override;

 private:
  void issue(Value* result) override;
  void prepare_data() override { require_constants(); }
  void require_constants() const;

  const ScaleBiasParams params_;
  const std::vector<Value> scale_;
  const std::vector<Value> bias_;
  int fold_ = 0;
};

}  // namespace qnnsim
