// SPDX-License-Identifier: Apache-2.0
#include "models/thresholding.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "models/block.h"
#include "models/operator.h"

namespace qnnsim {
namespace {

ThresholdingParams checked(ThresholdingParams p) {
  require_positive("thresholding", "channels", p.channels);
  require_positive("thresholding", "steps", p.steps);
  require_positive("thresholding", "pixels", p.pixels);
  require_divisor("thresholding", "pe", p.pe, "channels", p.channels);
  return p;
}

/// Number of `levels` <= x. Counting all is faster than searching while they are few.
Value passed(const Value* levels, int steps, Value x) {
  constexpr int kFew = 16;
  if (steps > kFew) {
    return static_cast<Value>(std::upper_bound(levels, levels + steps, x) - levels);
  }
  Value count = 0;
  for (int step = 0; step < steps; ++step) count += levels[step] <= x ? 1 : 0;
  return count;
}

class Threshold final : public Operator {
 public:
  Threshold(TensorShape input, DataType type) : input_(input), output_(input) {
    output_.type = type;
  }

  TensorShape output() const override { return output_; }
  int steps() const {
    return output_.type.is_bipolar()
               ? 1
               : static_cast<int>((std::int64_t{1} << output_.type.bits()) - 1);
  }

  std::vector<ConstantSpec> constants() const override {
    // Sums of many products crowd around the middle of their range: draw a sixteenth of it about
    // the middle where the range is wide, so that every output value occurs.
    const std::int64_t low = input_.type.min();
    const std::int64_t high = input_.type.max();
    const std::int64_t middle = low + (high - low + 1) / 2;
    const std::int64_t reach = std::max<std::int64_t>((high - low) / 32, steps());
    return {{"thresholds",
             {input_.channels, steps()},
             DataType::signed_integer(DataType::kMaxBits),
             static_cast<Value>(std::max(low, middle - reach)),
             static_cast<Value>(std::min(high, middle + reach)),
             true}};
  }

  Stream lower(DataflowBuilder& builder) const override {
    const Stream input = builder.input(0);
    ThresholdingParams p;
    p.channels = input_.channels;
    p.pe =
        builder.divisor("threshold", "pe", input_.channels, "channels", builder.port(input).lanes);
    p.steps = steps();
    p.pixels = input_.pixels();
    p.input_type = input_.type;
    p.output_type = output_.type;
    const Constants* constants = builder.constants();
    return builder.add(
        "threshold",
        std::make_unique<Thresholding>(
            p, constants != nullptr ? constants->at("thresholds").data : std::vector<Value>{}),
        {input});
  }

  Tensor reference(const std::vector<const Tensor*>& inputs,
                   const Constants& constants) const override {
    return apply_thresholds(*inputs[0], constants.at("thresholds").data, output_.type);
  }

 private:
  const TensorShape input_;
  TensorShape output_;
};

const OperatorRegistration kThreshold(
    "threshold", {1, 1, [](AttributeReader& attributes, const std::vector<TensorShape>& inputs) {
                    const DataType type = attributes.type("type");
                    constexpr int kMostBits = 16;
                    if (type.bits() > kMostBits) {
                      attributes.complain("type",
                                          type.name() + " needs " +
                                              std::to_string((std::int64_t{1} << type.bits()) - 1) +
                                              " thresholds per channel",
                                          "activations of up to 16 bits are supported");
                      return std::unique_ptr<Operator>();
                    }
                    return std::unique_ptr<Operator>(new Threshold(inputs[0], type));
                  }});

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  ThresholdingParams p;
  p.channels = a.count("channels");
  p.pe = a.count("pe");
  p.steps = a.count("steps");
  p.pixels = static_cast<std::uint64_t>(a.count("pixels", 1));
  p.input_type = a.type("input_type");
  p.output_type = a.type("output_type");
  return std::make_unique<Thresholding>(p);
}

const BlockRegistration kBlock("thresholding", create_block);

}  // namespace

Thresholding::Thresholding(ThresholdingParams params, std::vector<Value> levels)
    : PipelinedKernel{{{params.pe, params.input_type,
                        params.pixels * std::uint64_t(checked(params).channels / params.pe)}},
                      {params.pe, params.output_type,
                       params.pixels * std::uint64_t(params.channels / params.pe)},
                      params.latency()},
      params_(params),
      lowest_(static_cast<Value>(params.output_type.min())),
      spacing_(params.output_type.is_bipolar() ? 2 : 1),
      levels_(std::move(levels)) {}

void Thresholding::require_levels() const {
  require(levels_.size() == std::size_t(params_.channels) * params_.steps,
          "thresholding: channels x steps thresholds are needed");
}

void Thresholding::issue(Value* result) {
  const Value* x = in().front();
  const Value* levels = &levels_[std::int64_t{fold_} * params_.pe * params_.steps];
  for (int pe = 0; pe < params_.pe; ++pe) {
    result[pe] = lowest_ + spacing_ * passed(levels, params_.steps, x[pe]);
    levels += params_.steps;
  }
  if (++fold_ == params_.channels / params_.pe) fold_ = 0;
}

std::vector<Value> Thresholding::stage_levels(int lane, int stage) const {
  std::vector<Value> result;
  const int reach = 1 << (latency() - 1 - stage);  // [levels] that a pass at this stage skips
  for (int channel = lane; channel < params_.channels; channel += params_.pe) {
    for (int known = 0; known < 1 << stage; ++known) {
      // What does not exist is never passed: any level will do.
      const int level = std::min(2 * reach * known + reach, params_.steps) - 1;
      result.push_back(levels_[std::int64_t{channel} * params_.steps + level]);
    }
  }
  return result;
}

std::optional<RtlModule> Thresholding::rtl() const {
  require_levels();
  const auto [least, most] = std::minmax_element(levels_.begin(), levels_.end());
  const DataType level_type = *DataType::holding(*least, *most);
  RtlModule module("qnn_thresholding");
  module.set("Folds", params_.channels / params_.pe)
      .set("Lanes", params_.pe)
      .set("Steps", params_.steps)
      .set_type("In", params_.input_type)
      .set_type("Level", level_type)
      .set_type("Out", params_.output_type)
      .set_text("Style", params_.memory)
      .set_text("LevelFile", "LevelFile");
  for (int stage = 0; stage < latency(); ++stage) {
    for (int lane = 0; lane < params_.pe; ++lane) {
      module.memories.push_back({fmt::format("LevelFile_{:04}_{:04}", stage, lane),
                                 stage == 0 ? 1 : 2, level_type, stage_levels(lane, stage)});
    }
  }
  return module;
}

Tensor apply_thresholds(const Tensor& x, const std::vector<Value>& levels, DataType output) {
  Tensor y(x.height, x.width, x.channels);
  const std::size_t steps = levels.size() / x.channels;
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    const std::size_t channel = i % x.channels;
    Value count = 0;
    for (std::size_t step = 0; step < steps; ++step)
      count += levels[channel * steps + step] <= x.data[i];
    y.data[i] =
        output.is_bipolar() ? (count > 0 ? 1 : -1) : static_cast<Value>(output.min()) + count;
  }
  return y;
}

Traits Thresholding::traits() const {
  return {{"channels", params_.channels},
          {"pe", params_.pe},
          {"steps", params_.steps},
          {"pixels", static_cast<std::int64_t>(params_.pixels)},
          {"folds", params_.channels / params_.pe},
          {"input_bits", params_.input_type.bits()},
          {"output_bits", params_.output_type.bits()}};
}

std::vector<KernelMemory> Thresholding::memories() const {
  std::vector<KernelMemory> memories = queue_memory(outputs().front(), latency());
  // Levels are as wide as the values that they are compared with. From the second stage on, a word
  // is the two of them that the bit before chooses from: rtl/qnn_threshold_lane.sv.
  const std::int64_t bits = params_.input_type.bits();
  const auto folds = static_cast<std::uint64_t>(params_.channels / params_.pe);
  for (int stage = 0; stage < latency(); ++stage) {
    const std::uint64_t words = stage == 0 ? folds : folds << (stage - 1);
    memories.push_back({words, stage == 0 ? bits : 2 * bits, params_.memory, params_.pe, true});
  }
  return memories;
}

}  // namespace qnnsim
