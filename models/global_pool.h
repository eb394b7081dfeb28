// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/pipelined_kernel.h"
#include "models/pooling.h"

namespace qnnsim {

struct GlobalPoolParams {
  int channels = 1;          ///< [channels]
  int pe = 1;                ///< [channels per beat], divides `channels`
  std::uint64_t pixels = 1;  ///< [input pixels per frame]
  PoolMode mode = PoolMode::kMax;
  DataType input_type = DataType::bipolar();
  DataType output_type = DataType::bipolar();
};

/// Pools a whole map into one pixel; an accumulator per channel.
///
/// One input beat a cycle; the results leave while the last pixel enters, pool_latency cycles
/// behind it. (FINN's GlobalAccPool, C/globalaccpool.py:147, takes channels / PE cycles more to
/// read them out.) RTL: rtl/qnn_global_pool.sv.
class GlobalPool final : public PipelinedKernel {
 public:
  explicit GlobalPool(GlobalPoolParams params);
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "global_pool"; }
  Traits traits() const override;
  std::vector<KernelMemory> memories() const override;

 private:
  void issue(Value* result) override;
  void prepare_data() override {
    accumulators_.assign(params_.channels, PoolAccumulator(params_.mode));
  }

  const GlobalPoolParams params_;
  int fold_ = 0;
  std::vector<PoolAccumulator> accumulators_;
};

}  // namespace qnnsim
