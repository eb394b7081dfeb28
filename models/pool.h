// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/pipelined_kernel.h"
#include "models/pooling.h"

namespace qnnsim {

struct PoolParams {
  int channels = 1;          ///< [channels]
  int window = 1;            ///< [pixels]: kernel_h * kernel_w
  int pe = 1;                ///< [channels per beat], divides `channels`
  bool parallel = false;     ///< a beat is a whole window, [window][pe]
  std::uint64_t pixels = 1;  ///< [output pixels per frame]
  PoolMode mode = PoolMode::kMax;
  DataType input_type = DataType::bipolar();
  DataType output_type = DataType::bipolar();
};

/// Max or average pooling over the depthwise windows of a sliding window.
///
/// One input beat a cycle; the result leaves pool_latency cycles after its window's last beat.
/// Cycles: FINN, C/pool.py:138, (channels k^2 / PE) an output pixel.
/// RTL: rtl/qnn_pool.sv.
class Pool final : public PipelinedKernel {
 public:
  explicit Pool(PoolParams params);
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "pool"; }
  Traits traits() const override;

 private:
  void issue(Value* result) override;
  void prepare_data() override { accumulators_.assign(params_.pe, PoolAccumulator(params_.mode)); }

  const PoolParams params_;
  std::vector<PoolAccumulator> accumulators_;
};

}  // namespace qnnsim
