// SPDX-License-Identifier: Apache-2.0
#include "models/concat.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "models/block.h"

namespace qnnsim {
namespace {

constexpr std::size_t kMostInputs = 64;

std::vector<Port> input_ports(const ConcatParams& p) {
  require(p.channels.size() >= 2, "concat: channels names less than 2 inputs");
  require(p.channels.size() == p.input_types.size(),
          "concat: input_types and channels name different numbers of inputs");
  require_positive("concat", "pixels", p.pixels);
  std::vector<Port> ports;
  for (std::size_t i = 0; i < p.channels.size(); ++i) {
    require_positive("concat", "channels", p.channels[i]);
    require_divisor("concat", "pe", p.pe, "channels", p.channels[i]);
    ports.push_back({p.pe, p.input_types[i], p.pixels * (p.channels[i] / p.pe)});
  }
  return ports;
}

class ConcatOperator final : public Operator {
 public:
  ConcatOperator(std::vector<TensorShape> inputs, TensorShape output)
      : inputs_(std::move(inputs)), output_(output) {}

  TensorShape output() const override { return output_; }

  Stream lower(DataflowBuilder& builder) const override {
    ConcatParams p;
    std::vector<Stream> streams;
    int common = 0;
    int lanes = 1;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      streams.push_back(builder.input(static_cast<int>(i)));
      lanes = std::max(lanes, builder.port(streams.back()).lanes);
      common = std::gcd(common, inputs_[i].channels);
      p.channels.push_back(inputs_[i].channels);
      p.input_types.push_back(inputs_[i].type);
    }
    p.pe = builder.divisor("concat", "pe", common, "common divisor of the inputs' channels", lanes);
    p.pixels = output_.pixels();
    p.output_type = output_.type;
    return builder.add("concat", std::make_unique<Concat>(p), streams);
  }

  Tensor reference(const std::vector<const Tensor*>& inputs, const Constants&) const override {
    Tensor result(output_.height, output_.width, output_.channels);
    int offset = 0;
    for (const Tensor* input : inputs) {
      for (int y = 0; y < input->height; ++y) {
        for (int x = 0; x < input->width; ++x) {
          for (int c = 0; c < input->channels; ++c)
            result.at(y, x, offset + c) = input->at(y, x, c);
        }
      }
      offset += input->channels;
    }
    return result;
  }

 private:
  const std::vector<TensorShape> inputs_;
  const TensorShape output_;
};

std::unique_ptr<Operator> create(AttributeReader& attributes,
                                 const std::vector<TensorShape>& inputs) {
  TensorShape output = inputs[0];
  std::int64_t low = output.type.min();
  std::int64_t high = output.type.max();
  bool same_type = true;
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i].height != output.height || inputs[i].width != output.width) {
      attributes.complain("from",
                          "cannot concatenate " + inputs[0].to_string() + " and " +
                              inputs[i].to_string() + " along channels",
                          "all inputs of a concat have the same height and width");
      return nullptr;
    }
    output.channels += inputs[i].channels;
    low = std::min(low, inputs[i].type.min());
    high = std::max(high, inputs[i].type.max());
    same_type = same_type && inputs[i].type == inputs[0].type;
  }
  if (!same_type) output.type = type_holding(low, high, attributes, "from");
  return std::make_unique<ConcatOperator>(inputs, output);
}

const OperatorRegistration kConcat("concat", {2, kMostInputs, create});

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  ConcatParams p;
  for (const std::int64_t channels : a.integers("channels", 1, 1 << 24, kMostInputs)) {
    p.channels.push_back(static_cast<int>(channels));
  }
  p.input_types.assign(p.channels.size(), a.type("input_type"));
  p.pe = a.count("pe", 1);
  p.pixels = static_cast<std::uint64_t>(a.count("pixels", 1));
  p.output_type = a.type("output_type");
  return std::make_unique<Concat>(p);
}

const BlockRegistration kBlock("concat", create_block);

}  // namespace

int ConcatParams::total_channels() const {
  return std::accumulate(channels.begin(), channels.end(), 0);
}

Concat::Concat(ConcatParams params)
    : Kernel{input_ports(params),
             {{params.pe, params.output_type,
               params.pixels * std::uint64_t(params.total_channels() / params.pe)}}},
      params_(params) {}

Step Concat::tick(Cycle) {
  Fifo& output = out();
  Fifo& input = in(selected_);
  const bool still = pipeline_.is_still(output);
  const bool starved = !input.can_pop();
  if (starved || !pipeline_.has_room(output)) {
    pipeline_.advance(output, false);
    return starved ? Step::starved(still) : Step::blocked(still);
  }
  if (pipeline_.carries_data()) std::copy_n(input.front(), params_.pe, pipeline_.issue_slot());
  input.pop();
  pipeline_.advance(output, true);
  if (++fold_ == params_.channels[selected_] / params_.pe) {
    fold_ = 0;
    if (++selected_ == params_.channels.size()) selected_ = 0;
  }
  return Step::busy();
}

std::optional<RtlModule> Concat::rtl() const {
  std::vector<std::int64_t> folds;
  std::vector<std::int64_t> widths;
  std::vector<std::int64_t> kinds;
  for (std::size_t i = 0; i < params_.channels.size(); ++i) {
    folds.push_back(params_.channels[i] / params_.pe);
    widths.push_back(params_.input_types[i].bits());
    kinds.push_back(static_cast<std::int64_t>(rtl_kind(params_.input_types[i])));
  }
  return RtlModule("qnn_concat")
      .set("Inputs", static_cast<std::int64_t>(folds.size()))
      .set("Lanes", params_.pe)
      .set("Folds", folds)
      .set("InWidths", widths)
      .set("InKinds", kinds)
      .set_type("Out", params_.output_type);
}

std::optional<Schedule> Concat::schedule() const {
  Schedule schedule;
  schedule.latency = pipeline_.depth();
  for (std::size_t i = 0; i < params_.channels.size(); ++i) {
    Issue issue;
    issue.first_input = static_cast<std::uint16_t>(i);
    issue.inputs = 1;
    issue.emits = 1;
    schedule.issues.insert(schedule.issues.end(), params_.channels[i] / params_.pe, issue);
  }
  return schedule;
}

Traits Concat::traits() const {
  return {{"channels", params_.total_channels()},
          {"pe", params_.pe},
          {"pixels", static_cast<std::int64_t>(params_.pixels)},
          {"inputs", static_cast<std::int64_t>(inputs().size())},
          {"output_bits", params_.output_type.bits()}};
}

}  // namespace qnnsim
