// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/kernel.h"
#include "models/pipeline.h"

namespace qnnsim {

struct WeightMemoryParams {
  int lanes = 1;            ///< [weights per beat]: pe x simd
  std::uint64_t tiles = 1;  ///< [beats] until the memory wraps around
  std::uint64_t beats = 1;  ///< [beats per frame]
  DataType type = DataType::bipolar();
};

/// Streams the weight tiles of a matrix unit, over and over, from reset on.
///
/// One tile a cycle, latency 2 (address, output register).
/// Behaviour: Xilinx/finn, finn-rtllib/memstream (main: first valid cycle 2, II 1).
/// RTL: rtl/qnn_weight_memory.sv.
class WeightMemory final : public Kernel {
 public:
  /// `tiles` in stream order, `lanes` values each; used only after `carry_data`.
  explicit WeightMemory(WeightMemoryParams params, std::vector<Value> tiles = {});
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return params_.beats; }
  /// The RTL holds the tiles: without them it throws ParameterError.
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "weight_memory"; }
  Traits traits() const override;
  std::vector<KernelMemory> memories() const override;
  std::optional<Schedule> schedule() const override;
  void carry_data() override;

 private:
  void require_tiles() const;

  const WeightMemoryParams params_;
  const std::vector<Value> tiles_;
  Pipeline pipeline_{2};
  std::uint64_t address_ = 0;
};

}  // namespace qnnsim
