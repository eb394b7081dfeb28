// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "models/mac_style.h"
#include "tests/models/draw.h"

namespace qnnsim::test {

/// Draws what multiplies in a matrix unit, and whether its weights are narrow.
template <typename Params>
void draw_mac(Params& p, Draw& draw) {
  p.narrow_weights = p.weight_type.is_signed() && !p.weight_type.is_bipolar() && draw.one_in(3);
  p.mac = static_cast<MacStyle>(draw.between(0, 3));
  if (!p.mac_array().refusal().empty()) p.mac = MacStyle::kLut;
}

/// Weights without the least value of their type.
inline void make_narrow(std::vector<Value>& weights, DataType type) {
  std::replace(weights.begin(), weights.end(), static_cast<Value>(type.min()),
               static_cast<Value>(type.min() + 1));
}

}  // namespace qnnsim::test
