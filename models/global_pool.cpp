// SPDX-License-Identifier: Apache-2.0
#include "models/global_pool.h"

#include <algorithm>
#include <memory>
#include <string>

#include "models/block.h"
#include "models/operator.h"

namespace qnnsim {
namespace {

GlobalPoolParams checked(GlobalPoolParams p) {
  require_positive("global pool", "channels", p.channels);
  require_divisor("global pool", "pe", p.pe, "channels", p.channels);
  require_positive("global pool", "pixels", p.pixels);
  return p;
}

class GlobalPoolOperator final : public Operator {
 public:
  GlobalPoolOperator(TensorShape input, PoolMode mode, DataType type)
      : input_(input), mode_(mode), type_(type) {}

  TensorShape output() const override { return {1, 1, input_.channels, type_}; }

  Stream lower(DataflowBuilder& builder) const override {
    const Stream input = builder.input(0);
    GlobalPoolParams p;
    p.channels = input_.channels;
    p.pe = builder.divisor("global_pool", "pe", p.channels, "channels", builder.port(input).lanes);
    p.pixels = input_.pixels();
    p.mode = mode_;
    p.input_type = input_.type;
    p.output_type = type_;
    return builder.add("global_pool", std::make_unique<GlobalPool>(p), {input});
  }

  Tensor reference(const std::vector<const Tensor*>& inputs, const Constants&) const override {
    const Tensor& x = *inputs[0];
    Tensor y(1, 1, x.channels);
    for (int c = 0; c < x.channels; ++c) {
      std::int64_t sum = 0;
      Value largest = x.at(0, 0, c);
      for (int row = 0; row < x.height; ++row) {
        for (int column = 0; column < x.width; ++column) {
          sum += x.at(row, column, c);
          largest = std::max(largest, x.at(row, column, c));
        }
      }
      const std::int64_t count = input_.pixels();
      y.at(0, 0, c) = mode_ == PoolMode::kMax    ? largest
                      : mode_ == PoolMode::kSum  ? static_cast<Value>(sum)
                      : mode_ == PoolMode::kMean ? mean_down(sum, count)
                                                 : mean_half_even(sum, count);
    }
    return y;
  }

 private:
  const TensorShape input_;
  const PoolMode mode_;
  const DataType type_;
};

std::unique_ptr<Operator> create(AttributeReader& attributes, const TensorShape& input,
                                 PoolMode mode) {
  return std::make_unique<GlobalPoolOperator>(
      input, mode, pooled_type(mode, input.type, input.pixels(), attributes));
}

const OperatorRegistration kGlobalMaxPool(
    "global_max_pool",
    {1, 1, [](AttributeReader& attributes, const std::vector<TensorShape>& inputs) {
       return create(attributes, inputs[0], PoolMode::kMax);
     }});
const OperatorRegistration kGlobalAveragePool(
    "global_average_pool",
    {1, 1, [](AttributeReader& attributes, const std::vector<TensorShape>& inputs) {
       return create(attributes, inputs[0], read_average_mode(attributes));
     }});

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  GlobalPoolParams p;
  p.channels = a.count("channels");
  p.pe = a.count("pe");
  p.pixels = static_cast<std::uint64_t>(a.count("pixels"));
  p.mode = read_pool_mode(a);
  p.input_type = a.type("input_type");
  p.output_type = a.type("output_type");
  return std::make_unique<GlobalPool>(p);
}

const BlockRegistration kBlock("global_pool", create_block);

}  // namespace

GlobalPool::GlobalPool(GlobalPoolParams params)
    : PipelinedKernel{{{params.pe, params.input_type,
                        params.pixels * std::uint64_t(checked(params).channels / params.pe)}},
                      {params.pe, params.output_type, std::uint64_t(params.channels / params.pe)},
                      pool_latency(params.mode, 1),
                      {(params.pixels - 1) * std::uint64_t(params.channels / params.pe),
                       std::uint64_t(params.channels / params.pe)}},
      params_(params) {}

void GlobalPool::issue(Value* result) {
  const Value* x = in().front();
  PoolAccumulator* accumulators = &accumulators_[fold_ * params_.pe];
  for (int pe = 0; pe < params_.pe; ++pe) {
    accumulators[pe].add(x[pe]);
    if (result == nullptr) continue;
    result[pe] = accumulators[pe].result(static_cast<std::int64_t>(params_.pixels));
    accumulators[pe].reset();
  }
  if (++fold_ == params_.channels / params_.pe) fold_ = 0;
}

std::optional<RtlModule> GlobalPool::rtl() const {
  return RtlModule("qnn_global_pool")
      .set("Pixels", static_cast<std::int64_t>(params_.pixels))
      .set("Folds", params_.channels / params_.pe)
      .set("Mode", static_cast<std::int64_t>(params_.mode))
      .set("Lanes", params_.pe)
      .set_type("In", params_.input_type)
      .set_type("Out", params_.output_type);
}

Traits GlobalPool::traits() const {
  return {{"channels", params_.channels},
          {"pe", params_.pe},
          {"pixels", static_cast<std::int64_t>(params_.pixels)},
          {"folds", params_.channels / params_.pe},
          {"average", params_.mode == PoolMode::kMax ? 0 : 1},
          {"mean", is_mean(params_.mode) ? 1 : 0},
          {"input_bits", params_.input_type.bits()},
          {"output_bits", params_.output_type.bits()}};
}

std::vector<KernelMemory> GlobalPool::memories() const {
  std::vector<KernelMemory> memories = queue_memory(outputs().front(), latency());
  const int folds = params_.channels / params_.pe;
  if (folds > 1) {
    const std::int64_t sum =
        params_.mode == PoolMode::kMax ? 0 : clog2(std::int64_t(params_.pixels));
    const DataType type = params_.input_type;
    const std::int64_t bits = type.bits() + (rtl_kind(type) == RtlKind::kSigned ? 0 : 1) + sum;
    memories.push_back({static_cast<std::uint64_t>(folds), params_.pe * bits});
  }
  return memories;
}

}  // namespace qnnsim
