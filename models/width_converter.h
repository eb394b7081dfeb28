// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/gearbox.h"

namespace qnnsim {

struct WidthConverterParams {
  int lanes_in = 1;            ///< [elements per input beat]
  int lanes_out = 1;           ///< [elements per output beat]
  std::uint64_t elements = 1;  ///< [elements per frame], a multiple of lcm(lanes_in, lanes_out)
  DataType type = DataType::bipolar();

  int group() const;  ///< [elements] least common multiple of both widths
};

/// Changes the width of a stream by any ratio, through the least common multiple of both widths.
///
/// Takes and emits up to one beat a cycle: max(input beats, output beats) cycles a frame.
/// RTL: rtl/qnn_width_converter.sv.
class WidthConverter final : public Gearbox {
 public:
  explicit WidthConverter(WidthConverterParams params);
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "width_converter"; }
  Traits traits() const override;
  void carry_data() override;

 private:
  void take(std::uint64_t beat) override;
  void hand_over() override { holding_.swap(collecting_); }
  void give(std::uint64_t beat, Value* result) const override;

  const WidthConverterParams params_;
  std::vector<Value> collecting_;
  std::vector<Value> holding_;
};

}  // namespace qnnsim
