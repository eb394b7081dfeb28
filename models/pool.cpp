// SPDX-License-Identifier: Apache-2.0
#include "models/pool.h"

#include <algorithm>
#include <memory>
#include <string>

#include "models/block.h"
#include "models/operator.h"
#include "models/window_lowering.h"

namespace qnnsim {
namespace {

PoolParams checked(PoolParams p) {
  require_positive("pool", "channels", p.channels);
  require_positive("pool", "window", p.window);
  require_positive("pool", "pixels", p.pixels);
  require_divisor("pool", "pe", p.pe, "channels", p.channels);
  return p;
}

Port input_port(const PoolParams& p) {
  const std::uint64_t windows = p.pixels * std::uint64_t(p.channels / p.pe);
  return p.parallel ? Port{p.pe * p.window, p.input_type, windows}
                    : Port{p.pe, p.input_type, windows * std::uint64_t(p.window)};
}

class PoolOperator final : public Operator {
 public:
  PoolOperator(TensorShape input, WindowGeometry geometry, PoolMode mode, DataType type)
      : input_(input), geometry_(geometry), mode_(mode), output_(geometry.output(input)) {
    output_.type = type;
  }

  TensorShape output() const override { return output_; }

  Stream lower(DataflowBuilder& builder) const override {
    const Stream input = builder.input(0);
    PoolParams p;
    p.channels = input_.channels;
    p.window = geometry_.window();
    p.pe = builder.divisor("pool", "pe", p.channels, "channels", builder.port(input).lanes);
    WindowFolding folding = depthwise_folding(builder, geometry_, p.channels, p.pe);
    folding.pad_value = mode_ == PoolMode::kMax ? static_cast<Value>(input_.type.min()) : 0;
    p.parallel = folding.parallel;
    p.pixels = output_.pixels();
    p.mode = mode_;
    p.input_type = input_.type;
    p.output_type = output_.type;
    const Stream windows = lower_windows(builder, input, input_, geometry_, folding);
    return builder.add("pool", std::make_unique<Pool>(p), {windows});
  }

  Tensor reference(const std::vector<const Tensor*>& inputs, const Constants&) const override {
    const Tensor& x = *inputs[0];
    Tensor y(output_.height, output_.width, output_.channels);
    for (int oy = 0; oy < y.height; ++oy) {
      for (int ox = 0; ox < y.width; ++ox) {
        for (int c = 0; c < y.channels; ++c) y.at(oy, ox, c) = pool_window(x, oy, ox, c);
      }
    }
    return y;
  }

 private:
  Value pool_window(const Tensor& x, int oy, int ox, int c) const {
    std::int64_t sum = 0;
    std::int64_t largest = input_.type.min();
    for (int ky = 0; ky < geometry_.kernel_h; ++ky) {
      for (int kx = 0; kx < geometry_.kernel_w; ++kx) {
        const int iy = oy * geometry_.stride_h + ky - geometry_.top;
        const int ix = ox * geometry_.stride_w + kx - geometry_.left;
        if (iy < 0 || iy >= x.height || ix < 0 || ix >= x.width) continue;
        sum += x.at(iy, ix, c);
        largest = std::max<std::int64_t>(largest, x.at(iy, ix, c));
      }
    }
    if (mode_ == PoolMode::kMax) return static_cast<Value>(largest);
    if (mode_ == PoolMode::kSum) return static_cast<Value>(sum);
    const std::int64_t count = geometry_.window();
    return mode_ == PoolMode::kMean ? mean_down(sum, count) : mean_half_even(sum, count);
  }

  const TensorShape input_;
  const WindowGeometry geometry_;
  const PoolMode mode_;
  TensorShape output_;
};

std::unique_ptr<Operator> create(AttributeReader& attributes, const TensorShape& input,
                                 PoolMode mode) {
  const auto geometry = WindowGeometry::read(attributes, input, /*pooling=*/true);
  if (!geometry) return nullptr;
  if (mode != PoolMode::kMax && geometry->pads() && !input.type.holds(0)) {
    attributes.complain("padding", input.type.name() + " has no 0 to pad with",
                        "pool without padding, or on an integer type");
    return nullptr;
  }
  return std::make_unique<PoolOperator>(
      input, *geometry, mode, pooled_type(mode, input.type, geometry->window(), attributes));
}

const OperatorRegistration kMaxPool(
    "max_pool", {1, 1, [](AttributeReader& attributes, const std::vector<TensorShape>& inputs) {
                   return create(attributes, inputs[0], PoolMode::kMax);
                 }});
const OperatorRegistration kAveragePool(
    "average_pool", {1, 1, [](AttributeReader& attributes, const std::vector<TensorShape>& inputs) {
                       return create(attributes, inputs[0], read_average_mode(attributes));
                     }});

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  PoolParams p;
  p.channels = a.count("channels");
  p.window = a.count("window");
  p.pe = a.count("pe");
  p.parallel = a.boolean("parallel", false);
  p.pixels = static_cast<std::uint64_t>(a.count("pixels", 1));
  p.mode = read_pool_mode(a);
  p.input_type = a.type("input_type");
  p.output_type = a.type("output_type");
  return std::make_unique<Pool>(p);
}

const BlockRegistration kBlock("pool", create_block);

}  // namespace

Pool::Pool(PoolParams params)
    : PipelinedKernel{{input_port(checked(params))},
                      {params.pe, params.output_type,
                       params.pixels * std::uint64_t(params.channels / params.pe)},
                      pool_latency(params.mode, params.parallel ? params.window : 1),
                      {params.parallel ? 0u : std::uint64_t(params.window - 1), 1}},
      params_(params) {}

void Pool::issue(Value* result) {
  const Value* x = in().front();
  const int positions = params_.parallel ? params_.window : 1;
  for (int k = 0; k < positions; ++k) {
    for (int pe = 0; pe < params_.pe; ++pe) accumulators_[pe].add(*x++);
  }
  if (result == nullptr) return;
  for (int pe = 0; pe < params_.pe; ++pe) {
    result[pe] = accumulators_[pe].result(params_.window);
    accumulators_[pe].reset();
  }
}

std::optional<RtlModule> Pool::rtl() const {
  return RtlModule("qnn_pool")
      .set("Window", params_.window)
      .set("Parallel", params_.parallel ? 1 : 0)
      .set("Mode", static_cast<std::int64_t>(params_.mode))
      .set("Lanes", params_.pe)
      .set_type("In", params_.input_type)
      .set_type("Out", params_.output_type);
}

Traits Pool::traits() const {
  return {{"channels", params_.channels},
          {"window", params_.window},
          {"pe", params_.pe},
          {"parallel", params_.parallel ? 1 : 0},
          {"pixels", static_cast<std::int64_t>(params_.pixels)},
          {"average", params_.mode == PoolMode::kMax ? 0 : 1},
          {"mean", is_mean(params_.mode) ? 1 : 0},
          {"input_bits", params_.input_type.bits()},
          {"output_bits", params_.output_type.bits()}};
}

}  // namespace qnnsim
