// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/kernel.h"
#include "models/pressure.h"
#include "models/source.h"

namespace qnnsim {

/// The output port: takes a beat a cycle when its pressure allows, and notes when frames are
/// complete.
class Sink final : public Kernel {
 public:
  Sink(Port port, std::uint64_t frames, Pressure pressure);
  Step tick(Cycle now) override;
  /// With random or recorded stalls a lower bound.
  std::uint64_t frame_interval() const override {
    return inputs().front().beats * pressure_.interval();
  }
  void carry_data() override { carries_data_ = true; }

  const Pressure& pressure() const { return pressure_; }
  bool done() const { return taken_ == total_; }
  std::uint64_t beats() const { return taken_; }
  Cycle first_output() const { return first_output_; }  ///< kNever before
  /// Cycle of the last beat of each frame that is complete.
  const std::vector<Cycle>& frame_ends() const { return frame_ends_; }
  /// All values taken so far, in order; empty unless data is carried.
  const std::vector<Value>& values() const { return values_; }

 private:
  const std::uint64_t beats_;
  const std::uint64_t total_;
  const int lanes_;
  const Pressure pressure_;
  bool carries_data_ = false;
  std::uint64_t taken_ = 0;
  Cycle next_ready_ = 0;
  Cycle first_output_ = kNever;
  std::vector<Cycle> frame_ends_;
  std::vector<Value> values_;
};

}  // namespace qnnsim
