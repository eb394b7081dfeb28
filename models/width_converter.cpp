// SPDX-License-Identifier: Apache-2.0
#include "models/width_converter.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>

#include "models/block.h"

namespace qnnsim {
namespace {

WidthConverterParams checked(WidthConverterParams p) {
  require_positive("width converter", "lanes_in", p.lanes_in);
  require_positive("width converter", "lanes_out", p.lanes_out);
  require_positive("width converter", "elements", p.elements);
  require(p.elements % p.group() == 0,
          "width converter: beats of " + std::to_string(p.lanes_in) + " and " +
              std::to_string(p.lanes_out) + " elements meet only every " +
              std::to_string(p.group()) + " elements, but a frame has " +
              std::to_string(p.elements));
  return p;
}

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  WidthConverterParams p;
  p.lanes_in = a.count("lanes_in");
  p.lanes_out = a.count("lanes_out");
  p.elements = static_cast<std::uint64_t>(a.count("elements", p.group()));
  p.type = a.type("type");
  return std::make_unique<WidthConverter>(p);
}

const BlockRegistration kBlock("width_converter", create_block);

}  // namespace

int WidthConverterParams::group() const { return std::lcm(lanes_in, lanes_out); }

WidthConverter::WidthConverter(WidthConverterParams params)
    : Gearbox{{params.lanes_in, params.type, checked(params).elements / params.lanes_in},
              {params.lanes_out, params.type, params.elements / params.lanes_out},
              std::uint64_t(params.group() / params.lanes_in),
              std::uint64_t(params.group() / params.lanes_out)},
      params_(params) {}

void WidthConverter::carry_data() {
  Gearbox::carry_data();
  collecting_.resize(params_.group());
  holding_.resize(params_.group());
}

void WidthConverter::take(std::uint64_t beat) {
  std::copy_n(in().front(), params_.lanes_in, &collecting_[beat * params_.lanes_in]);
}

void WidthConverter::give(std::uint64_t beat, Value* result) const {
  std::copy_n(&holding_[beat * params_.lanes_out], params_.lanes_out, result);
}

std::optional<RtlModule> WidthConverter::rtl() const {
  return RtlModule("qnn_width_converter")
      .set("InLanes", params_.lanes_in)
      .set("OutLanes", params_.lanes_out)
      .set("GroupIn", params_.group() / params_.lanes_in)
      .set("GroupOut", params_.group() / params_.lanes_out)
      .set("LaneWidth", params_.type.bits());
}

Traits WidthConverter::traits() const {
  return {{"lanes_in", params_.lanes_in},
          {"lanes_out", params_.lanes_out},
          {"group", params_.group()},
          {"elements", static_cast<std::int64_t>(params_.elements)},
          {"bits", params_.type.bits()}};
}

}  // namespace qnnsim
