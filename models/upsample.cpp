// SPDX-License-Identifier: Apache-2.0
#include "models/upsample.h"

#include <algorithm>
#include <memory>

#include "models/block.h"
#include "models/operator.h"

namespace qnnsim {
namespace {

UpsampleParams checked(UpsampleParams p) {
  require_positive("upsample", "height", p.height);
  require_positive("upsample", "width", p.width);
  require_positive("upsample", "channels", p.channels);
  require_divisor("upsample", "pe", p.pe, "channels", p.channels);
  require_positive("upsample", "scale_h", p.scale_h);
  require_positive("upsample", "scale_w", p.scale_w);
  return p;
}

std::uint64_t input_beats(const UpsampleParams& p) {
  return std::uint64_t(p.height) * p.width * p.folds();
}

class UpsampleOperator final : public Operator {
 public:
  UpsampleOperator(TensorShape input, int scale_h, int scale_w)
      : input_(input), scale_h_(scale_h), scale_w_(scale_w) {}

  TensorShape output() const override {
    return {input_.height * scale_h_, input_.width * scale_w_, input_.channels, input_.type};
  }

  Stream lower(DataflowBuilder& builder) const override {
    const Stream input = builder.input(0);
    UpsampleParams p;
    p.height = input_.height;
    p.width = input_.width;
    p.channels = input_.channels;
    p.pe =
        builder.divisor("upsample", "pe", input_.channels, "channels", builder.port(input).lanes);
    p.scale_h = scale_h_;
    p.scale_w = scale_w_;
    p.type = input_.type;
    return builder.add("upsample", std::make_unique<Upsample>(p), {input});
  }

  Tensor reference(const std::vector<const Tensor*>& inputs, const Constants&) const override {
    return upsample_nearest(*inputs[0], scale_h_, scale_w_);
  }

 private:
  const TensorShape input_;
  const int scale_h_;
  const int scale_w_;
};

const OperatorRegistration kUpsample(
    "upsample", {1, 1, [](AttributeReader& attributes, const std::vector<TensorShape>& inputs) {
                   const auto [h, w] = attributes.height_width("scale", std::nullopt, 1);
                   constexpr std::int64_t kMost = 1 << 16;
                   if (inputs[0].height * std::int64_t{h} > kMost ||
                       inputs[0].width * std::int64_t{w} > kMost) {
                     attributes.complain("scale", "the output would be wider or higher than " +
                                                      std::to_string(kMost) + " pixels");
                     return std::unique_ptr<Operator>();
                   }
                   return std::unique_ptr<Operator>(new UpsampleOperator(inputs[0], h, w));
                 }});

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  UpsampleParams p;
  p.height = a.count("height");
  p.width = a.count("width");
  p.channels = a.count("channels");
  p.pe = a.count("pe");
  p.scale_h = a.count("scale_h");
  p.scale_w = a.count("scale_w");
  p.type = a.type("type");
  return std::make_unique<Upsample>(p);
}

const BlockRegistration kBlock("upsample", create_block);

}  // namespace

std::int64_t UpsampleParams::buffer_beats() const {
  return std::max<std::int64_t>(std::int64_t{width} * folds(), 2);
}

Upsample::Upsample(UpsampleParams params)
    : Kernel{{{params.pe, params.type, input_beats(checked(params))}},
             {{params.pe, params.type, input_beats(params) * params.scale_h * params.scale_w}}},
      params_(params),
      capacity_(params.buffer_beats()) {}

std::int64_t Upsample::oldest() const {
  if (row_copy_ < params_.scale_h - 1) return row_start_;
  return pixel_copy_ < params_.scale_w - 1 ? beat() - fold_ : beat();
}

Step Upsample::tick(Cycle) {
  Fifo& input = in();
  Fifo& output = out();
  const std::int64_t beat = this->beat();
  const bool available = received_ > beat;
  const bool accepts = input.can_pop() && received_ - oldest() < capacity_;
  const bool issues = available && pipeline_.has_room(output);
  const bool still = pipeline_.is_still(output);
  if (issues && !ring_.empty()) {
    std::copy_n(&ring_[beat % capacity_ * params_.pe], params_.pe, pipeline_.issue_slot());
  }
  pipeline_.advance(output, issues);
  if (issues) step_position();
  if (accepts) {
    if (!ring_.empty()) {
      std::copy_n(input.front(), params_.pe, &ring_[received_ % capacity_ * params_.pe]);
    }
    input.pop();
    ++received_;
  }
  if (issues) return Step::busy();
  return available ? Step::blocked(still && !accepts) : Step::starved(still && !accepts);
}

void Upsample::step_position() {
  if (++fold_ < params_.folds()) return;
  fold_ = 0;
  if (++pixel_copy_ < params_.scale_w) return;
  pixel_copy_ = 0;
  if (++x_ < params_.width) return;
  x_ = 0;
  if (++row_copy_ < params_.scale_h) return;
  row_copy_ = 0;
  row_start_ += std::int64_t{params_.width} * params_.folds();
}

void Upsample::carry_data() {
  ring_.resize(capacity_ * params_.pe);
  pipeline_.carry_data(params_.pe);
}

std::optional<RtlModule> Upsample::rtl() const {
  return RtlModule("qnn_upsample")
      .set("Width", params_.width)
      .set("Folds", params_.folds())
      .set("ScaleH", params_.scale_h)
      .set("ScaleW", params_.scale_w)
      .set("Lanes", params_.pe)
      .set("LaneWidth", params_.type.bits());
}

Tensor upsample_nearest(const Tensor& x, int scale_h, int scale_w) {
  Tensor y(x.height * scale_h, x.width * scale_w, x.channels);
  for (int row = 0; row < y.height; ++row) {
    for (int column = 0; column < y.width; ++column) {
      for (int c = 0; c < y.channels; ++c) {
        y.at(row, column, c) = x.at(row / scale_h, column / scale_w, c);
      }
    }
  }
  return y;
}

std::optional<Schedule> Upsample::schedule() const {
  // A position of its own walks over one input row.
  Upsample walk(params_);
  Schedule schedule;
  schedule.latency = pipeline_.depth();
  schedule.beats = std::int64_t{params_.width} * params_.folds();
  schedule.capacity = capacity_;
  do {
    Issue issue;
    issue.newest = static_cast<std::int32_t>(walk.beat());
    issue.oldest = static_cast<std::int32_t>(walk.oldest());
    issue.emits = 1;
    schedule.issues.push_back(issue);
    walk.step_position();
  } while (walk.row_start_ == 0);
  return schedule;
}

Traits Upsample::traits() const {
  return {{"height", params_.height}, {"width", params_.width},     {"channels", params_.channels},
          {"pe", params_.pe},         {"scale_h", params_.scale_h}, {"scale_w", params_.scale_w},
          {"folds", params_.folds()}, {"bits", params_.type.bits()}};
}

std::vector<KernelMemory> Upsample::memories() const {
  // The register behind it is that of the output queue.
  return {{static_cast<std::uint64_t>(capacity_), outputs().front().width_bits(), "auto", 1, false,
           false}};
}

}  // namespace qnnsim
