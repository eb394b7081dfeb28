// SPDX-License-Identifier: Apache-2.0
#include "sim/cost_model.h"

namespace qnnsim {

CostModel CostModel::load(const std::string& name, const Platform&, const Place&, Findings&) {
  CostModel model;
  model.name_ = name;
  return model;
}

Resources CostModel::of(const Kernel& kernel) const {
  Resources resources;
  resources.dsp = static_cast<std::int64_t>(kernel.dsps());
  return resources;
}

Resources CostModel::of_fifo(std::int64_t width, std::uint64_t depth) const {
  Resources resources;
  resources.lut = static_cast<std::int64_t>((depth + 31) / 32) * ((width + 1) / 2);
  return resources;
}

}  // namespace qnnsim
