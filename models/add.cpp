// SPDX-License-Identifier: Apache-2.0
#include "models/add.h"

#include <algorithm>
#include <memory>

#include "models/block.h"
#include "models/operator.h"

namespace qnnsim {
namespace {

std::vector<Port> input_ports(const AddParams& p) {
  require(p.input_types.size() >= 2, "add: input_types names less than 2 inputs");
  require_positive("add", "pe", p.pe);
  require_positive("add", "beats", p.beats);
  std::vector<Port> ports;
  for (DataType type : p.input_types) ports.push_back({p.pe, type, p.beats});
  return ports;
}

class AddOperator final : public Operator {
 public:
  AddOperator(std::vector<TensorShape> inputs, DataType type)
      : inputs_(std::move(inputs)), output_(inputs_.front()) {
    output_.type = type;
  }

  TensorShape output() const override { return output_; }

  Stream lower(DataflowBuilder& builder) const override {
    AddParams p;
    std::vector<Stream> streams;
    int lanes = 1;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      streams.push_back(builder.input(static_cast<int>(i)));
      p.input_types.push_back(inputs_[i].type);
      lanes = std::max(lanes, builder.port(streams.back()).lanes);
    }
    p.pe = builder.divisor("add", "pe", output_.channels, "channels", lanes);
    p.beats = output_.elements() / p.pe;
    p.output_type = output_.type;
    return builder.add("add", std::make_unique<Add>(p), streams);
  }

  Tensor reference(const std::vector<const Tensor*>& inputs, const Constants&) const override {
    Tensor sum = *inputs[0];
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      for (std::size_t k = 0; k < sum.data.size(); ++k) sum.data[k] += inputs[i]->data[k];
    }
    return sum;
  }

 private:
  const std::vector<TensorShape> inputs_;
  TensorShape output_;
};

std::unique_ptr<Operator> create(AttributeReader& attributes,
                                 const std::vector<TensorShape>& inputs) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  for (const TensorShape& input : inputs) {
    if (input.height != inputs[0].height || input.width != inputs[0].width ||
        input.channels != inputs[0].channels) {
      attributes.complain("from",
                          "cannot add " + inputs[0].to_string() + " and " + input.to_string(),
                          "all inputs of an add have the same height, width and channels");
      return nullptr;
    }
    low += input.type.min();
    high += input.type.max();
  }
  return std::make_unique<AddOperator>(inputs, type_holding(low, high, attributes, "from"));
}

const OperatorRegistration kAdd("add", {2, 64, create});

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  AddParams p;
  p.pe = a.count("pe");
  p.beats = static_cast<std::uint64_t>(a.count("beats", 1));
  p.input_types.assign(a.count("inputs", 2), a.type("input_type"));
  p.output_type = a.type("output_type");
  return std::make_unique<Add>(p);
}

const BlockRegistration kBlock("add", create_block);

}  // namespace

Add::Add(AddParams params)
    : PipelinedKernel{input_ports(params), {params.pe, params.output_type, params.beats}, 1},
      pe_(params.pe) {}

void Add::issue(Value* result) {
  std::copy_n(in().front(), pe_, result);
  for (std::size_t i = 1; i < inputs().size(); ++i) {
    const Value* x = in(i).front();
    for (int pe = 0; pe < pe_; ++pe) result[pe] += x[pe];
  }
}

std::optional<RtlModule> Add::rtl() const {
  std::vector<std::int64_t> widths;
  std::vector<std::int64_t> kinds;
  for (const Port& input : inputs()) {
    widths.push_back(input.type.bits());
    kinds.push_back(static_cast<std::int64_t>(rtl_kind(input.type)));
  }
  return RtlModule("qnn_add")
      .set("Inputs", static_cast<std::int64_t>(inputs().size()))
      .set("Lanes", pe_)
      .set("InWidths", widths)
      .set("InKinds", kinds)
      .set("OutWidth", outputs().front().type.bits());
}

Traits Add::traits() const {
  return {{"pe", pe_},
          {"inputs", static_cast<std::int64_t>(inputs().size())},
          {"input_bits", inputs().front().type.bits()},
          {"output_bits", outputs().front().type.bits()}};
}

}  // namespace qnnsim
