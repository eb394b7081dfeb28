// SPDX-License-Identifier: Apache-2.0
#include "models/global_pool.h"

#include "tests/models/kernel_properties.h"
#include "tests/models/pool_reference.h"

namespace qnnsim::test {
namespace {

KernelCase any_mode(Draw& draw) {
  GlobalPoolParams p;
  p.channels = draw.between(1, 16);
  p.pe = draw.divisor(p.channels);
  const int height = draw.between(1, 6);
  const int width = draw.between(1, 6);
  p.pixels = std::uint64_t(height) * width;
  p.mode = draw.pick({PoolMode::kMax, PoolMode::kSum, PoolMode::kMean});
  p.input_type = draw.type();
  p.output_type = DataType::signed_integer(32);

  KernelCase c;
  c.parameters = describe({{"height", height},
                           {"width", width},
                           {"channels", p.channels},
                           {"pe", p.pe},
                           {"mode", int(p.mode)}});
  c.make = [p] { return std::make_unique<GlobalPool>(p); };
  c.inputs.resize(1);
  c.outputs.resize(1);
  c.needs.resize(1);
  const std::uint64_t folds = p.channels / p.pe;
  c.interval = p.pixels * folds;
  c.latencies = {p.mode == PoolMode::kMean ? 4u : 2u};
  for (std::uint64_t frame = 0; frame < c.frames; ++frame) {
    const Tensor x = draw.tensor(height, width, p.channels, p.input_type);
    append(c.inputs[0], x.data);
    append(c.outputs[0], pooled(x, p.mode));
    for (std::uint64_t fold = 0; fold < folds; ++fold) {
      c.needs[0].push_back((frame + 1) * c.interval - folds + fold + 1);
    }
  }
  return c;
}

INSTANTIATE_TEST_SUITE_P(GlobalPool, Kernels,
                         testing::Values(KernelCases{"AnyMode", 250, any_mode}));

TEST(GlobalPool, RefusesIllegalParameters) {
  const auto with = [](auto change) {
    return [change] {
      GlobalPoolParams p;
      p.channels = 6;
      change(p);
      GlobalPool pool(p);
    };
  };
  expect_refused("channels", with([](GlobalPoolParams& p) { p.channels = 0; }));
  expect_refused("pe 4", with([](GlobalPoolParams& p) { p.pe = 4; }));
  expect_refused("pe 0", with([](GlobalPoolParams& p) { p.pe = 0; }));
  expect_refused("pixels", with([](GlobalPoolParams& p) { p.pixels = 0; }));
}

}  // namespace
}  // namespace qnnsim::test
