// SPDX-License-Identifier: Apache-2.0
#include "models/scale_bias.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "models/block.h"
#include "models/operator.h"

namespace qnnsim {
namespace {

ScaleBiasParams checked(ScaleBiasParams p) {
  require_positive("scale_bias", "channels", p.channels);
  require_positive("scale_bias", "pixels", p.pixels);
  require_divisor("scale_bias", "pe", p.pe, "channels", p.channels);
  return p;
}

class ScaleBiasOperator final : public Operator {
 public:
  ScaleBiasOperator(TensorShape input, std::optional<DataType> scale, std::optional<DataType> bias,
                    DataType type)
      : input_(input), scale_(scale), bias_(bias), output_(input) {
    output_.type = type;
  }

  TensorShape output() const override { return output_; }

  std::vector<ConstantSpec> constants() const override {
    std::vector<ConstantSpec> specs;
    if (scale_) specs.push_back(spec("scale", *scale_));
    if (bias_) specs.push_back(spec("bias", *bias_));
    return specs;
  }

  Stream lower(DataflowBuilder& builder) const override {
    const Stream input = builder.input(0);
    ScaleBiasParams p;
    p.channels = input_.channels;
    p.pe = builder.divisor("scale_bias", "pe", p.channels, "channels", builder.port(input).lanes);
    p.pixels = input_.pixels();
    p.input_type = input_.type;
    p.output_type = output_.type;
    std::vector<Value> scale;
    std::vector<Value> bias;
    if (const Constants* constants = builder.constants()) {
      scale = scale_ ? constants->at("scale").data : std::vector<Value>(p.channels, 1);
      bias = bias_ ? constants->at("bias").data : std::vector<Value>(p.channels, 0);
    }
    return builder.add("scale_bias",
                       std::make_unique<ScaleBias>(p, std::move(scale), std::move(bias)), {input});
  }

  Tensor reference(const std::vector<const Tensor*>& inputs,
                   const Constants& constants) const override {
    Tensor y = *inputs[0];
    for (std::size_t i = 0; i < y.data.size(); ++i) {
      const std::size_t channel = i % y.channels;
      if (scale_) y.data[i] *= constants.at("scale").data[channel];
      if (bias_) y.data[i] += constants.at("bias").data[channel];
    }
    return y;
  }

 private:
  ConstantSpec spec(std::string key, DataType type) const {
    return {std::move(key),
            {input_.channels},
            type,
            static_cast<Value>(type.min()),
            static_cast<Value>(std::min<std::int64_t>(type.max(), INT32_MAX)),
            false};
  }

  const TensorShape input_;
  const std::optional<DataType> scale_;
  const std::optional<DataType> bias_;
  TensorShape output_;
};

std::unique_ptr<Operator> create(AttributeReader& attributes,
                                 const std::vector<TensorShape>& inputs) {
  std::optional<DataType> scale;
  std::optional<DataType> bias;
  if (attributes.has("scale")) scale = attributes.type("scale");
  if (attributes.has("bias")) bias = attributes.type("bias");
  if (!scale && !bias) {
    attributes.complain("", "neither 'scale' nor 'bias' is given", "give the type of at least one");
    return nullptr;
  }
  const DataType x = inputs[0].type;
  const auto products = scale ? std::minmax({x.min() * scale->min(), x.min() * scale->max(),
                                             x.max() * scale->min(), x.max() * scale->max()})
                              : std::pair{x.min(), x.max()};
  const DataType type = type_holding(products.first + (bias ? bias->min() : 0),
                                     products.second + (bias ? bias->max() : 0), attributes,
                                     scale ? "scale" : "bias");
  return std::make_unique<ScaleBiasOperator>(inputs[0], scale, bias, type);
}

/// The narrowest type that holds them all.
DataType type_of(const std::vector<Value>& constants) {
  const auto [least, most] = std::minmax_element(constants.begin(), constants.end());
  return *DataType::holding(*least, *most);
}

const OperatorRegistration kScaleBias("scale_bias", {1, 1, create});

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  ScaleBiasParams p;
  p.channels = a.count("channels");
  p.pe = a.count("pe");
  p.pixels = static_cast<std::uint64_t>(a.count("pixels", 1));
  p.input_type = a.type("input_type");
  p.output_type = a.type("output_type");
  return std::make_unique<ScaleBias>(p);
}

const BlockRegistration kBlock("scale_bias", create_block);

}  // namespace

ScaleBias::ScaleBias(ScaleBiasParams params, std::vector<Value> scale, std::vector<Value> bias)
    : PipelinedKernel{{{params.pe, params.input_type,
                        params.pixels * std::uint64_t(checked(params).channels / params.pe)}},
                      {params.pe, params.output_type,
                       params.pixels * std::uint64_t(params.channels / params.pe)},
                      ScaleBiasParams::kLatency},
      params_(params),
      scale_(std::move(scale)),
      bias_(std::move(bias)) {}

void ScaleBias::require_constants() const {
  const auto channels = static_cast<std::size_t>(params_.channels);
  require(scale_.size() == channels && bias_.size() == channels,
          "scale_bias: a scale and a bias per channel are needed");
}

void ScaleBias::issue(Value* result) {
  const Value* x = in().front();
  for (int pe = 0; pe < params_.pe; ++pe) {
    const int channel = fold_ * params_.pe + pe;
    result[pe] = scale_[channel] * x[pe] + bias_[channel];
  }
  if (++fold_ == params_.channels / params_.pe) fold_ = 0;
}

std::optional<RtlModule> ScaleBias::rtl() const {
  require_constants();
  const DataType scale_type = type_of(scale_);
  const DataType bias_type = type_of(bias_);
  return RtlModule("qnn_scale_bias")
      .set("Folds", params_.channels / params_.pe)
      .set("Lanes", params_.pe)
      .set_type("In", params_.input_type)
      .set_type("Scale", scale_type)
      .set_type("Bias", bias_type)
      .set("OutWidth", params_.output_type.bits())
      .set_memory({"ScaleFile", params_.pe, scale_type, scale_})
      .set_memory({"BiasFile", params_.pe, bias_type, bias_});
}

Traits ScaleBias::traits() const {
  return {{"channels", params_.channels},
          {"pe", params_.pe},
          {"pixels", static_cast<std::int64_t>(params_.pixels)},
          {"folds", params_.channels / params_.pe},
          {"input_bits", params_.input_type.bits()},
          {"output_bits", params_.output_type.bits()}};
}

std::vector<KernelMemory> ScaleBias::memories() const {
  std::vector<KernelMemory> memories = queue_memory(outputs().front(), latency());
  const auto folds = static_cast<std::uint64_t>(params_.channels / params_.pe);
  const std::int64_t output = params_.output_type.bits();
  const std::int64_t scale = std::max<std::int64_t>(output - params_.input_type.bits(), 1);
  memories.push_back({folds, params_.pe * scale, "auto", 1, true});
  memories.push_back({folds, params_.pe * output, "auto", 1, true});
  return memories;
}

}  // namespace qnnsim
