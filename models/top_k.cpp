// SPDX-License-Identifier: Apache-2.0
#include "models/top_k.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>

#include "models/block.h"
#include "models/pipeline.h"

namespace qnnsim {
namespace {

TopKParams checked(TopKParams p) {
  require_positive("top_k", "channels", p.channels);
  require_positive("top_k", "pixels", p.pixels);
  require_divisor("top_k", "pe", p.pe, "channels", p.channels);
  require(p.k >= 1 && p.k <= p.channels,
          "top_k: k " + std::to_string(p.k) + " is not in 1.." + std::to_string(p.channels));
  return p;
}

class TopKOperator final : public Operator {
 public:
  TopKOperator(TensorShape input, int k) : input_(input), k_(k) {}

  TensorShape output() const override {
    TopKParams p;
    p.channels = input_.channels;
    return {input_.height, input_.width, k_, p.index_type()};
  }

  Stream lower(DataflowBuilder& builder) const override {
    const Stream input = builder.input(0);
    TopKParams p;
    p.channels = input_.channels;
    p.pe = builder.divisor("top_k", "pe", p.channels, "channels", builder.port(input).lanes);
    p.k = k_;
    p.pixels = input_.pixels();
    p.input_type = input_.type;
    return builder.add("top_k", std::make_unique<TopK>(p), {input});
  }

  Tensor reference(const std::vector<const Tensor*>& inputs, const Constants&) const override {
    const Tensor& x = *inputs[0];
    Tensor y(x.height, x.width, k_);
    std::vector<int> order(x.channels);
    for (int row = 0; row < x.height; ++row) {
      for (int column = 0; column < x.width; ++column) {
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(),
                         [&](int a, int b) { return x.at(row, column, a) > x.at(row, column, b); });
        for (int i = 0; i < k_; ++i) y.at(row, column, i) = order[i];
      }
    }
    return y;
  }

 private:
  const TensorShape input_;
  const int k_;
};

const OperatorRegistration kTopK(
    "top_k", {1, 1, [](AttributeReader& attributes, const std::vector<TensorShape>& inputs) {
                const auto k = attributes.integer("k", 1, 1, inputs[0].channels);
                return std::make_unique<TopKOperator>(inputs[0], static_cast<int>(k));
              }});

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  TopKParams p;
  p.channels = a.count("channels");
  p.pe = a.count("pe", 1);
  p.k = a.count("k", 1);
  p.pixels = static_cast<std::uint64_t>(a.count("pixels", 1));
  p.input_type = a.type("input_type");
  return std::make_unique<TopK>(p);
}

const BlockRegistration kBlock("top_k", create_block);

}  // namespace

DataType TopKParams::index_type() const {
  return DataType::unsigned_integer(std::max(1, clog2(channels)));
}

TopK::TopK(TopKParams params)
    : Gearbox{{params.pe, params.input_type,
               params.pixels * std::uint64_t(checked(params).channels / params.pe)},
              {1, params.index_type(), params.pixels * std::uint64_t(params.k)},
              std::uint64_t(params.channels / params.pe),
              std::uint64_t(params.k)},
      params_(params) {}

void TopK::take(std::uint64_t beat) {
  const Value* x = in().front();
  for (int pe = 0; pe < params_.pe; ++pe) {
    const Candidate candidate{x[pe], static_cast<int>(beat) * params_.pe + pe};
    const auto place = std::find_if(best_.begin(), best_.end(), [&](const Candidate& other) {
      return candidate.value > other.value;
    });
    best_.insert(place, candidate);
    if (best_.size() > static_cast<std::size_t>(params_.k)) best_.pop_back();
  }
}

void TopK::hand_over() {
  holding_.swap(best_);
  best_.clear();
}

void TopK::give(std::uint64_t beat, Value* result) const { *result = holding_[beat].index; }

std::optional<RtlModule> TopK::rtl() const {
  return RtlModule("qnn_top_k")
      .set("Folds", params_.channels / params_.pe)
      .set("Lanes", params_.pe)
      .set("K", params_.k)
      .set_type("In", params_.input_type);
}

Traits TopK::traits() const {
  return {{"channels", params_.channels},
          {"pe", params_.pe},
          {"k", params_.k},
          {"pixels", static_cast<std::int64_t>(params_.pixels)},
          {"input_bits", params_.input_type.bits()}};
}

}  // namespace qnnsim
