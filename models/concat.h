// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/kernel.h"
#include "models/pipeline.h"
#include "models/tensor.h"

namespace qnnsim {

struct ConcatParams {
  std::vector<int> channels;          ///< [channels] of each input, two or more
  std::vector<DataType> input_types;  ///< of each input
  int pe = 1;                         ///< [channels per beat], divides every entry of `channels`
  std::uint64_t pixels = 1;           ///< [pixels per frame]
  DataType output_type = DataType::signed_integer(32);

  int total_channels() const;
};

/// Joins streams along the channels: of every pixel first the beats of input 0, then of input 1,
/// ... One beat a cycle, latency 1. RTL: rtl/qnn_concat.sv.
class Concat final : public Kernel {
 public:
  explicit Concat(ConcatParams params);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return outputs().front().beats; }
  bool waits_for_input(std::size_t index) const override { return index == selected_; }
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "concat"; }
  Traits traits() const override;
  std::optional<Schedule> schedule() const override;
  void carry_data() override { pipeline_.carry_data(params_.pe); }

 private:
  const ConcatParams params_;
  Pipeline pipeline_{1};
  std::size_t selected_ = 0;
  int fold_ = 0;
};

}  // namespace qnnsim
