// SPDX-License-Identifier: Apache-2.0
#include "models/add.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

KernelCase two_to_five_inputs(Draw& draw) {
  AddParams p;
  p.pe = draw.between(1, 8);
  p.beats = draw.between(1, 60);
  p.input_types.resize(draw.between(2, 5), DataType::bipolar());

  KernelCase c;
  c.parameters = describe({{"inputs", std::int64_t(p.input_types.size())},
                           {"pe", p.pe},
                           {"beats", std::int64_t(p.beats)}});
  const std::size_t elements = c.frames * p.beats * p.pe;
  c.outputs = {std::vector<Value>(elements, 0)};
  for (DataType& type : p.input_types) {
    type = draw.type();
    c.inputs.push_back(draw.values(elements, type));
    for (std::size_t i = 0; i < elements; ++i) c.outputs[0][i] += c.inputs.back()[i];
  }
  c.make = [p] { return std::make_unique<Add>(p); };
  c.interval = p.beats;
  c.latencies.assign(c.inputs.size(), 1);
  c.needs.assign(c.inputs.size(), one_by_one(c.frames * p.beats));
  return c;
}

INSTANTIATE_TEST_SUITE_P(Add, Kernels,
                         testing::Values(KernelCases{"TwoToFiveInputs", 200, two_to_five_inputs}));

TEST(Add, TakesNothingFromOneInputWhileAnotherIsEmpty) {
  AddParams p;
  p.beats = 10;
  p.input_types = {DataType::bipolar(), DataType::bipolar()};
  KernelCase c;
  c.make = [p] { return std::make_unique<Add>(p); };
  c.frames = 1;
  c.inputs.assign(2, std::vector<Value>(10, 1));
  Conditions conditions;
  conditions.beats = 4;
  EXPECT_EQ(drive(c, conditions).taken[1].size(), 4u);
}

TEST(Add, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      AddParams p;
      p.input_types = {DataType::bipolar(), DataType::bipolar()};
      change(p);
      Add add(p);
    };
  };
  expect_refused("input_types", with([](AddParams& p) { p.input_types.pop_back(); }));
  expect_refused("pe", with([](AddParams& p) { p.pe = 0; }));
  expect_refused("beats", with([](AddParams& p) { p.beats = 0; }));
}

}  // namespace
}  // namespace qnnsim::test
