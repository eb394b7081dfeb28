// SPDX-License-Identifier: Apache-2.0
#include "tests/models/concat_cases.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Concat, Kernels,
                         testing::Values(KernelCases{"TwoToFourInputs", 200, two_to_four_inputs}));

TEST(Concat, WaitsForTheInputWhoseTurnItIs) {
  ConcatParams p;
  p.channels = {1, 2};
  p.input_types = {DataType::bipolar(), DataType::bipolar()};
  Concat concat(p);
  CommitList commits(3);
  Fifo first(4, 1, commits);
  Fifo second(4, 1, commits);
  Fifo out(4, 1, commits);
  concat.connect_input(0, first);
  concat.connect_input(1, second);
  concat.connect_output(0, out);
  EXPECT_TRUE(concat.waits_for_input(0));
  EXPECT_FALSE(concat.waits_for_input(1));
  first.push();
  commits.commit(0);
  concat.tick(1);
  commits.commit(1);
  EXPECT_FALSE(concat.waits_for_input(0));
  EXPECT_TRUE(concat.waits_for_input(1));
}

TEST(Concat, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      ConcatParams p;
      p.channels = {4, 6};
      p.input_types = {DataType::bipolar(), DataType::bipolar()};
      change(p);
      Concat concat(p);
    };
  };
  expect_refused("pe 4", with([](ConcatParams& p) { p.pe = 4; }));
  expect_refused("pe 0", with([](ConcatParams& p) { p.pe = 0; }));
  expect_refused("channels 0", with([](ConcatParams& p) { p.channels[1] = 0; }));
  expect_refused("channels", with([](ConcatParams& p) { p.channels = {4}; }));
  expect_refused("input_types", with([](ConcatParams& p) { p.input_types.pop_back(); }));
  expect_refused("pixels", with([](ConcatParams& p) { p.pixels = 0; }));
}

}  // namespace
}  // namespace qnnsim::test
