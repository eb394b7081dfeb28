// SPDX-License-Identifier: Apache-2.0
#include "models/concat.h"

#include "tests/models/kernel_properties.h"

namespace qnnsim::test {
namespace {

KernelCase two_to_four_inputs(Draw& draw) {
  ConcatParams p;
  p.pe = draw.between(1, 4);
  p.pixels = draw.between(1, 20);
  const int inputs = draw.between(2, 4);
  std::vector<std::pair<const char*, std::int64_t>> parameters = {{"pe", p.pe},
                                                                  {"pixels", p.pixels}};
  for (int i = 0; i < inputs; ++i) {
    p.channels.push_back(p.pe * draw.between(1, 4));
    p.input_types.push_back(draw.type());
    parameters.emplace_back("channels", p.channels.back());
  }

  KernelCase c;
  c.parameters = describe(parameters);
  c.make = [p] { return std::make_unique<Concat>(p); };
  c.inputs.resize(inputs);
  c.outputs.resize(1);
  c.needs.resize(inputs);
  std::vector<std::uint64_t> needed(inputs, 0);
  for (std::uint64_t pixel = 0; pixel < c.frames * p.pixels; ++pixel) {
    for (int i = 0; i < inputs; ++i) {
      const std::vector<Value> channels = draw.values(p.channels[i], p.input_types[i]);
      append(c.inputs[i], channels);
      append(c.outputs[0], channels);
      for (int beat = 0; beat < p.channels[i] / p.pe; ++beat) {
        ++needed[i];
        for (int other = 0; other < inputs; ++other) c.needs[other].push_back(needed[other]);
      }
    }
  }
  c.interval = c.needs[0].size() / c.frames;
  c.latencies.assign(inputs, 1);
  return c;
}

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
