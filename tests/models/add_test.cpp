// SPDX-License-Identifier: Apache-2.0
#include "tests/models/add_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

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
