// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/kernel.h"

namespace qnnsim {

struct ForkParams {
  int branches = 2;         ///< [outputs], at least 2
  int lanes = 1;            ///< [elements per beat]
  std::uint64_t beats = 1;  ///< [beats per frame]
  DataType type = DataType::bipolar();
};

/// Copies a stream to several readers.
///
/// One output register; every branch takes the beat when it has room (eager), and the next beat
/// enters in the cycle in which the last branch takes this one. Rate 1 beat a cycle, latency 1.
/// RTL: rtl/qnn_fork.sv.
class Fork final : public Kernel {
 public:
  explicit Fork(ForkParams params);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return inputs().front().beats; }
  bool waits_for_output(std::size_t index) const override { return owed_[index] != 0; }
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "fork"; }
  Traits traits() const override;
  std::optional<Schedule> schedule() const override;
  void carry_data() override { held_.resize(params_.lanes); }

 private:
  const ForkParams params_;
  std::vector<char> owed_;  ///< by branch: has not taken the held beat yet
  int owing_ = 0;           ///< number of such branches; 0: the register is empty
  std::vector<Value> held_;
};

}  // namespace qnnsim
