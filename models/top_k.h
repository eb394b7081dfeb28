// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/gearbox.h"

namespace qnnsim {

struct TopKParams {
  int channels = 1;          ///< [channels] of a pixel: the classes
  int pe = 1;                ///< [channels per beat], divides `channels`
  int k = 1;                 ///< [indices per pixel], 1..channels
  std::uint64_t pixels = 1;  ///< [pixels per frame]
  DataType input_type = DataType::signed_integer(32);

  DataType index_type() const;
};

/// The indices of the k largest channels of every pixel, largest first; the lower index wins a tie.
///
/// Takes a beat a cycle and gives one index a beat (label select); the next pixel enters while the
/// indices of this one leave.
/// Cycles: FINN, C/labelselect.py:182, labels / PE. RTL: rtl/qnn_top_k.sv.
class TopK final : public Gearbox {
 public:
  explicit TopK(TopKParams params);
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "top_k"; }
  Traits traits() const override;

 private:
  struct Candidate {
    Value value;
    int index;
  };

  void take(std::uint64_t beat) override;
  void hand_over() override;
  void give(std::uint64_t beat, Value* result) const override;

  const TopKParams params_;
  std::vector<Candidate> best_;
  std::vector<Candidate> holding_;
};

}  // namespace qnnsim
