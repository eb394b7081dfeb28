// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/kernel.h"
#include "models/pressure.h"

namespace qnnsim {

/// The input port: offers `frames` frames, one beat a cycle when its pressure allows. An offered
/// beat stays offered until it is taken; the cadence of `interval` goes on meanwhile.
class Source final : public Kernel {
 public:
  /// `values`: frames x beats x lanes, used only after `carry_data`.
  Source(Port port, std::uint64_t frames, Pressure pressure, std::vector<Value> values = {});
  Step tick(Cycle now) override;
  /// With random or recorded stalls a lower bound.
  std::uint64_t frame_interval() const override {
    return outputs().front().beats * pressure_.interval();
  }
  void carry_data() override;

  const Pressure& pressure() const { return pressure_; }
  /// Cycle in which the first beat was accepted; kNever before.
  Cycle first_accepted() const { return first_accepted_; }

 private:
  const std::uint64_t total_;
  const int lanes_;
  const Pressure pressure_;
  const std::vector<Value> values_;
  bool offered_ = false;
  std::uint64_t sent_ = 0;
  Cycle next_offer_ = 0;
  Cycle first_accepted_ = kNever;
};

}  // namespace qnnsim
