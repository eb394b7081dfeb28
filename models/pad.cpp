// SPDX-License-Identifier: Apache-2.0
#include "models/pad.h"

#include <algorithm>
#include <memory>

#include "models/block.h"

namespace qnnsim {
namespace {

PadParams checked(PadParams p) {
  require_positive("pad", "height", p.height);
  require_positive("pad", "width", p.width);
  require_positive("pad", "channels", p.channels);
  require_divisor("pad", "simd", p.simd, "channels", p.channels);
  require(p.top >= 0 && p.left >= 0 && p.bottom >= 0 && p.right >= 0,
          "pad: top, left, bottom or right is negative");
  require(p.type.holds(p.value),
          "pad: value " + std::to_string(p.value) + " is not of type " + p.type.name());
  return p;
}

std::uint64_t beats(int height, int width, int folds) {
  return std::uint64_t(height) * width * folds;
}

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  constexpr int kMost = 1 << 16;
  const auto border = [&](const char* key) {
    return static_cast<int>(a.integer(key, 0, 0, kMost));
  };
  PadParams p;
  p.height = a.count("height");
  p.width = a.count("width");
  p.channels = a.count("channels");
  p.simd = a.count("simd");
  p.top = border("top");
  p.left = border("left");
  p.bottom = border("bottom");
  p.right = border("right");
  p.type = a.type("type");
  p.value = p.type.is_bipolar() ? -1 : 0;
  return std::make_unique<Pad>(p);
}

const BlockRegistration kBlock("pad", create_block);

}  // namespace

Pad::Pad(PadParams params)
    : Kernel{{{checked(params).simd, params.type,
               beats(params.height, params.width, params.channels / params.simd)}},
             {{params.simd, params.type,
               beats(params.padded_height(), params.padded_width(),
                     params.channels / params.simd)}}},
      params_(params),
      folds_(params.channels / params.simd) {}

Step Pad::tick(Cycle) {
  Fifo& output = out();
  const bool still = pipeline_.is_still(output);
  const bool inside = is_inside(y_, x_);
  const bool starved = inside && !in().can_pop();
  if (starved || !pipeline_.has_room(output)) {
    pipeline_.advance(output, false);
    return starved ? Step::starved(still) : Step::blocked(still);
  }
  if (pipeline_.carries_data()) {
    Value* result = pipeline_.issue_slot();
    if (inside) {
      std::copy_n(in().front(), params_.simd, result);
    } else {
      std::fill_n(result, params_.simd, params_.value);
    }
  }
  if (inside) in().pop();
  pipeline_.advance(output, true);
  step_position();
  return Step::busy();
}

void Pad::step_position() {
  if (++fold_ < folds_) return;
  fold_ = 0;
  if (++x_ < params_.padded_width()) return;
  x_ = 0;
  if (++y_ == params_.padded_height()) y_ = 0;
}

std::optional<RtlModule> Pad::rtl() const {
  return RtlModule("qnn_pad")
      .set("Height", params_.height)
      .set("Width", params_.width)
      .set("Folds", folds_)
      .set("Top", params_.top)
      .set("Left", params_.left)
      .set("Bottom", params_.bottom)
      .set("Right", params_.right)
      .set("Lanes", params_.simd)
      .set("LaneWidth", params_.type.bits())
      .set("Value", static_cast<std::int32_t>(to_wire(params_.value, params_.type)));
}

std::optional<Schedule> Pad::schedule() const {
  Schedule schedule;
  schedule.latency = pipeline_.depth();
  for (int y = 0; y < params_.padded_height(); ++y) {
    for (int x = 0; x < params_.padded_width(); ++x) {
      Issue issue;
      issue.inputs = is_inside(y, x) ? 1 : 0;
      issue.emits = 1;
      schedule.issues.insert(schedule.issues.end(), folds_, issue);
    }
  }
  return schedule;
}

Traits Pad::traits() const {
  return {{"height", params_.height},
          {"width", params_.width},
          {"channels", params_.channels},
          {"simd", params_.simd},
          {"top", params_.top},
          {"left", params_.left},
          {"bottom", params_.bottom},
          {"right", params_.right},
          {"folds", params_.channels / params_.simd},
          {"bits", params_.type.bits()}};
}

}  // namespace qnnsim
