// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/pipelined_kernel.h"

namespace qnnsim {

struct AddParams {
  int pe = 1;                         ///< [channels per beat]
  std::uint64_t beats = 1;            ///< [beats per frame]
  std::vector<DataType> input_types;  ///< two or more
  DataType output_type = DataType::signed_integer(32);
};

/// Element-wise sum of two or more streams; one beat a cycle, taken from all inputs at once;
/// latency 1. RTL: rtl/qnn_add.sv.
class Add final : public PipelinedKernel {
 public:
  explicit Add(AddParams params);
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "add"; }
  Traits traits() const override;

 private:
  void issue(Value* result) override;
  const int pe_;
};

}  // namespace qnnsim
